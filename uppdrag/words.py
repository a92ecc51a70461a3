"""The words: what a person reads for a refusal, an event or a finding. Swedish, short sentences, what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from workflow.errors import (
    DefinitionEdited,
    DefinitionInvalid,
    KeyReused,
    LinesRefused,
    NotFound,
    Refusal,
    Refused,
    StorageUnavailable,
    UppdragError,
    VersionConflict,
)  # fmt: skip
from workflow.events import (
    AddressCleared,
    AddressFlagged,
    Advanced,
    Changed,
    Corrected,
    HolderAppointed,
    HolderChanged,
    HolderEnded,
    HolderEvent,
    Identified,
    Installed,
    Migrated,
    PlanImported,
    Published,
    Recorded,
    RegionAdvanced,
    RegionDecided,
)  # fmt: skip
from workflow.incoming import MailboxUnavailable
from workflow.lifecycle import Fact, Lifecycle
from workflow.model import FactValue, Region
from workflow.people import OFFICES

_REFUSALS: Mapping[str, str] = {
    # uppdraget
    "title_missing": "Uppdraget saknar rubrik. Skriv en.",
    "neutral_title_missing": "Ett känsligt uppdrag behöver en neutral rubrik.",
    "no_regions": "Ingen region är berörd. Lägg till de berörda regionerna i planen.",
    "paused": "Uppdraget är pausat. Återuppta det först.",
    "not_paused": "Uppdraget är inte pausat.",
    "no_time_to_move": "Uppdraget har ingen planerad tid att flytta, och ärendegången har ingen tidsgräns.",
    "analysis_missing": "Förslaget medför kostnad. Ange den ekonomiska konsekvensanalysen.",
    "nothing_changed": "Ingenting skulle ändras.",
    "region_stays": "Region {region} är redan berörd och kan inte tas bort. Registrera utfallet ej_berord med skälet.",
    "no_planned_time": "Uppdraget har ingen planerad tid, så inga påminnelser skickas om det.",
    # övergångar
    "not_from_here": "{trigger} går inte från {state}. Härifrån går: {possible}.",
    "unknown_trigger": "{trigger} finns inte i ärendegången {lifecycle}. Härifrån går: {possible}.",
    "role_not_allowed": "Rollen {role} får inte göra detta. Det får: {roles}.",
    "days_differ": "{label} är {stated}, men dagen för steget är {on}. Ange samma dag, eller bara den ena.",
    "date_in_future": "Datumet {date} ligger i framtiden (i dag är {today}). Ange dagen då det hände.",
    # regionerna
    "regions_left": "{left} av {concerned} berörda regioner har inte avslutat sin hantering.",
    "all_concluded": "Alla berörda regioner har avslutat sin hantering.",
    "not_all_adopted": "{adopted} av {wanted} regioner har antagit.",
    "all_adopted": "Alla berörda regioner har antagit.",
    "none_rejected": "Ingen region har avslagit.",
    "some_rejected": "{rejected} region har avslagit.",
    "no_track": "Ärendegången {lifecycle} har inga beslut i regionerna.",
    "unknown_region": "Länskoden {region} finns inte. Skriv två siffror, till exempel 01.",
    "region_not_concerned": "Region {region} är inte berörd. Berörda är: {concerned}.",
    "not_open_for_regions": "Uppdragets läge är {state}. Beslut i regionerna kan registreras i: {open_in}.",
    "unknown_outcome": "Utfallet {value} finns inte. Välj bland: {known}.",
    "decision_needs": "Utfallet {outcome} kräver uppgiften {fact}.",
    "no_such_version": "Version {version} av förslaget finns inte. Den senaste är {latest}.",
    "no_such_decision": "Beslut {number} finns inte eller gäller inte. Det som gäller: {standing}.",
    "already_registered": "Samma beslut är redan registrerat som {event}. Är något fel: rätta det.",
    # remissrundor
    "consultation_open": "Remissrunda {round} är öppen. Avsluta den först.",
    "no_consultation_open": "Ingen remissrunda är öppen.",
    "no_such_consultation": "Remissrunda {round} finns inte eller är avslutad. Öppna: {open}.",
    "not_asked": "{recipient} har inte tillfrågats. Tillfrågade är: {asked}.",
    # befattningshavare
    "unknown_office": "Befattningen {office} finns inte. De som finns: {known}.",
    "office_needs_region": "Befattningen {office} hör till en region. Ange länskoden.",
    "office_has_no_region": "Befattningen {office} hör inte till någon region. Ta bort länskoden.",
    "lost_zero": 'Länskoden "{value}" har tappat sin nolla. Skriv {expected}; i Excel: formatera kolumnen som text.',
    "not_a_region": '"{value}" är varken länskod eller en regions namn. Skriv två siffror, till exempel 01.',
    "holder_unnamed": "Både namn och e-post saknas. Ange minst det ena, eller att befattningen är vakant.",
    "shared_without_address": "En delad brevlåda måste ha en e-postadress.",
    "ends_before_it_begins": "{who} slutar {last}, före första dagen {first}.",
    "not_an_address": '"{value}" går inte att använda som e-postadress. Skriv till exempel {expected}.',
    "address_not_ascii": '"{value}" har å, ä eller ö före @. Sådan post kommer inte alltid fram; ange en annan adress.',
    "holder_twice": "{who} står redan på rad {line} med samma befattning.",
    "already_ended": "{who} ({office}) slutade {last} och står kvar i filen. Ange från-datum om en ny period börjar.",
    "several_hold": "Flera har befattningen: {who}. Ange med --who vem det gäller.",
    "nobody_holds": "Ingen med befattningen passar in på {who}. De som har den {on}: {holders}.",
    # uppgifter
    "fact_missing": "{label} saknas.",
    "unknown_fact": "Uppgiften {fact} finns inte här. De som finns: {known}.",
    "unknown_deadline": "Tidsgränsen {deadline} finns inte. De som finns: {known}.",
    "control_character": "{label} innehåller ett dolt tecken ({expected}). Skriv om texten.",
    "text_too_long": "{label} är för lång. Högst {expected} tecken.",
    "not_a_paragraph": '{label}: "{value}" är inte en paragraf. Skriv {expected}.',
    "not_a_date": '{label}: "{value}" är inte ett datum. Skriv {expected}.',
    "not_a_span": '{label}: "{value}" är inte en planerad tid. Skriv {expected}.',
    "not_a_choice": '{label}: "{value}" finns inte. Välj bland: {expected}.',
    "not_a_number": '{label}: "{value}" är inte {expected}.',
    "not_yes_or_no": '{label}: "{value}" går inte att läsa. Skriv {expected}.',
    # inkommet
    "incoming_unmatched": "Mejlet {mail} hör inte till en viss region på ett visst uppdrag.",
    "incoming_handled": "Mejlet {mail} är redan {status} av {by}.",
    "incoming_registered": "Mejlet {mail} är redan {status} av {by}, som {event}. Är något fel: rätta händelsen.",
    # rättelser
    "why_missing": "Skälet till rättelsen saknas.",
    "nothing_to_correct": "Ange vad som ska stå i stället, eller ta tillbaka händelsen.",
    "cannot_correct": "{event} kan inte rättas. Beslut, steg och uppgifter om uppdraget kan rättas.",
    "correct_the_original": "Det är en rättelse. Rätta händelsen som den gäller: {event}.",
    "already_withdrawn": "{event} är redan tillbakatagen.",
    "later_event": "En senare händelse bygger på {fact} i {event}. Rätta den senare först.",
    # utskick
    "mail_ambiguous": "Flera mejl börjar på {start}. Skriv fler tecken.",
    "mail_stands": "Mejlet är {status}. Detta går när ett mejl är: {possible}.",
    "mail_suppressed": "Adressen {address} är spärrad: {why}. Häv spärren först: uppdrag suppression lift {address}",
    # filer, planer och versioner
    "no_such_uppdrag": "Uppdraget {uppdrag} finns inte.",
    "key_reused": "Nyckeln {key} har redan använts för något annat ({event}).",
    "bad_column": "Kolumnen {column} finns inte. De som finns: {known}.",
    "column_missing": "Kolumnen {column} saknas.",
    "column_twice": "Kolumnen {column} står två gånger.",
    "unreadable_line": "Raden går inte att läsa. Kontrollera citattecknen.",
    "cells_missing": "Raden har {found} fält, rubrikraden har {wanted}.",
    "empty_file": "Filen har inga rader.",
    "file_too_large": "Filen är för stor (högst {limit}). Dela upp den.",
    "too_many_rows": "Filen har för många rader (högst {limit}). Dela upp den.",
    "unreadable_workbook": "Arbetsboken går inte att läsa. Spara om den som .xlsx eller CSV.",
    "formula_unread": "Cell {cell} har en formel utan värde. Öppna och spara filen i Excel, eller skriv värdet.",
    "cell_error": "Cell {cell} visar {value}. Rätta formeln, eller skriv värdet.",
    "number_elsewhere": "Diarienumret {number} står även på {others}. Kontrollera att det är rätt.",
    "number_on_two_documents": "Numret {number} är uppdragsdirektivets, men även: {other}. Kontrollera vilket.",
    "state_gone": "{uppdrag} är {state}, som inte finns i version {version}.",
    "deadline_gone": "{uppdrag} har tidsgränsen {deadline}, som inte finns i version {version}.",
    "track_gone": "{uppdrag} har beslut i regionerna, som inte finns i version {version}.",
    "region_gone": "{uppdrag}, region {region}: {what} finns inte i version {version}.",
}

_FINDINGS: Mapping[str, str] = {
    "event_missing": "Händelsen {subject} saknas.",
    "event_changed": "Händelsen {subject} är ändrad.",
    "content_changed": "Innehållet i händelsen {subject} är ändrat.",
    "head_differs": "Kedjan {subject} slutar inte där den ska; den håller till och med {detail}.",
    "stream_missing": "{subject} saknas helt i loggen.",
    "stream_cut": "{subject} är avkortad; kontrollpunkten känner till {detail}.",
    "row_changed": "Raden {subject} stämmer inte med loggen ({detail}).",
    "row_missing": "Raden {subject} saknas.",
    "row_unexplained": "Raden {subject} finns, men loggen säger inget om den.",
    "checkpoint_changed": "Kontrollpunkten är ändrad: {subject}.",
    "head_unknown": "Kontrollpunkten {subject} finns inte här. Loggen är inte en fortsättning på den.",
}

_STORAGE: Mapping[str, str] = {
    "missing": "Det finns ingen databas här ({detail}). Kör: uppdrag init",
    "older": "Databasen har ett äldre schema ({detail}). Ta en säkerhetskopia och kör: uppdrag db upgrade",
    "newer": "Databasen har ett nyare schema än programmet ({detail}). Uppgradera programmet.",
    "busy": "Databasen är upptagen. Inget har ändrats. Försök igen om en stund.",
    "readonly": "Databasen går bara att läsa. Inget har ändrats. Kontrollera rättigheterna till filen.",
    "full": "Disken är full. Inget har ändrats. Frigör utrymme och försök igen.",
    "damaged": "Databasfilen är skadad ({detail}). Återställ den senaste säkerhetskopian.",
    "unreachable": "Databasen går inte att nå ({detail}). Kontrollera UPPDRAG_DATABASE_URL.",
}

_MAILBOXES: Mapping[str, str] = {
    "missing": "Brevlådan {detail} finns inte. Kontrollera UPPDRAG_MAILBOX.",
    "refused": "Brevlådan tar inte emot inloggningen. Kontrollera UPPDRAG_MAILBOX och UPPDRAG_MAILBOX_PASSWORD.",
    "certificate": "Brevlådans server har ett certifikat som inte godtas ({detail}). Inget har lästs.",
    "unreachable": "Brevlådan går inte att nå ({detail}). Det som redan var läst är kvar. Försök igen om en stund.",
}

_KINDS = {
    "uppdrag": "Uppdraget", "event": "Händelsen", "lifecycle": "Ärendegången", "definition": "Definitionen",
    "plan": "Planen", "file": "Filen", "region": "Regionen",
    "incoming": "Mejlet", "mail": "Mejlet", "suppression": "Spärren för",
}  # fmt: skip

SOURCES = {
    "": "Uppgift saknas", "muntlig": "muntlig uppgift", "epost": "e-post",
    "publicerat_protokoll": "publicerat protokoll", "protokollsutdrag": "protokollsutdrag",
}  # fmt: skip
BODIES = {"namnd": "nämnd", "regiondirektor": "regiondirektören", "annan": "annan instans"}
FIELDS = {
    "outcome": "utfall", "body": "instans", "on": "datum", "paragraph": "paragraf", "dnr": "diarienummer",
    "adaptation": "anpassning", "note": "notering", "source": "källa", "version": "version",
    "complete": "alla beslut registrerade", "title": "rubrik", "neutral_title": "neutral rubrik", "section": "avsnitt",
    "owner": "ansvarig", "directive": "uppdragsdirektiv", "notes": "anteckningar", "plan": "plan",
    "standing": "ställning", "sensitive": "känsligt", "times": "planerad tid", "state": "tillståndet",
    "round": "omgången", "final": "tillståndet", "paused": "pausen",
    "task": "kompletteringen", "consultations": "remissrundorna", "networks": "nätverken",
    "proposal_version": "förslagets version", "concerned": "berörda regioner",
    "name": "namn", "email": "e-post", "shared": "delad brevlåda", "vacant": "vakant", "last": "sista dag",
    "flagged": "post kommer inte fram",
}  # fmt: skip


def sentence(refusal: Refusal) -> str:
    """One reason why not, in Swedish."""
    facts = refusal.facts
    if refusal.code in ("decision_needs", "later_event"):
        facts["fact"] = FIELDS.get(facts["fact"], facts["fact"])
    told = _REFUSALS[refusal.code].format_map(facts)
    prefix = f"{facts['uppdrag']}: " if "uppdrag" in facts and facts["uppdrag"] not in told else ""
    return prefix + told


def finding(code: str, subject: str, detail: str) -> str:
    """One finding of the proof, in Swedish."""
    return _FINDINGS[code].format(subject=subject, detail=detail or "okänt fält")


def error(wrong: UppdragError, how: Callable[[Refusal], str] = lambda _: "") -> list[str]:
    """What happened, that nothing changed, and what to do instead: one sentence per line.

    `how` adds what only a front door knows: which field or flag to use.
    """
    match wrong:
        case LinesRefused():
            lines = [f"{wrong.file}:{number}: {sentence(refusal)}" for number, refusal in wrong.lines]
            return [*lines, f"Inget registrerades. Rätta {len(wrong.lines)} fel och läs in filen igen."]
        case Refused():
            subject = f"{wrong.subject}: " if wrong.subject else ""
            return [f"{subject}{sentence(refusal)}{how(refusal)}" for refusal in wrong.refusals]
        case DefinitionInvalid():
            return [str(p) for p in wrong.problems]
        case DefinitionEdited():
            again = f"Ge ändringen version {wrong.version + 1} i en ny fil."
            return [f"{wrong.name} version {wrong.version} är redan i bruk och kan inte ändras. {again}"]
        case NotFound():
            return [f"{_KINDS.get(wrong.kind, wrong.kind)} {wrong.name} finns inte."]
        case VersionConflict():
            return [f"{wrong.subject} har ändrats av någon annan. Inget har registrerats. Läs om och försök igen."]
        case KeyReused():
            what = f"{wrong.stream}/{wrong.seq}"
            return [f"Nyckeln {wrong.key} har redan använts för något annat ({what}). Använd en ny nyckel."]
        case MailboxUnavailable():
            return [_MAILBOXES[wrong.code].format(detail=wrong.detail)]
        case StorageUnavailable():
            return [_STORAGE[wrong.code].format(detail=wrong.detail)]
        case _:
            return [str(wrong)]


def event(recorded: Recorded, lifecycle: Lifecycle | None, regions: Mapping[str, Region]) -> str:
    """What happened, in one Swedish sentence. `lifecycle` gives triggers and outcomes their labels."""
    e = recorded.event
    match e:
        case Identified():
            plan = f" i {e.plan}" if e.plan else ""
            return f"Identifierat{plan}: {e.title}"
        case Advanced():
            ways = lifecycle.transitions if lifecycle else ()
            way = next((t for t in ways if t.trigger == e.trigger and e.source in t.sources), None)
            done = way.done if way else ""
            done = done or (_state(lifecycle, e.target) if e.source != e.target else way.label if way else e.trigger)
            return f"{done}{facts(e.facts, way.facts if way else ())}"
        case RegionAdvanced():
            steps = lifecycle.track.transitions if lifecycle and lifecycle.track else ()
            step = next((t for t in steps if t.trigger == e.trigger), None)
            states = lifecycle.track.states if lifecycle and lifecycle.track else ()
            done = (step.done if step else "") or next((s.label for s in states if s.id == e.target), e.trigger)
            return f"{region(regions, e.region)}: {done}{facts(e.facts, step.facts if step else ())}"
        case RegionDecided():
            d = e.decision
            more = "" if d.complete else ", fler beslut väntas"
            return f"{region(regions, e.region)}: {outcome(lifecycle, d.outcome)}{where(d.body, d.paragraph)}{more}"
        case Changed():
            return f"Ändrat enligt {e.why}: {differences(e.before, e.after)}"
        case Corrected():
            about = f"{region(regions, e.region)}: " if e.region else ""
            original = f"{recorded.stream}/{e.replaces}"
            if e.withdrawn:
                return f"{about}{original} tas tillbaka. Skäl: {e.why}"
            return f"{about}{original} rättas: {differences(e.before, e.after)}. Skäl: {e.why}"
        case Migrated():
            return f"Följer version {e.patch['lifecycle_version']} av ärendegången (förut {e.version_before})"
        case _:
            return _beside_uppdrag(e, regions)


def _beside_uppdrag(e: HolderEvent | Installed | Published | PlanImported, regions: Mapping[str, Region]) -> str:
    match e:
        case Installed():
            return "Databasen skapades"
        case Published():
            return f"{e.id} version {e.version} togs i bruk"
        case PlanImported():
            return f"{e.plan} lästes in: {len(e.new)} nya, {len(e.changed)} ändrade, {len(e.carried_over)} överburna"
        case HolderAppointed():
            return f"{office(e.office, e.region, regions)}: {e.name or e.email or 'vakant'}"
        case HolderChanged():
            return f"Ändrat: {differences(e.before, e.after)}"
        case HolderEnded():
            return f"Slutar {e.last}"
        case AddressFlagged():
            return f"Post till {e.address} kommer inte fram: {e.why}"
        case AddressCleared():
            return f"Post till {e.address} kan skickas igen"
        case _:
            assert_never(e)


def office(office: str, lanskod: str, regions: Mapping[str, Region]) -> str:
    """An office as people say it: `registrator i Uppsala`, `C-NSPL`."""
    return f"{OFFICES.get(office, office)}{f' i {region(regions, lanskod)}' if lanskod else ''}"


def without_address(names: Sequence[str]) -> str:
    """The alarm about regions that no mail can be sent to."""
    one = len(names) == 1
    lead = f"Region {names[0]}" if one else f"{len(names)} regioner ({', '.join(names)})"
    return f"Larm: {lead} saknar fungerande adress till registrator och kontaktperson. Påminnelser når inte fram."


def outcome(lifecycle: Lifecycle | None, id: str) -> str:
    """What people call an outcome."""
    found = lifecycle.track.outcome(id) if lifecycle and lifecycle.track else None
    return found.label if found else id


def region(regions: Mapping[str, Region], lanskod: str) -> str:
    """A region's short name."""
    return regions[lanskod].short_name if lanskod in regions else lanskod


def where(body: str, paragraph: str) -> str:
    """Body and paragraph, as they follow an outcome: `, RF § 88`."""
    told = " ".join(filter(None, (BODIES.get(body, body), f"§ {paragraph}" if paragraph else "")))
    return f", {told}" if told else ""


def facts(stated: Mapping[str, FactValue], declared: Sequence[Fact]) -> str:
    """The facts of a step, as they follow what was done: `. Chefsgruppens möte 2026-03-27, § 18`."""
    known = {f.name: f for f in declared}
    shown = []
    for name, v in stated.items():
        fact = known.get(name)
        if fact and fact.type == "paragraph":
            shown.append(f"§ {value(v)}")
        elif fact:
            shown.append(f"{fact.label}: {fact.choices.get(value(v), value(v))}")
        else:
            shown.append(f"{name}: {value(v)}")
    return f". {'; '.join(shown)}" if shown else ""


def value(v: FactValue) -> str:
    """One fact's value as people write it."""
    if isinstance(v, bool):
        return "ja" if v else "nej"
    return ", ".join(v) if isinstance(v, tuple) else str(v)


def _state(lifecycle: Lifecycle | None, state: str) -> str:
    return lifecycle.label_of(state) if lifecycle else state


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, from what to what."""
    changed = [n for n in dict.fromkeys((*before, *after)) if before.get(n, "") != after.get(n, "")]
    return "; ".join(f"{FIELDS.get(n, n)} {before.get(n) or '–'} → {after.get(n) or '–'}" for n in changed)
