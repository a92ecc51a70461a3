"""What is about to be mailed: why (Occasion), what about (Intent), and the mail itself (Message)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

NONE = "-"
"""Stands in a key where there is nothing: a key has no NULL in it, or two of them would pass as different."""

IntentStatus = Literal["vantar", "skriven", "overhoppad", "avbruten"]
INTENT_STATUSES: tuple[IntentStatus, ...] = ("vantar", "skriven", "overhoppad", "avbruten")
"""An intent waits, is written into a message, was skipped (a later step said it), or was cancelled (answered)."""

MessageStatus = Literal["koad", "tagen", "skickad", "levererad", "osaker", "kraver_atgard", "avbruten", "hallen"]
MESSAGE_STATUSES: tuple[MessageStatus, ...] = (
    "koad", "tagen", "skickad", "levererad", "osaker", "kraver_atgard", "avbruten", "hallen",
)  # fmt: skip
"""Inside: queued, claimed by a worker, taken by the relay, delivered (a DSN says so), uncertain (the connection broke
after DATA), needs a hand, cancelled before it was first claimed, held by a person."""

SHOWN: Mapping[str, str] = {
    "koad": "köad", "tagen": "köad", "skickad": "skickad", "levererad": "levererad", "osaker": "osäker",
    "kraver_atgard": "kräver åtgärd", "avbruten": "avbruten", "hallen": "hållen",
}  # fmt: skip
"""What people see."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Occasion:
    """What a reminder is for. It is served once, ever. `round` rises when the planned time is set anew."""

    uppdrag: str = NONE
    region: str = NONE
    deadline: str = NONE
    step: str
    round: int = 0
    office: str = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something to mail to an office, not yet written. Local dates: `due` is the day it counts to, `send_on` the day it
    should leave; a mail with `expires_on` never leaves after that day. `parked`: why it could not be written at the
    last try, empty where it could."""

    id: str
    occasion: Occasion
    template: str
    send_on: date
    due: date | None = None
    expires_on: date | None = None
    reason: str = ""
    status: IntentStatus = "vantar"
    message: str = ""
    parked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """A picture that a mail's HTML shows as `cid:{id}` (RFC 2392). Its words stand in the HTML, as alternative text."""

    id: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """What a mail says to calendars (RFC 6047): iTIP's method and the iCalendar text, UTF-8."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail to one recipient. `id` is the Message-ID without angle brackets, at most 60 characters.

    `references` are the thread's earlier Message-IDs, oldest first. `headers` are further ones (List-Unsubscribe).
    `calendar` is another way of saying what the text says; `pictures` are those that the HTML shows. Most mails have
    neither, and none that was kept before.
    """

    id: str
    recipient: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    calendar: CalendarPart | None = None
    pictures: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message in the outbox, as people are shown it. Moments are aware UTC. `not_before`: when it may leave; of one
    that has been tried, when it first was."""

    id: str
    recipient: str
    office: str
    region: str
    uppdrag: str
    subject: str
    status: MessageStatus
    created_at: datetime
    not_before: datetime
    expires_on: date | None
    attempts: int
    next_try_at: datetime | None
    sent_at: datetime | None
    response: str
