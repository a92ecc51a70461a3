"""What came back by mail: an answer, a bounce, an automatic reply or something unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workflow.errors import UppdragError

IncomingKind = Literal["svar", "studs", "autosvar", "okant"]
INCOMING_KINDS: tuple[IncomingKind, ...] = ("svar", "studs", "autosvar", "okant")

IncomingStatus = Literal["ny", "registrerad", "avfardad", "klar"]
INCOMING_STATUSES: tuple[IncomingStatus, ...] = ("ny", "registrerad", "avfardad", "klar")
"""A mail waits for a person, led to a decision, was put aside with a reason, or needed nobody."""

SHOWN_KIND: Mapping[str, str] = {"svar": "svar", "studs": "studs", "autosvar": "autosvar", "okant": "okänt"}
SHOWN_STATUS: Mapping[str, str] = {
    "ny": "ny", "registrerad": "registrerad", "avfardad": "avfärdad", "klar": "klar",
}  # fmt: skip
"""What people see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file that came with a mail. `digest` is the SHA-256 of its content in hex, empty where `refused` says why it
    was not kept."""

    number: int
    filename: str
    digest: str = ""
    content_type: str = ""
    size: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail as it is kept in *Inkommet*. Moments are aware UTC.

    `answers` is the Message-ID of the mail in the outbox that it answers; `uppdrag` and `region` are that mail's, empty
    where there is none. `event` is the event that registering it led to, `dnr` its number in the diarium.
    """

    id: str
    digest: str
    received_at: datetime
    kind: IncomingKind
    sender: str = ""
    subject: str = ""
    uppdrag: str = ""
    region: str = ""
    answers: str = ""
    body: str = ""
    note: str = ""
    status: IncomingStatus = "ny"
    event: str = ""
    dnr: str = ""
    handled_by: str = ""
    handled_at: datetime | None = None
    files: tuple[IncomingFile, ...] = ()


QuestionKind = Literal["fraga", "fel"]

SHOWN_QUESTION: Mapping[str, str] = {"fraga": "fråga", "fel": "anmält fel"}
"""What people see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody at a region asked the kansli on its page, or said was wrong. Moments are aware UTC.

    `region` is a länskod. `uppdrag` and `event` (`U2026-01/7`) are what it is about, empty where it is about neither.
    """

    id: str
    kind: QuestionKind
    asked_at: datetime
    region: str
    uppdrag: str = ""
    event: str = ""
    asker: str
    office: str = ""
    words: str
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


class MailboxUnavailable(UppdragError):
    """The mailbox cannot be read. `code`: `missing`, `refused`, `certificate` or `unreachable`. No mail was changed."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)
