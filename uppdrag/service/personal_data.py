"""The register of personal data (GDPR, article 30): why, whose, on what ground, for how long, to whom, in what columns.

Every column of the schema stands here, as personal or not: a test stops a new one until somebody has said which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PUBLIC_TASK = (
    "Uppgift av allmänt intresse (artikel 6.1 e): regionernas gemensamma planering av hälso- och sjukvården i "
    "totalförsvaret."
)
_RECORDS = (
    "Rättslig förpliktelse (artikel 6.1 c): allmänna handlingar registreras och bevaras (5 kap. OSL, arkivlagen)."
)
_SECURITY = "Uppgift av allmänt intresse (artikel 6.1 e), och kravet på säkerhet i behandlingen (artikel 32)."
_ACCESSIBILITY = "Rättslig förpliktelse (artikel 6.1 c): lagen om tillgänglighet till digital offentlig service."
_FOR_GOOD = "Tills de gallras enligt ett gallringsbeslut (`uppdrag gallra`)."
_STAFF = "De som arbetar i kansliet, chefsgruppen och regionerna"
_ASKERS = "den som begär ut allmänna handlingar, efter sekretessprövning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A treatment of personal data. `personal`: by table, what each column tells of somebody. `pruned`: the kinds of
    `pruning.SCHEDULE` by which it is taken away, where it is. All texts are Swedish."""

    name: str
    purpose: str
    whose: str
    basis: tuple[str, ...]
    kept: str
    recipients: tuple[str, ...]
    personal: Mapping[str, Mapping[str, str]]
    pruned: tuple[str, ...] = ()


REGISTER = (
    Treatment(
        name="Uppdrag och historik",
        purpose="Visa vad som är beslutat, av vem och när, och kunna kontrollera det i efterhand.",
        whose=f"{_STAFF} och som är ansvariga för, registrerar eller nämns i ett uppdrag.",
        basis=(PUBLIC_TASK, _RECORDS), kept=_FOR_GOOD,
        recipients=("kansliet, chefsgruppen, regionerna och insyn, enligt sina behörigheter", _ASKERS),
        personal={
            "event": {"actor": "namnet på den som registrerade", "content": "namn och fri text"},
            "definition": {"source": "namn på ansvariga i en plan"},
            "uppdrag": {
                "title": "fri text", "neutral_title": "fri text", "owner": "namnet på den ansvariga",
                "source": "fri text",
                "notes": "fri text", "detail": "namn och fri text i steg och remissvar",
            },
            "regionbeslut": {"facts": "fri text", "more": "namn på den som ska komplettera"},
            "beslut": {"adaptation": "fri text", "note": "fri text", "more": "namn på den som ska komplettera"},
        },
    ),
    Treatment(
        name="Befattningshavare",
        purpose="Veta vem som har vilken befattning och vart mejl går.",
        whose="Befattningshavare i regionerna, chefsgruppen och kansliet.",
        basis=(PUBLIC_TASK, _RECORDS), kept=_FOR_GOOD,
        recipients=("kansliet", "den egna regionen", _ASKERS),
        personal={
            "holder": {
                "id": "nummer på en person i en befattning", "office": "befattning", "region": "region",
                "name": "namn", "email": "e-postadress i tjänsten",
                "capacity": "ordinarie, tillförordnad eller ersättare",
                "first": "första dag", "last": "sista dag", "flagged": "varför post inte kommer fram",
            },
            "web_binding": {
                "issuer": "inloggningstjänst", "subject": "identitet där", "holder": "personen den hör till",
                "email": "e-postadress", "name": "namn", "bound_at": "när", "revoked_at": "när den upphörde",
            },
        },
    ),
    Treatment(
        name="Möten, protokoll och rapporter",
        purpose="Kalla till och protokollföra chefsgruppens möten, och berätta vad som är gjort.",
        whose="Ledamöter, föredragande, justerare och andra som nämns i handlingarna.",
        basis=(PUBLIC_TASK, _RECORDS), kept=_FOR_GOOD,
        recipients=("chefsgruppen", "regionerna", "SKR, när ett ärende lämnas vidare", _ASKERS),
        personal={
            "mote": {"content": "närvarande, föredragande, justerare, kallade med adress, och fri text"},
            "direktiv": {"content": "namn på ansvariga, och fri text"},
            "beredningsplan": {"content": "fri text"},
            "budget": {"content": "vem som har angett en uppgift, och fri text"},
            "manadsbrev": {"content": "fri text"},
            "papers_rule": {"stated_by": "namnet på den som angav regeln"},
            "sammantrade": {"source": "vem eller vilken fil som angav mötet"},
        },
    ),
    Treatment(
        name="Mejl som skickas",
        purpose="Påminna, expediera och kalla, och visa vad som har skickats till vem.",
        whose="Befattningshavare som får mejl, och de som hanterar utskicken.",
        basis=(PUBLIC_TASK, _RECORDS), kept=f"{_FOR_GOOD} Mejlserverns svar tas bort på schema.", pruned=("delivery",),
        recipients=("mottagaren", "den som driver mejlservern (personuppgiftsbiträde)", "kansliet", _ASKERS),
        personal={
            "message": {
                "recipient": "e-postadress", "subject": "fri text", "response": "mejlserverns svar, kan ha adressen",
            },
            "draft": {"content": "mejlet"}, "letter": {"raw": "mejlet"},
            "intent": {"reason": "fri text", "parked": "varför det inte gick att skriva"},
            "mail_act": {"about": "mejlet eller adressen", "who": "vem som gjorde något", "why": "fri text"},
            "queue": {"paused": "varför kön står stilla, och vem som pausade den"},
            "suppression": {"address": "e-postadress", "reason": "varför inget går dit"},
        },
    ),
    Treatment(
        name="Mejl och frågor som kommer in",
        purpose="Ta emot regionernas svar och frågor, och registrera dem.",
        whose="Den som skriver, och de som nämns i det.",
        basis=(PUBLIC_TASK, _RECORDS), kept=f"{_FOR_GOOD} Viss text tas bort på schema, enligt ett beslut.",
        pruned=("mail_automatic", "mail_in_diary"), recipients=("kansliet", "den egna regionen (frågor)", _ASKERS),
        personal={
            "incoming": {
                "sender": "namn och e-postadress", "subject": "fri text", "body": "mejlet", "note": "fri text",
                "handled_by": "vem som tog hand om det",
            },
            "incoming_attachment": {"filename": "fri text"}, "attachment": {"content": "filen"},
            "question": {
                "asker": "namn", "office": "befattning", "words": "fri text", "answer": "fri text",
                "answered_by": "vem som svarade",
            },
        },
    ),
    Treatment(
        name="Inloggning och åtkomst",
        purpose="Släppa in rätt person, upptäcka intrång och kunna logga ut.",
        whose="Den som loggar in, och den som ber om en nyckel.",
        basis=(_SECURITY,), kept="På schema. Nycklar står kvar som bevis på vem som hade tillgång och när.",
        pruned=("login", "session", "draft", "visit"),
        recipients=("kansliet", "den som driver servern (personuppgiftsbiträde)"),
        personal={
            "web_session": {
                "role": "roll", "office": "befattning", "region": "region", "name": "namn", "address": "e-postadress",
                "made_at": "när", "used_at": "senast använd", "issuer": "inloggningstjänst", "subject": "identitet där",
                "browser": "webbläsare",
            },
            "web_login": {
                "address": "e-postadress", "client": "datorns adress, kodad", "issuer": "inloggningstjänst",
                "subject": "identitet där", "name": "namn", "groups": "grupper där",
            },
            "web_visit": {
                "at": "när", "role": "roll", "region": "region", "name": "namn", "method": "hur", "path": "vilken sida",
                "status": "svaret",
            },
            "web_draft": {"client": "datorns adress, kodad", "sealed": "krypterat formulär"},
            "api_token": {"client": "systemets namn", "made_by": "vem som bad om nyckeln", "used_on": "senast använd"},
        },
    ),
    Treatment(
        name="Läslogg",
        purpose="Kunna svara på vem som har läst känsliga uppdrag.",
        whose="Alla som läser känsliga uppdrag.",
        basis=(_SECURITY,), kept="På schema.", pruned=("reading",), recipients=("kansliet",),
        personal={
            "reading": {
                "at": "när", "uppdrag": "vilket uppdrag", "door": "genom vilken dörr",
                "what": "vilken sida eller vilket kommando", "role": "roll", "region": "region",
                "office": "befattning", "name": "namn, nyckel eller konto",
            },
        },
    ),
    Treatment(
        name="Anmälda brister i tillgänglighet",
        purpose="Svara den som inte kan använda en sida, och rätta till det.",
        whose="Den som anmäler.",
        basis=(_ACCESSIBILITY,), kept=f"{_FOR_GOOD} Vilken dator det kom från tas bort på schema.",
        pruned=("fault_client",), recipients=("kansliet",),
        personal={
            "web_fault": {
                "text": "fri text", "contact": "kontaktväg, om den lämnas", "client": "datorns adress, kodad",
                "handled_by": "vem som svarade", "answer": "fri text",
            },
        },
    ),
    Treatment(
        name="Avregistrering från månadsbrev",
        purpose="Respektera att en befattning inte vill ha brevet.",
        whose="Befattningshavare i regionerna, utan namn.",
        basis=(PUBLIC_TASK,), kept="Så länge avregistreringen gäller; länkarna tas bort på schema.",
        pruned=("unsubscribe_link",), recipients=("kansliet",),
        personal={
            "unsubscribed": {"region": "region", "office": "befattning", "how": "hur det sades", "since": "när"},
            "unsubscribe_link": {"region": "region", "office": "befattning"},
        },
    ),
)  # fmt: skip

OTHER: Mapping[str, str] = {
    "api_token": "number digest kind role region scopes made_at ends_at revoked_at",
    "attachment": "digest content_type size",
    "beredningsplan": "name year version",
    "beslut": "uppdrag region number seq set_no outcome body decided_on paragraph dnr source proposal_version complete "
              "withdrawn kind",
    "budget": "name year version",
    "checkpoint": "number made_at head",
    "checkpoint_stream": "checkpoint stream seq head",
    "definition": "id version kind file digest published_at",
    "direktiv": "name number status version",
    "draft": "message",
    "event": "stream seq cause kind region state happened_on registered_at backfilled replaces role owned_key "
             "command_digest salt content_digest chain",
    "heartbeat": "worker kind beat_at detail",
    "holder": "shared vacant",
    "incoming": "id digest received_at kind uppdrag region answers status event dnr handled_at",
    "incoming_attachment": "incoming number digest refused",
    "intent": "id uppdrag region deadline step round office template send_on due expires_on status message created_at",
    "letter": "message",
    "mail_act": "number key at act",
    "manadsbrev": "name month status version",
    "meeting_reminder": "day next_at",
    "message": "id office region uppdrag status created_at not_before expires_on attempts next_try_at fence leased_by "
               "leased_until sent_at",
    "mote": "name day status version",
    "papers_rule": "calendar region body working_days counted_from",
    "paragraf": "mote number year item uppdrag justerad",
    "question": "id kind asked_at region uppdrag event answered_at",
    "queue": "id paused_at probe_at",
    "reading": "number",
    "region": "lanskod name short_name county samverkansregioner fullmaktige styrelse",
    "regionbeslut": "uppdrag region state outcome category set_no version dnr sent_version channel planned_on "
                    "planned_body",
    "reminder": "uppdrag region next_at since round",
    "sammantrade": "calendar first last region body papers_by published_on period example cancelled revision",
    "series": "year last",
    "stream": "name seq head sealed",
    "suppression": "since",
    "unsubscribe_link": "digest made_at",
    "uppdrag": "id year number lifecycle lifecycle_version state final sensitive section parent dnr directive plan "
               "standing paused round proposal_version regions adopted rejected not_concerned due due_text due_first "
               "due_last changed_at",
    "web_draft": "digest role region made_at ends_at",
    "web_fault": "id page made_at handled_at",
    "web_login": "digest role code proven attempts made_at ends_at",
    "web_session": "digest ends_at",
    "web_visit": "number",
}  # fmt: skip
"""The columns that tell of nobody, by table: numbers, states, days of the matter, digests."""


def personal() -> dict[str, dict[str, str]]:
    """What each personal column tells of somebody, by table."""
    found: dict[str, dict[str, str]] = {}
    for treatment in REGISTER:
        for table, columns in treatment.personal.items():
            found.setdefault(table, {}).update(columns)
    return found
