"""The life of an uppdragsdirektiv: what becomes true of it, from the first draft to its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from workflow.direktiv import STREAM, Decided, Directive
from workflow.paper_events import DirectiveDecided, DirectiveEnded, DirectiveEvent, DirectiveNumbered, DirectiveWritten


def evolve(directive: Directive | None, event: DirectiveEvent, *, id: str) -> Directive:
    """The directive after one more event of the stream `id`; None before the first.

    Raises ValueError where the event cannot follow: a decision on what is no draft, a change of what has ended.
    """
    named = STREAM.fullmatch(id)
    if named is None or (directive is None and not isinstance(event, DirectiveWritten)):
        raise ValueError(f"{id}: {type(event).__name__} of no directive")
    before = directive or Directive(id=named[1])
    after = replace(before, version=before.version + 1)
    if before.ended:
        raise ValueError(f"{id}: {type(event).__name__} of a directive that has ended")
    match event:
        case DirectiveWritten():
            return replace(after, draft=event.text)
        case DirectiveDecided():
            if before.draft is None:
                raise ValueError(f"{id}: nothing to decide")
            decided = Decided(
                revision=before.revision, day=event.day, paragraph=event.paragraph, text=before.draft,
                carried=event.carried,
            )  # fmt: skip
            return replace(after, draft=None, decisions=(*before.decisions, decided))
        case DirectiveNumbered():
            if before.draft is not None or before.standing is None or before.standing.text.number:
                raise ValueError(f"{id}: no number is missing")
            numbered = replace(before.standing, text=replace(before.standing.text, number=event.number))
            return replace(after, decisions=(*before.decisions[:-1], numbered))
        case DirectiveEnded():
            if before.draft is not None and before.decisions:
                return replace(after, draft=None)
            return replace(after, ended=event.why)
        case _:
            assert_never(event)


def replay(events: Iterable[DirectiveEvent], *, id: str) -> Directive | None:
    """What the events of one stream amount to."""
    directive: Directive | None = None
    for event in events:
        directive = evolve(directive, event, id=id)
    return directive
