"""What people call things: offices, regions, outcomes, facts and their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from workflow.lifecycle import Fact, Lifecycle
from workflow.links import from_text
from workflow.model import Decision, FactValue, Link, Region, Task
from workflow.people import OFFICES

SOURCES = {
    "": "Uppgift saknas", "muntlig": "muntlig uppgift", "epost": "e-post",
    "publicerat_protokoll": "publicerat protokoll", "protokollsutdrag": "protokollsutdrag",
}  # fmt: skip
BODIES = {"namnd": "nämnd", "regiondirektor": "regiondirektören", "annan": "annan instans"}
KINDS = {"beslut": "beslut", "delegationsbeslut": "delegationsbeslut", "verkstallighet": "verkställighet"}
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
    "kind": "slag", "links": "led", "justerat": "justerat", "tillkannagivet": "tillkännagivet",
    "delegationspunkt": "delegationspunkt", "reported_to": "anmält till", "reported_on": "anmält",
    "missing": "att komplettera", "task_owner": "vem som kompletterar", "task_due": "komplettera senast",
    "planned_chain": "den planerade kedjan", "planned_on": "planerat datum", "planned_body": "planerad instans",
    "sent_version": "expedierad version", "channel": "kanal",
}  # fmt: skip


def office(office: str, lanskod: str, regions: Mapping[str, Region]) -> str:
    """An office as people say it: `registrator i Uppsala`, `C-NSPL`."""
    return f"{OFFICES.get(office, office)}{f' i {region(regions, lanskod)}' if lanskod else ''}"


def without_address(names: Sequence[str]) -> str:
    """The alarm about regions that no mail can be sent to."""
    one = len(names) == 1
    lead = f"Region {names[0]}" if one else f"{len(names)} regioner ({', '.join(names)})"
    return f"Larm: {lead} saknar fungerande adress till registrator och kontaktperson. Påminnelser når inte fram."


def as_of(day: date) -> str:
    """What stands over an answer about an earlier day."""
    return f"Läget den {day} enligt vad som var registrerat den dagen."


def began(day: date, installed: date) -> str:
    """Why there is nothing to tell of a day before there was a database."""
    return f"Inget var registrerat den {day}. Databasen skapades {installed}; ange den dagen eller en senare."


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


def link(one: Link) -> str:
    """One body in a chain: `AU 2026-03-10 § 45`."""
    day = one.on.isoformat() if one.on else ""
    return " ".join(filter(None, (BODIES.get(one.body, one.body), day, f"§ {one.paragraph}" if one.paragraph else "")))


def decided(d: Decision) -> str:
    """What is known of how a decision came about, as it follows where: `, efter förslag av AU 2026-03-10 § 45`."""
    told = [] if d.kind == "beslut" else [KINDS[d.kind]]
    told += [f"efter förslag av {', '.join(map(link, d.links))}"] if d.links else []
    told += [f"delegationspunkt {d.delegationspunkt}"] if d.delegationspunkt else []
    reported = (str(d.reported_on or ""), f"till {d.reported_to}" if d.reported_to else "")
    told += [" ".join(("anmält", *filter(None, reported)))] if any(reported) else []
    told += [f"justerat {d.justerat}"] if d.justerat else []
    told += [f"tillkännagivet {d.tillkannagivet}"] if d.tillkannagivet else []
    told += [f"att komplettera: {task(d.task)}"] if d.task else []
    return "".join(f", {one}" for one in told)


def task(t: Task) -> str:
    """What the kansli has to complete, who, and by when: `kostnadsbilden (Cia Dahl, senast 2026-05-04)`."""
    who = ", ".join(filter(None, (t.owner, f"senast {t.due}" if t.due else "")))
    return f"{t.what or 'uppgift saknas om vad'}{f' ({who})' if who else ''}"


def facts(stated: Mapping[str, FactValue], declared: Sequence[Fact]) -> str:
    """The facts of a step, as they follow what was done: `. Chefsgruppens möte 2026-03-27, § 18`."""
    known = {f.name: f for f in declared}
    shown = []
    for name, v in stated.items():
        fact = known.get(name)
        if fact and fact.type == "paragraph":
            shown.append(f"§ {value(v)}")
        elif fact and fact.type == "chain" and isinstance(v, tuple):
            shown.append(f"{fact.label}: {', '.join(link(from_text(one)) for one in v)}")
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


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, from what to what."""
    changed = [n for n in dict.fromkeys((*before, *after)) if before.get(n, "") != after.get(n, "")]
    return "; ".join(f"{FIELDS.get(n, n)} {before.get(n) or '–'} → {after.get(n) or '–'}" for n in changed)
