"""The minutes of a meeting: what was stated of it, what is missing, and the steps that its outcomes become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from workflow.errors import Refusal
from workflow.lifecycle import Effect, Lifecycle, Transition
from workflow.meeting import AgendaItem, Meeting, Minutes, Note
from workflow.model import Uppdrag

_AS_POSTPONED: Mapping[str, str] = {"saknas": "skal", "klar_senast": "ater"}
"""What is stated with an återremiss, as a bordläggning has it, where the lifecycle knows no way back from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What somebody states of a meeting. `head` are the fields of Minutes that something is said of; `notes` by the
    item's number. What is not stated stays as it is."""

    head: Mapping[str, object] = field(default_factory=dict)
    notes: Mapping[int, Note] = field(default_factory=dict)


def merged(meeting: Meeting, taken: Taken) -> tuple[Minutes, list[Refusal]]:
    """The minutes with what is stated now, and every reason why that will not do.

    After the meeting is closed its outcomes stand, for they have moved uppdrag; a § that is justerad stands whole.
    """
    before = meeting.minutes or Minutes()
    refused: list[Refusal] = []
    after: dict[str, Note] = {n.item: n for n in before.notes}
    by_number = {i.number: i for i in meeting.items}
    for number, stated in taken.notes.items():
        item = by_number.get(number)
        if item is None or item.withdrawn:
            last = max(by_number, default=0)
            refused.append(Refusal.of("item_withdrawn" if item else "no_such_item", number=number, last=last))
            continue
        known = after.get(item.key, Note(item=item.key))
        decision = stated.decision or (_as_proposed(item, stated) if meeting.closed_on else "")
        note = replace(stated, item=item.key, paragraph=known.paragraph, decision=decision)
        if note == known:
            continue
        if known.paragraph and meeting.approval(known.paragraph):
            refused.append(Refusal.of("paragraph_approved", paragraph=known.paragraph))
        elif meeting.closed_on and _moves(note) != _moves(known):
            refused.append(Refusal.of("outcome_stands", number=number, paragraph=known.paragraph))
        else:
            after[item.key] = note
    places = {i.key: place for place, i in enumerate(meeting.items)}
    notes = tuple(sorted(after.values(), key=lambda n: places.get(n.item, len(places))))
    minutes = replace(before, **taken.head, notes=notes)  # type: ignore[arg-type]  # fields of Minutes
    if meeting.digest and minutes != before:
        refused.append(Refusal.of("protokoll_locked", day=meeting.day))
    elif meeting.closed_on and minutes.first_paragraph != before.first_paragraph:
        refused.append(Refusal.of("paragraphs_given", day=meeting.closed_on))
    return minutes, refused


def left(meeting: Meeting) -> list[AgendaItem]:
    """The items that keep the meeting open: those that nothing was decided on."""
    minutes = meeting.minutes or Minutes()
    done = {n.item for n in minutes.notes if n.outcome}
    return [i for i in meeting.items if not i.withdrawn and i.key not in done]


def with_paragraphs(meeting: Meeting, last: int) -> Minutes:
    """The minutes with a § on each item, in order, after the year's `last`."""
    minutes = meeting.minutes or Minutes()
    number = max(last, minutes.first_paragraph - 1)
    given = []
    for item in meeting.items:
        note = minutes.of(item.key)
        if note is not None and not item.withdrawn:
            number += 1
            given.append(replace(note, paragraph=number, decision=note.decision or _as_proposed(item, note)))
    return replace(minutes, notes=tuple(given))


def step(lifecycle: Lifecycle, u: Uppdrag, item: AgendaItem, note: Note) -> str:
    """The trigger that an outcome pulls on the item's uppdrag; empty where it moves nothing."""
    if note.trigger:
        return note.trigger
    if note.outcome == "bifall":
        return item.trigger
    if note.outcome == "aterremiss":
        return _of_effect(lifecycle, u, "send_back") or _of_effect(lifecycle, u, "postpone")
    return _of_effect(lifecycle, u, "postpone") if note.outcome == "bordlagd" else ""


def facts(lifecycle: Lifecycle, u: Uppdrag, trigger: str, note: Note, day: date) -> dict[str, str]:
    """What the step is told: the meeting and its § where it asks for them, and what the minutes state."""
    t = next((t for t in lifecycle.leaving[u.state] if t.trigger == trigger), None)
    stated = dict(note.facts)
    if t is None:
        return stated
    declared = {f.name for f in t.facts}
    if t.effect == "postpone" and note.outcome == "aterremiss":
        renamed = {_AS_POSTPONED.get(name, name): value for name, value in stated.items()}
        stated = {name: value for name, value in renamed.items() if name in declared}
    return {**_known(t, u, note, day), **stated}


def reprioritising(lifecycle: Lifecycle, u: Uppdrag, note: Note) -> tuple[str, dict[str, str]]:
    """The trigger and facts by which a § moves the planned time of one uppdrag among many."""
    moved = note.reprioritised
    if moved is None:
        return "", {}
    said = {"planerad_tid": moved.span, "tidsgrans": moved.deadline, "skal": moved.why, "paragraf": str(note.paragraph)}
    return _of_effect(lifecycle, u, "reprioritise"), {name: value for name, value in said.items() if value}


def _known(t: Transition, u: Uppdrag, note: Note, day: date) -> dict[str, str]:
    found = {}
    for f in t.facts:
        if f.type == "paragraph":
            found[f.name] = str(note.paragraph)
        elif f.sets == "day":
            found[f.name] = day.isoformat()
        elif f.sets == "proposal_version" and u.proposal_version:
            found[f.name] = str(u.proposal_version)
        elif f.name in ("skal", "saknas") and note.decision:
            found[f.name] = note.decision
    return found


def _of_effect(lifecycle: Lifecycle, u: Uppdrag, effect: Effect) -> str:
    return next((t.trigger for t in lifecycle.leaving[u.state] if t.effect == effect), "")


def _moves(note: Note) -> tuple[object, ...]:
    """What of a note has moved uppdrag when the meeting was closed."""
    return note.outcome, note.trigger, dict(note.facts), note.reprioritised


def _as_proposed(item: AgendaItem, note: Note) -> str:
    return item.proposal if note.outcome == "bifall" else ""
