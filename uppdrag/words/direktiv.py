"""What people read of uppdragsdirektiv: how far one has come, and what happened with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from workflow.direktiv import Decided, Directive, DirectiveText
from workflow.paper_events import DirectiveDecided, DirectiveEnded, DirectiveEvent, DirectiveNumbered, DirectiveWritten

STATUS = {"utkast": "utkast", "beslutat": "beslutat", "upphort": "upphört"}


def called(directive: Directive) -> str:
    """A directive as people name it: by its diarienummer, else by its id."""
    return directive.text.number or directive.id


def standing(directive: Directive) -> str:
    """How far a directive has come: `Utkast`, `Beslutat 2026-03-27, § 14`, `Version 2 är utkast. …`."""
    last = directive.standing
    if directive.ended:
        return f"Upphört. Skäl: {directive.ended}"
    if last is None:
        return "Utkast"
    if directive.draft is not None:
        return f"Version {directive.revision} är utkast. Version {last.revision} beslutades {decided(last)}"
    version = f" i version {last.revision}" if last.revision > 1 else ""
    return f"Beslutat{version} {decided(last)}"


def on_uppdrag(directives: Sequence[Directive], number: str) -> list[str]:
    """What directives an uppdrag follows: those that carry it, and the number that it states without a document."""
    told = [f"{d.id}{f' {d.text.number}' if d.text.number else ''}: {standing(d)}" for d in directives]
    known = {text.number for d in directives for text in (d.text, *(one.text for one in d.decisions))}
    return [*told, *([f"{number}: dokumentet finns inte här"] if number and number not in known else [])]


def decided(one: Decided) -> str:
    """When and under which § a revision was decided: `2026-03-27, § 14`."""
    return f"{one.day.isoformat()}, § {one.paragraph}"


def happened(event: DirectiveEvent, before: DirectiveText | None) -> str:
    """What an event made of a directive, in words; `before` is what it said, None where unknown."""
    match event:
        case DirectiveWritten():
            if before is None:
                return "texten skrevs"
            changed = differing(before, event.text)
            return f"ändrat: {', '.join(changed)}" if changed else "en ny version påbörjades"
        case DirectiveDecided():
            return f"chefsgruppen beslutade direktivet {event.day.isoformat()}, § {event.paragraph}"
        case DirectiveNumbered():
            return f"diarienumret {event.number} angavs"
        case DirectiveEnded():
            return f"avslutat. Skäl: {event.why}"
        case _:
            assert_never(event)


def differing(before: DirectiveText, after: DirectiveText) -> list[str]:
    """What differs between two texts, each by its name."""
    told = [
        name for name, one, other in (
            ("rubrik", before.title, after.title), ("diarienummer", before.number, after.number),
            ("uppdrag", before.uppdrag, after.uppdrag),
        ) if one != other
    ]  # fmt: skip
    known = {s.id: s for s in before.sections}
    return told + [s.label for s in after.sections if s != known.get(s.id)]
