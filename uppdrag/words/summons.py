"""What people read of the kallelse: who is called as what, and what has changed since it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from workflow.meeting import STREAM, Meeting
from workflow.meeting_events import MeetingCalledOff, MeetingTakenOver, SummonsMailed
from workflow.summoning import untold
from workflow.summons import CallRole

AS_WHAT: Mapping[CallRole, str] = {
    "ordforande": "ordförande", "ledamot": "ledamot", "adjungerad": "adjungerad",
    "ersattare": "ersättare, för kännedom",
}  # fmt: skip
WHAT: Mapping[str, str] = {
    "kallelse": "kallelse", "kallelse_andrad": "ändring", "kallelse_installd": "inställt",
    "kallelse_atertagen": "gäller inte längre",
}  # fmt: skip
"""What each letter is, in a list of them."""
CHANNELS: Mapping[str, str] = {
    "epost": "e-post", "saker_kanal": "säker kanal", "post": "post", "annan": "annan kanal",
}  # fmt: skip
_CHANGES: Mapping[str, str] = {
    "day": "dagen", "hours": "tiden", "place": "platsen", "link": "länken", "agenda": "dagordningen",
}  # fmt: skip


def subject(stream: str) -> str:
    """What a mail is about, by the name of its stream: `U2026-01`, `mötet 2026-04-24`."""
    meeting = STREAM.fullmatch(stream)
    return f"mötet {meeting[1]}" if meeting else stream


def page(stream: str) -> str:
    """Where that has its page."""
    meeting = STREAM.fullmatch(stream)
    return f"/moten/{meeting[1]}" if meeting else f"/uppdrag/{stream}"


def changed(names: Sequence[str]) -> tuple[str, ...]:
    """What has changed, in words: `tiden`, `platsen`."""
    return tuple(_CHANGES[name] for name in names)


def not_told(meeting: Meeting) -> str:
    """That a change has not reached those who are called, and how it does; empty where there is nothing to tell."""
    if untold(meeting):
        return f"Ändringen är inte meddelad de kallade. Skicka den: uppdrag meeting summon {meeting.day}"
    if meeting.summoned_on and not meeting.summons and not meeting.closed_on and not meeting.circulation:
        return (
            "Kallelsen gick inte ut härifrån. Meddela ändringen på samma sätt, eller skicka den med e-post: "
            f"uppdrag meeting summon {meeting.day}"
        )
    return ""


def happened(event: SummonsMailed | MeetingCalledOff | MeetingTakenOver) -> str:
    """What became of a kallelse or a meeting, in words."""
    match event:
        case SummonsMailed():
            count = sum(c.sequence == event.summons.sequence for c in event.summons.called)
            version = f"version {event.summons.sequence + 1} av kallelsen" if event.summons.sequence else "kallelsen"
            gone = f" och togs tillbaka från {len(event.withdrawn)}" if event.withdrawn else ""
            return f"{version} finns hos {count}{gone}"
        case MeetingCalledOff():
            to, why = event.called_off.to, event.called_off.why
            return f"mötet flyttades till {to}" if to else f"mötet ställdes in{f' ({why})' if why else ''}"
        case MeetingTakenOver():
            return f"mötet flyttades hit från {event.origin}"
        case _:
            assert_never(event)
