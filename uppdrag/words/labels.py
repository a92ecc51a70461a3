"""What people call things: offices, regions, outcomes, facts and their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.lifecycle import Fact, Lifecycle
from workflow.model import FactValue, Region
from workflow.people import OFFICES

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


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, from what to what."""
    changed = [n for n in dict.fromkeys((*before, *after)) if before.get(n, "") != after.get(n, "")]
    return "; ".join(f"{FIELDS.get(n, n)} {before.get(n) or '–'} → {after.get(n) or '–'}" for n in changed)
