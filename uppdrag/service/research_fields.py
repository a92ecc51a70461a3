"""Which columns följeforskningen may have, each decided for itself, and which it may not.

A column that a person can write freely in may hold a name. It is left out, or only its known values are kept. A title
is public, and a sensitive uppdrag has its neutral one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from storage.lines import DecisionLine, EventLine
from uppdrag.service.sheets import COUNTS_AS
from workflow.events import Advanced, Corrected, RegionAdvanced, RegionDecided
from workflow.model import BODIES, Uppdrag

T = TypeVar("T")
UPPDRAG, HANDELSER, BESLUT = "uppdrag.csv", "handelser.csv", "beslut.csv"
"""The files."""
KNOWN_BODIES = (*BODIES, "AU")
OTHER = "annan"
"""What stands for a body that somebody has named in words of their own."""
_DAY, _MOMENT, _CODE, _NUMBER, _TRUTH = "datum", "tidpunkt", "kod", "heltal", "ja/nej"
_BY_PLAN = "verksamhetsplanen"
_LOG, _DECISION, _MATTER = "loggen", "registrerat beslut", "uppdragets uppgifter"


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A column: its name, what it means, its type, its unit, the values it may have, where it comes from, and how it is
    taken from a line. `of`: the column of the database that it tells of, empty where it is worked out."""

    name: str
    meaning: str
    type: str
    values: str
    source: str
    take: Callable[[T], Any]
    of: str = ""
    unit: str = ""


def body(written: str) -> str:
    """A body by its code; one in words of somebody's own may be an office holder by name."""
    return written if not written or written in KNOWN_BODIES else OTHER


_YES_NO = "ja, nej"
_LANSKOD = "länskoder, två siffror: 01–25"
FIELDS_UPPDRAG: tuple[Field[Uppdrag], ...] = (
    Field("uppdrag", "Uppdragets nummer", _CODE, "UÅÅÅÅ-NN", _MATTER, lambda u: u.id, "id"),
    Field("rubrik", "Rubriken; den neutrala för ett känsligt uppdrag", "text", "fri", _BY_PLAN,
          lambda u: u.neutral_title if u.sensitive else u.title, "title"),
    Field("kansligt", "Om bara den neutrala rubriken får lämna huset", _TRUTH, _YES_NO, _MATTER, lambda u: u.sensitive,
          "sensitive"),
    Field("arendegang", "Ärendegången", _CODE, "id på en ärendegång", _MATTER, lambda u: u.lifecycle, "lifecycle"),
    Field("arendegang_version", "Ärendegångens version", _NUMBER, "1–", _MATTER, lambda u: u.lifecycle_version,
          "lifecycle_version"),
    Field("tillstand", "Tillståndet när uttaget gjordes", _CODE, "id på ett tillstånd", _MATTER, lambda u: u.state,
          "state"),
    Field("avslutat", "Om inget mer väntas", _TRUTH, _YES_NO, _MATTER, lambda u: u.final, "final"),
    Field("pausat", "Om arbetet är pausat", _TRUTH, _YES_NO, _MATTER, lambda u: u.paused, "paused"),
    Field("foljer_pa", "Uppdraget som detta är ett följduppdrag till", _CODE, "UÅÅÅÅ-NN eller tomt", _MATTER,
          lambda u: u.parent, "parent"),
    Field("omgang", "Stiger vid omprioritering, återremiss och när en paus tar slut", _NUMBER, "1–", _MATTER,
          lambda u: u.round, "round"),
    Field("forslagsversion", "Förslagets senaste version", _NUMBER, "0–; 0: inget förslag än", _MATTER,
          lambda u: u.proposal_version, "proposal_version"),
    Field("berorda_regioner", "Regioner som ska besluta", _NUMBER, "0–21", _MATTER, lambda u: u.tracks, "regions",
          "regioner"),
    Field("antagit", "Regioner som har antagit, med eller utan anpassning", _NUMBER, "0–21", _DECISION,
          lambda u: u.counts.adopted, "adopted", "regioner"),
    Field("avslagit", "Regioner som har avslagit", _NUMBER, "0–21", _DECISION, lambda u: u.counts.rejected, "rejected",
          "regioner"),
    Field("ej_berorda", "Regioner som inte är berörda", _NUMBER, "0–21", _DECISION, lambda u: u.counts.not_concerned,
          "not_concerned", "regioner"),
    Field("planerad_tid", "Vilken planerad tid som är nästa att möta", _CODE, "id på en tidsgräns, eller tomt",
          _BY_PLAN, lambda u: u.due.deadline if u.due else "", "due"),
    Field("planerat_fran", "Första dagen av den planerade tiden", _DAY, "ÅÅÅÅ-MM-DD eller tomt", _BY_PLAN,
          lambda u: u.due.span.first if u.due else None, "due_first", "dag i Stockholm"),
    Field("planerat_till", "Sista dagen av den planerade tiden", _DAY, "ÅÅÅÅ-MM-DD eller tomt", _BY_PLAN,
          lambda u: u.due.span.last if u.due else None, "due_last", "dag i Stockholm"),
)  # fmt: skip
FIELDS_EVENT: tuple[Field[EventLine], ...] = (
    Field("uppdrag", "Uppdragets nummer", _CODE, "UÅÅÅÅ-NN", _LOG, lambda e: e.uppdrag, "stream"),
    Field("nummer", "Händelsens nummer i uppdraget", _NUMBER, "1–", _LOG, lambda e: e.seq, "seq"),
    Field("orsak", "Numret på den första händelsen i samma registrering", _NUMBER, "1–", _LOG, lambda e: e.cause,
          "cause"),
    Field("slag", "Vad som hände", _CODE, "Identified, Advanced, RegionAdvanced, RegionDecided, Changed, Corrected, "
          "Gallrat, Migrated", _LOG, lambda e: e.kind, "kind"),
    Field("steg", "Steget som togs", _CODE, "id på ett steg, eller tomt", _LOG,
          lambda e: e.event.trigger if isinstance(e.event, Advanced | RegionAdvanced) else "", "content"),
    Field("region", "Regionen som det gäller", _CODE, f"{_LANSKOD}; tomt: hela uppdraget", _LOG, lambda e: e.region,
          "region"),
    Field("utfall", "Beslutets utfall", _CODE, "id på ett utfall, eller tomt", _LOG,
          lambda e: e.event.decision.outcome if isinstance(e.event, RegionDecided) else ""),
    Field("tillstand", "Uppdragets tillstånd efter händelsen", _CODE, "id på ett tillstånd", _LOG, lambda e: e.state,
          "state"),
    Field("hande", "Dagen då det hände", _DAY, "ÅÅÅÅ-MM-DD; tomt: uppgift saknas", "den som registrerade",
          lambda e: e.happened_on, "happened_on", "dag i Stockholm"),
    Field("registrerat", "Då det registrerades", _MOMENT, "ÅÅÅÅ-MM-DDTHH:MM:SS+00:00", "programmets klocka",
          lambda e: e.registered_at.replace(microsecond=0), "registered_at", "UTC"),
    Field("i_efterhand", "Om det registrerades i efterhand", _TRUTH, _YES_NO, _LOG, lambda e: e.backfilled,
          "backfilled"),
    Field("rattar", "Numret på händelsen som rättas eller tas tillbaka", _NUMBER, "1–, eller tomt", _LOG,
          lambda e: e.replaces or None, "replaces"),
    Field("tas_tillbaka", "Om rättelsen tog tillbaka händelsen", _TRUTH, f"{_YES_NO}, eller tomt", _LOG,
          lambda e: e.event.withdrawn if isinstance(e.event, Corrected) else None),
    Field("roll", "Rollen som registrerade", _CODE, "kansli, chefsgrupp, region, system", _LOG, lambda e: e.role,
          "role"),
    Field("gallrad", "Om innehållet är gallrat, så att steg och utfall inte längre är kända", _TRUTH, _YES_NO, _LOG,
          lambda e: e.event is None),
)  # fmt: skip
FIELDS_DECISION: tuple[Field[DecisionLine], ...] = (
    Field("uppdrag", "Uppdragets nummer", _CODE, "UÅÅÅÅ-NN", _DECISION, lambda b: b.uppdrag, "uppdrag"),
    Field("region", "Regionen som beslutade", _CODE, _LANSKOD, _DECISION, lambda b: b.region, "region"),
    Field("nummer", "Regionens beslut i uppdraget, i den ordning de registrerades", _NUMBER, "1–", _DECISION,
          lambda b: b.decision.number, "number"),
    Field("handelse", "Händelsen som registrerade det: numret i handelser.csv", _NUMBER, "1–", _LOG,
          lambda b: b.decision.seq, "seq"),
    Field("uppsattning", "Vilken uppsättning beslut det hör till; stiger när regionen börjar om", _NUMBER, "1–",
          _DECISION, lambda b: b.decision.set_no, "set_no"),
    Field("utfall", "Beslutets utfall", _CODE, "id på ett utfall", _DECISION, lambda b: b.decision.outcome, "outcome"),
    Field("regionen_raknas_som", "Vad regionens hela hantering blev", _CODE, ", ".join(COUNTS_AS.values()), _DECISION,
          lambda b: COUNTS_AS[b.category]),
    Field("slag", "Beslut, delegationsbeslut eller ren verkställighet", _CODE,
          "beslut, delegationsbeslut, verkstallighet", _DECISION, lambda b: b.decision.kind, "kind"),
    Field("instans", "Vem som beslutade", _CODE, f"{', '.join(KNOWN_BODIES)} (även varje annan); tomt: uppgift "
          "saknas", _DECISION, lambda b: body(b.decision.body), "body"),
    Field("beslutsdag", "Dagen då beslutet togs", _DAY, "ÅÅÅÅ-MM-DD; tomt: uppgift saknas", _DECISION,
          lambda b: b.decision.on, "decided_on", "dag i Stockholm"),
    Field("paragraf", "Beslutets §", _CODE, "§ som den skrivs; tomt: uppgift saknas", _DECISION,
          lambda b: b.decision.paragraph, "paragraph"),
    Field("forslagsversion", "Versionen av förslaget som beslutet gäller", _NUMBER, "1–; tomt: uppgift saknas",
          _DECISION, lambda b: b.decision.proposal_version or None, "proposal_version"),
    Field("kalla", "Varifrån uppgiften kommer", _CODE, "muntlig, epost, publicerat_protokoll, protokollsutdrag; tomt: "
          "uppgift saknas", _DECISION, lambda b: b.decision.source, "source"),
    Field("alla_registrerade", "nej: regionen väntas fatta fler beslut", _TRUTH, _YES_NO, _DECISION,
          lambda b: b.decision.complete, "complete"),
    Field("tillbakataget", "Om registreringen har tagits tillbaka och inte räknas", _TRUTH, _YES_NO, _DECISION,
          lambda b: b.decision.withdrawn, "withdrawn"),
    Field("led_fore", "Instanserna som föreslog före beslutet, i ordning", _CODE, "koder som under instans, med "
          "mellanslag emellan", _DECISION, lambda b: " ".join(body(k.body) for k in b.decision.links), "more"),
    Field("justerat", "Dagen för justering", _DAY, "ÅÅÅÅ-MM-DD eller tomt", _DECISION, lambda b: b.decision.justerat,
          unit="dag i Stockholm"),
    Field("tillkannagivet", "Dagen då justeringen tillkännagavs", _DAY, "ÅÅÅÅ-MM-DD eller tomt", _DECISION,
          lambda b: b.decision.tillkannagivet, unit="dag i Stockholm"),
)  # fmt: skip
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    UPPDRAG: {
        "year": "står i numret", "number": "står i numret", "neutral_title": "står som rubrik där den gäller",
        "source": "fri text", "section": "fri text", "owner": "en person", "dnr": "fri text", "directive": "fri text",
        "plan": "fri text", "standing": "kansliets eget", "notes": "fri text", "due_text": "fri text",
        "changed_at": "står i handelser.csv", "detail": "fri text",
    },
    HANDELSER: {
        "owned_key": "programmets eget", "command_digest": "programmets eget", "actor": "en person",
        "salt": "programmets eget", "content_digest": "programmets eget", "chain": "programmets eget",
    },
    BESLUT: {"dnr": "fri text", "adaptation": "fri text", "note": "fri text"},
}  # fmt: skip
"""The columns of the database that are not among them, and why."""
FILES: Mapping[str, tuple[Field[Any], ...]] = {
    UPPDRAG: FIELDS_UPPDRAG, HANDELSER: FIELDS_EVENT, BESLUT: FIELDS_DECISION
}  # fmt: skip
