"""What people read of decisions per capsulam, and of what follows on a meeting: signed file, actions, hand-offs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from workflow.actions import Promise
from workflow.aftermath import HowSettled, Return, Returned
from workflow.circulation import Answer, Channel
from workflow.duties import Duty, Following, Task
from workflow.meeting import Meeting
from workflow.meeting_events import (
    ActionSettled,
    HandedOn,
    HandOffReturned,
    MattersCirculated,
    MembersReplied,
    ProtokollSigned,
    QuestionMailed,
)

ANSWERS: Mapping[Answer, str] = {"bifall": "bifall", "avslag": "avslag", "mote": "vill ta det på ett möte"}
CHANNELS: Mapping[Channel, str] = {
    "epost": "e-post", "telefon": "telefon", "brev": "brev", "muntligt": "muntligt",
}  # fmt: skip
SETTLED: Mapping[HowSettled, str] = {"klar": "klar", "behovs_inte": "behövs inte", "oppen": "öppen"}
RETURNS: Mapping[Return, str] = {
    "tillstyrker": "tillstyrker", "avstyrker": "avstyrker", "synpunkter": "synpunkter", "noterat": "noterat",
}  # fmt: skip


def called(meeting: Meeting) -> str:
    """A meeting or a decision per capsulam, as people name it: `Mötet 2026-03-27`."""
    return f"Per capsulam {meeting.decided_on}" if meeting.circulation else f"Mötet {meeting.day}"


def paragraphs(numbers: list[int]) -> str:
    """`§ 4`, `§§ 4–6`; empty where there are none."""
    if not numbers:
        return ""
    return f"§ {numbers[0]}" if len(numbers) == 1 else f"§§ {numbers[0]}–{numbers[-1]}"


def settled(p: Promise, today: date) -> str:
    """What has become of an action: `klar 2026-04-08`, `öppen, efter sin dag`."""
    if p.settled is None or p.open:
        return "öppen, efter sin dag" if p.late(today) else SETTLED["oppen"]
    return f"{SETTLED[p.settled.how]} {p.settled.on}"


def came_back(r: Returned | None, *, words: bool = True) -> str:
    """What came back from a body: `synpunkter 2026-05-20, SKR 26/1: Kostnaden är oklar`; without its words where the
    room is small."""
    if r is None:
        return "väntar på besked"
    lead = f"{RETURNS[r.outcome]} {r.on}{f', {r.reference}' if r.reference else ''}"
    return f"{lead}: {r.text}" if r.text and words else lead


def duty(d: Duty, what: Following) -> str:
    """What there is to do about what follows on a meeting."""
    match what:
        case "answers":
            rest = f"Har inte svarat: {d.about}." if d.about else "Alla har svarat: avsluta det."
            return f"Beslutet per capsulam, svar senast {d.due}, är inte avslutat. {rest}"
        case "action":
            return f"Åtgärden {d.about} från mötet {d.meeting} är inte klar."
        case "returned":
            return f"Besked saknas sedan {d.due} från {d.about} (mötet {d.meeting})."
        case _:
            assert_never(what)


HANDS: Mapping[Task | Following, str] = {
    "answers": "uppdrag meeting answer", "action": "uppdrag meeting actions", "returned": "uppdrag meeting handoff",
}  # fmt: skip


def happened(
    event: MattersCirculated
    | MembersReplied
    | QuestionMailed
    | ProtokollSigned
    | ActionSettled
    | HandedOn
    | HandOffReturned,
) -> str:
    """What an event beside the protokoll made of a meeting."""
    match event:
        case MattersCirculated():
            many = len(event.items)
            matters = "ett ärende" if many == 1 else f"{many} ärenden"
            return f"{matters} sändes till {len(event.asked)} ledamöter för beslut per capsulam, svar {event.day}"
        case MembersReplied():
            said = {r.member: ANSWERS[r.answer] for r in event.replies}
            return f"svar noterades: {', '.join(f'{who} {answer}' for who, answer in said.items())}"
        case QuestionMailed():
            how = "påminnelsen" if event.again else "frågan"
            return f"{how} köades som mejl till {', '.join(event.to)}"
        case ProtokollSigned():
            return f"det undertecknade protokollet fästes ({event.file.name})"
        case ActionSettled():
            s = event.settled
            return f"åtgärden {s.what} (§ {s.paragraph}) är {SETTLED[s.how]}"
        case HandedOn():
            told = ", ".join(f"§ {h.paragraph}" for h in event.handoff.handed) or "inget"
            return f"lämnades vidare till {event.handoff.label}: {told}"
        case HandOffReturned():
            came = event.returned
            return f"besked om § {came.paragraph}: {RETURNS[came.outcome]}"
        case _:
            assert_never(event)
