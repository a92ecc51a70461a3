"""What is known of the uppdrag of a directive, as the directive says it; the rest is for somebody to fill in."""

from __future__ import annotations

from collections.abc import Sequence

from definitions.direktiv import template
from workflow.direktiv import Carried, Section
from workflow.lifecycle import Lifecycle
from workflow.model import Uppdrag

Matters = Sequence[tuple[Uppdrag, Lifecycle]]
"""Uppdrag with their lifecycles, in the order in which the directive has them."""


def shown(u: Uppdrag) -> str:
    """The title that may leave the house."""
    return u.neutral_title if u.sensitive else u.title


def carried(u: Uppdrag, lifecycle: Lifecycle) -> Carried:
    """An uppdrag as a directive shows it; of a sensitive one the number and the neutral title only."""
    if u.sensitive:
        return Carried(uppdrag=u.id, title=u.neutral_title)
    labels = {d.id: d.label for d in lifecycle.deadlines}
    times = tuple(f"{labels.get(t.deadline, t.deadline)}: {t.span.text}" for t in u.times)
    return Carried(uppdrag=u.id, title=u.title, times=times, owner=u.owner)


def title(matters: Matters) -> str:
    """What a directive is called before somebody has said: as its uppdrag, where it has only one."""
    return shown(matters[0][0]) if len(matters) == 1 else ""


def sections(matters: Matters) -> tuple[Section, ...]:
    """The sections of the template with what is known put in, and the rest in [hakparenteser]."""
    known = {
        "uppdragen": _uppdragen(matters), "ursprung": _origin(matters), "forankring": _anchoring(matters),
        "regionbeslut": _regions(matters), "tider": _times(matters), "ledare": _leaders(matters),
    }  # fmt: skip
    return tuple(Section(s.id, s.label, _tidy(s.text.format_map(known))) for s in template())


def _tidy(text: str) -> str:
    """A text without the empty paragraphs that nothing was known for."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def _uppdragen(matters: Matters) -> str:
    asked = "[vad som ska göras och lämnas]"
    if len(matters) == 1:
        return f"{shown(matters[0][0])}: {asked}"
    return "\n".join(f"- {u.id} {shown(u)}: {asked}" for u, _ in matters)


def _open(matters: Matters) -> list[Uppdrag]:
    """Those of which more than the number and the neutral title may be told."""
    return [u for u, _ in matters if not u.sensitive]


def _origin(matters: Matters) -> str:
    found = _open(matters)
    places = dict.fromkeys(u.section for u in found if u.section)
    sources = dict.fromkeys(u.source for u in found if u.source)
    what = "Uppdraget hör" if len(matters) == 1 else "Uppdragen hör"
    told = [f"{what} till avsnitt {_listed(list(places))} i NSPL:s verksamhetsplan."] if places else []
    told += [f"Källa: {', '.join(sources)}."] if sources else ["[Varifrån behovet kommer.]"]
    return " ".join(told)


def _anchoring(matters: Matters) -> str:
    found = [(u.id, u.networks) for u in _open(matters) if u.networks]
    if not found:
        return "[Vilka nätverk uppdraget är förankrat i.]"
    if len(found) == len(matters) and len({networks for _, networks in found}) == 1:
        how = "Uppdraget är förankrat" if len(matters) == 1 else "Uppdragen är förankrade"
        return f"{how} i {_listed(found[0][1])}."
    return " ".join(f"{id} är förankrat i {_listed(networks)}." for id, networks in found)


def _regions(matters: Matters) -> str:
    if not any(lifecycle.track for _, lifecycle in matters):
        return ""
    return "NSPL beslutar inte över regionerna. Varje berörd region beslutar själv om förslaget."


def _times(matters: Matters) -> str:
    lines = []
    for u, lifecycle in matters:
        told = carried(u, lifecycle).times
        lines.append(f"- {u.id}: {'. '.join(told) if told else '[när resultatet ska redovisas]'}")
    return "\n".join(lines)


def _leaders(matters: Matters) -> str:
    lines = [(u.id, u.owner if u.owner and not u.sensitive else "[namn]") for u, _ in matters]
    if len(lines) == 1:
        return f"Uppdragsledare: {lines[0][1]}"
    return "\n".join(["Uppdragsledare:", "", *(f"- {id}: {name}" for id, name in lines)])


def _listed(names: Sequence[str]) -> str:
    return " och ".join(filter(None, (", ".join(names[:-1]), names[-1])))
