"""When what chefsgruppen has before it can be concluded: a meeting that was held, or answers per capsulam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from workflow.circulation import Answer, Circulation
from workflow.errors import Refusal
from workflow.meeting import AgendaItem, Meeting, Minutes, Note, Outcome, Present

_OTHER: Mapping[str, Answer] = {"bifall": "avslag", "avslag": "bifall"}
"""The outcomes that answers decide, and the answer that differs from each."""


def not_ready(meeting: Meeting, today: date) -> list[Refusal]:
    """Every reason why it cannot be concluded on a day, its outcomes aside where they are missing.

    Per capsulam: everybody has answered or the last day has come, somebody has answered as the outcome says, and nobody
    wants to take the matter up at a meeting. Matters that all fall away (`utgar`) wait for nobody.
    """
    if meeting.circulation is not None:
        return _not_decided(meeting, meeting.circulation, today)
    refused = []
    if meeting.day > today:
        refused.append(Refusal.of("meeting_not_held", day=meeting.day, today=today))
    if meeting.minutes is None or not meeting.minutes.present:
        refused.append(Refusal.of("attendance_missing"))
    return refused


def doubts(meeting: Meeting) -> list[Refusal]:
    """What deserves a look although it can be concluded: members who have not answered, answers that differ."""
    asked = meeting.circulation
    if asked is None:
        return []
    found = []
    if silent := asked.silent(_keys(meeting)):
        found.append(Refusal.of("members_silent", who=", ".join(silent)))
    for item, outcome in _outcomes(meeting):
        other = [r.member for r in asked.of(item.key) if r.answer == _OTHER.get(outcome)]
        if other:
            found.append(Refusal.of("answers_differ", number=item.number, outcome=outcome, who=", ".join(other)))
    return found


def suggestion(meeting: Meeting, item: AgendaItem) -> Outcome | None:
    """How a matter per capsulam can be concluded by its answers: on the next agenda (`bordlagd`) where somebody wants a
    meeting, else as everybody has answered; None where they differ or somebody is silent."""
    if meeting.circulation is None:
        return None
    said = {r.answer for r in meeting.circulation.of(item.key)}
    if "mote" in said:
        return "bordlagd"
    if meeting.circulation.silent([item.key]) or len(said) != 1:
        return None
    return "bifall" if said == {"bifall"} else "avslag"


def recorded(meeting: Meeting) -> Meeting:
    """The same with what its protokoll says by itself: per capsulam, those who answered took part, and whoever answered
    otherwise than the outcome differed."""
    asked = meeting.circulation
    if asked is None:
        return meeting
    minutes = meeting.minutes or Minutes()
    present = minutes.present or tuple(Present(name=name) for name in asked.answered())
    notes = tuple(_with_dissent(n, asked) for n in minutes.notes)
    return replace(meeting, minutes=replace(minutes, present=present, notes=notes))


def _not_decided(meeting: Meeting, asked: Circulation, today: date) -> list[Refusal]:
    outcomes = _outcomes(meeting)
    if outcomes and all(outcome == "utgar" for _, outcome in outcomes):
        return []
    refused = []
    silent = asked.silent(_keys(meeting))
    if silent and today < meeting.day:
        refused.append(Refusal.of("answers_awaited", day=meeting.day, who=", ".join(silent)))
    elif not asked.replies:
        refused.append(Refusal.of("nobody_answered"))
    for item, outcome in outcomes:
        replies = asked.of(item.key)
        wanting = [r.member for r in replies if r.answer == "mote"]
        if outcome in _OTHER and wanting:
            refused.append(Refusal.of("meeting_wanted", number=item.number, title=item.title, who=", ".join(wanting)))
        elif outcome in _OTHER and replies and not any(r.answer == outcome for r in replies):
            refused.append(Refusal.of("nobody_answered_so", number=item.number, title=item.title, outcome=outcome))
    return refused


def _with_dissent(note: Note, asked: Circulation) -> Note:
    differing = [r for r in asked.of(note.item) if r.answer == _OTHER.get(note.outcome)]
    told = [f"{r.member} ({r.answer}){f': {r.words}' if r.words else ''}" for r in differing]
    return replace(note, dissent=tuple(dict.fromkeys([*note.dissent, *told])))


def _outcomes(meeting: Meeting) -> list[tuple[AgendaItem, str]]:
    notes = meeting.minutes.notes if meeting.minutes else ()
    return [(item, n.outcome) for n in notes if n.outcome and (item := meeting.item(n.item)) is not None]


def _keys(meeting: Meeting) -> list[str]:
    return [i.key for i in meeting.items if not i.withdrawn]
