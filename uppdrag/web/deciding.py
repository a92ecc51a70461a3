"""What is asked of a region's decision, by outcome and body, and the command that the answers make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from uppdrag import words
from uppdrag.service.queries import Detail
from uppdrag.web.forms import Field
from workflow.commands import AdvanceRegion, Decide
from workflow.errors import Refusal, Refused
from workflow.facts import BadFact, clean_date, clean_number
from workflow.lifecycle import RegionTrack, RegionTransition
from workflow.model import BODIES, KINDS, SOURCES, Actor, Regionbeslut

PLANNED = "planerat"
"""What stands among the outcomes for a decision that is not taken yet."""
ALSO: Mapping[str, str] = {
    "outcome": "utfall", "unknown_outcome": "utfall", "body": "instans", "body_excluded": "instans", "on": "datum",
    "paragraph": "paragraf", "adaptation": "anpassning", "note": "notering", "missing": "saknas", "source": "kalla",
    "instans": "instans", "links": "led1_instans", "links_out_of_order": "led1_datum", "link_decides": "led1_instans",
    "link_after_decision": "led1_datum", "justerat_before_decision": "justerat", "announced_before": "tillkannagivet",
    "no_justering": "justerat", "delegationspunkt_missing": "delegationspunkt", "decides_itself": "slag",
    "not_delegated": "slag", "kind": "slag", "reported_before_decision": "anmalt", "reported_to": "anmalt_till",
    "task_owner": "vem", "task_due": "senast", "no_such_version": "version",
}  # fmt: skip
"""The field that each refusal of a decision is about."""

_BODIES = {
    "RF": "Regionfullmäktige (RF)", "RS": "Regionstyrelsen (RS)", "namnd": "En nämnd",
    "regiondirektor": "Regiondirektören", "annan": "Annan",
}  # fmt: skip
_MEET = ("RF", "RS", "namnd")
_LINKS = (("AU", "Arbetsutskottet (AU)"), ("namnd", "En nämnd"), ("RS", "Regionstyrelsen (RS)"))
LINKS = 3
"""How many links are asked for at first; a form with more says so in `leder`."""
_MOST_LINKS = 8
_KINDS = {"beslut": "Eget beslut", "delegationsbeslut": "Delegationsbeslut", "verkstallighet": "Ren verkställighet"}
ROAD, _DELEGATED, _ADJUSTED = (
    "Beredning: leden före beslutet", "Delegation eller verkställighet", "Justering och tillkännagivande"
)  # fmt: skip


def planning_step(track: RegionTrack | None) -> RegionTransition | None:
    """The step on the region's track that says when a decision is planned."""
    steps = track.transitions if track else ()
    return next((t for t in steps if any(f.sets == "planned_on" for f in t.facts)), None)


def fields(found: Detail, form: Mapping[str, str], *, kansli: bool) -> list[Field]:
    """What is asked. What belongs to some outcomes or bodies only says which."""
    track = found.lifecycle.track
    if track is None:
        return []
    outcomes = [(o.id, o.label) for o in track.outcomes]
    if planning_step(track):
        outcomes.append((PLANNED, "Inte beslutat än, men planerat"))
    needs = {need: " ".join(o.id for o in track.outcomes if need in o.requires) for need in ("adaptation", "note")}
    tasks = " ".join(o.id for o in track.outcomes if o.task)
    decided = " ".join(o.id for o in track.outcomes)
    bodies = tuple((b, _BODIES[b]) for b in BODIES if not track.bodies or b in track.bodies)
    asked = [
        Field(name="utfall", label="Utfall", kind="choice", options=tuple(outcomes), required=True),
        Field(name="anpassning", label="Vad anpassningen består i", kind="long", required=True,
              shown_for=needs["adaptation"]),
        Field(name="notering", label="Varför regionen inte är berörd", kind="long", required=True,
              shown_for=needs["note"]),
        Field(name="saknas", label="Vad som behöver kompletteras", kind="long", shown_for=tasks),
        *([
            Field(name="vem", label="Vem som kompletterar", shown_for=tasks, help="Utelämnat: uppdragets ansvariga."),
            Field(name="senast", label="Kompletteras senast", kind="date", shown_for=tasks,
                  help="Utelämnat: regionens nästa handlingsstopp, när det är känt."),
        ] if kansli else []),
        Field(name="instans", label="Beslutsinstans", kind="select", options=bodies),
        Field(name="namnd", label="Nämndens namn", at="namnd", help="Till exempel hälso- och sjukvårdsnämnden."),
        Field(name="datum", label="Datum", kind="date"),
        Field(name="paragraf", label="Paragraf", narrow=True, shown_for=decided, help="Bara siffran, till exempel 88."),
        Field(name="dnr", label="Regionens diarienummer" if kansli else "Ert diarienummer", shown_for=decided),
        *(_of_the_kansli(decided) if kansli else []),
        *road(at="kollegial", rows=rows(form)),
        Field(name="slag", label="Slag", kind="choice", options=tuple(_KINDS.items()), at="tjansteman",
              group=_DELEGATED),
        Field(name="delegationspunkt", label="Punkt i delegationsordningen", at="tjansteman", group=_DELEGATED),
        Field(name="anmalt_till", label="Anmält till", at="tjansteman", group=_DELEGATED),
        Field(name="anmalt", label="Anmält", kind="date", at="tjansteman", group=_DELEGATED),
        Field(name="justerat", label="Justerat", kind="date", at="kollegial", group=_ADJUSTED),
        Field(name="tillkannagivet", label="Justeringen tillkännagiven", kind="date", at="kollegial", group=_ADJUSTED,
              help="Laga kraft räknas tidigast tre veckor därefter."),
        Field(name="fler", label="Regionen har fler beslut kvar att fatta i uppdraget", kind="tick",
              shown_for=" ".join(o.id for o in track.outcomes if o.final)),
    ]  # fmt: skip
    return [replace(f, value=form.get(f.name, "")) for f in asked]


def answered(found: Detail, form: Mapping[str, str], *, kansli: bool) -> list[Field]:
    """The fields that were asked with these answers, and answered."""
    return [f for f in fields(found, form, kansli=kansli) if f.value and f.name != "fler" and _asked(f, form)]


def command(
    found: Detail, rb: Regionbeslut, form: Mapping[str, str], actor: Actor, *, backfill: bool = False
) -> Decide | AdvanceRegion:
    """What the answers ask for. Raises Refused where a day or a number cannot be read, or nothing is chosen."""
    kansli, outcome = actor.role == "kansli", form.get("utfall", "")
    if not outcome:
        raise Refused([Refusal.of("fact_missing", fact="utfall", label="Utfall")])
    asked = {f.name for f in fields(found, form, kansli=kansli) if _asked(f, form)}
    said = {name: form.get(name, "").strip() for name in asked}
    days, version = _read(said)
    body, step = said.get("namnd") or said.get("instans", ""), planning_step(found.lifecycle.track)
    if outcome == PLANNED and step:
        names = {f.sets: f.name for f in step.facts}
        facts = {names["planned_body"]: body, names["planned_on"]: said.get("datum", "")}
        chain = chain_text(form, with_paragraphs=False) if "led1_instans" in asked and "planned_chain" in names else ""
        if chain:
            facts[names["planned_chain"]] = chain
        return AdvanceRegion(actor=actor, region=rb.region, trigger=step.trigger, facts=facts, backfill=backfill)
    return Decide(
        actor=actor, on=days["datum"], region=rb.region, outcome=outcome, body=body, backfill=backfill,
        paragraph=said.get("paragraf", ""), dnr=said.get("dnr", ""), adaptation=said.get("anpassning", ""),
        note=said.get("notering", ""), source=said.get("kalla", ""), proposal_version=version,
        complete=said.get("fler") != "ja", kind=said.get("slag") or KINDS[0],
        links=chain_text(form) if "led1_instans" in asked else "", justerat=days["justerat"],
        tillkannagivet=days["tillkannagivet"], delegationspunkt=said.get("delegationspunkt", ""),
        reported_to=said.get("anmalt_till", ""), reported_on=days["anmalt"], missing=said.get("saknas", ""),
        task_owner=said.get("vem", ""), task_due=days["senast"],
    )  # fmt: skip


def chain_text(form: Mapping[str, str], *, with_paragraphs: bool = True) -> str:
    """The links as they are typed elsewhere: `AU:2026-03-10:45;RS:2026-03-24`. What has no body is left out."""
    told = []
    for n in range(1, rows(form) + 1):
        body, on, paragraph = (form.get(f"led{n}_{part}", "").strip() for part in ("instans", "datum", "paragraf"))
        if body:
            told.append(":".join((body, on, paragraph if with_paragraphs else "")).rstrip(":"))
    return ";".join(told)


def rows(form: Mapping[str, str]) -> int:
    """How many links a form asks for."""
    stated = form.get("leder", "")
    return next((n for n in range(LINKS, _MOST_LINKS + 1) if str(n) == stated), LINKS)


def one_more(form: Mapping[str, str]) -> dict[str, str]:
    """The same form with a place for one more link."""
    return {**form, "leder": str(min(rows(form) + 1, _MOST_LINKS))}


def road(*, at: str = "", paragraphs: bool = True, rows: int = LINKS) -> list[Field]:
    """The questions about the bodies that take the matter first, in the order in which they do."""
    asked = []
    for n in range(1, rows + 1):
        asked += [
            Field(name=f"led{n}_instans", label=f"Led {n}", kind="select", options=_LINKS, at=at, group=ROAD),
            Field(name=f"led{n}_datum", label=f"Led {n}: datum", kind="date", at=at, group=ROAD),
        ]
        if paragraphs:
            asked.append(Field(name=f"led{n}_paragraf", label=f"Led {n}: paragraf", narrow=True, at=at, group=ROAD))
    return asked


def read_days(said: Mapping[str, str], labels: Iterable[tuple[str, str]]) -> dict[str, date | None]:
    """The days among some answers, by name; None where nothing was said. Raises Refused with every one that is none."""
    days: dict[str, date | None] = {}
    refused = []
    for name, label in labels:
        raw = said.get(name, "")
        try:
            days[name] = clean_date(raw) if raw else None
        except BadFact as bad:
            refused.append(Refusal.of(bad.code, fact=name, label=label, value=raw[:80], expected=bad.expected))
    if refused:
        raise Refused(refused)
    return days


def _read(said: Mapping[str, str]) -> tuple[dict[str, date | None], int | None]:
    labels = (("datum", "Datum"), ("justerat", "Justerat"), ("tillkannagivet", "Tillkännagivet"), ("anmalt", "Anmält"),
              ("senast", "Kompletteras senast"))  # fmt: skip
    days = read_days(said, labels)
    written = said.get("version", "")
    try:
        return days, clean_number(written) if written else None
    except BadFact as bad:
        refusal = Refusal.of(bad.code, fact="version", label="Version", value=written[:80], expected=bad.expected)
        raise Refused([refusal]) from None


def _asked(f: Field, form: Mapping[str, str]) -> bool:
    """Whether a question belongs to the outcome and the body that were chosen."""
    outcome, body = form.get("utfall", ""), form.get("instans", "")
    if f.shown_for and outcome not in f.shown_for.split():
        return False
    if not f.at:
        return True
    if f.at == "namnd":
        return body == "namnd"
    if outcome == PLANNED and f.group != ROAD:
        return False
    return f.at == ("kollegial" if body in _MEET else "tjansteman" if body else "")


def _of_the_kansli(decided: str) -> list[Field]:
    sources = tuple((s, words.SOURCES[s].capitalize()) for s in SOURCES)
    return [
        Field(name="kalla", label="Källa", kind="select", options=sources, shown_for=decided),
        Field(name="version", label="Förslagets version", kind="number", shown_for=decided,
              help="Utelämnad: den som regionen fick."),
    ]  # fmt: skip
