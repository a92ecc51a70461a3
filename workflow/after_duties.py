"""What the kansli has to do about what follows on a meeting: answers per capsulam, actions, what was handed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflow.actions import promises
from workflow.duties import Duty
from workflow.meeting import Meeting

_LONG = timedelta(days=7)
"""How long after a body has met it presses to ask what it said."""


def after(meeting: Meeting, today: date) -> Iterator[Duty]:
    """What is to be done on a day, beside the meeting's own rhythm."""
    asked = meeting.circulation
    if asked and not meeting.closed_on:
        silent = asked.silent(i.key for i in meeting.items)
        if today >= meeting.day or not silent:
            yield Duty(
                what="answers", meeting=meeting.day, due=meeting.day, pressing=today > meeting.day,
                about=", ".join(silent),
            )  # fmt: skip
    for p in promises(meeting):
        if p.open and p.action.due and p.action.due <= today:
            yield Duty(
                what="action", meeting=meeting.day, due=p.action.due, pressing=p.late(today), about=p.told
            )  # fmt: skip
    for handoff in meeting.handoffs:
        known = {r.paragraph for r in meeting.returned if r.body == handoff.body}
        waited = [f"§ {h.paragraph}" for h in handoff.handed if h.paragraph not in known]
        if waited and handoff.meets_on and handoff.meets_on < today:
            late = today - handoff.meets_on >= _LONG
            yield Duty(
                what="returned", meeting=meeting.day, due=handoff.meets_on, pressing=late,
                about=f"{handoff.label}: {', '.join(waited)}",
            )  # fmt: skip
