"""The tables of the clock and the mail: what is to leave, what left, and what came back.

They are work in hand, not the record of what was decided: that is the log's.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables import BY_KEY, text_column


class ReminderRow(SQLModel, table=True):
    """When the clock looks at a track again. `since`: the local day on which its present plan was made, for `round`."""

    __tablename__ = "reminder"
    __table_args__ = (
        ForeignKeyConstraint(["uppdrag"], ["uppdrag.id"]),
        Index("ix_reminder_next", "next_at"),
        BY_KEY,
    )
    uppdrag: str = Field(primary_key=True, sa_type=Text)
    region: str = Field(primary_key=True, sa_type=Text)
    next_at: datetime
    since: date
    round: int


class MeetingReminderRow(SQLModel, table=True):
    """When the clock looks at chefsgruppen's meeting on a day again."""

    __tablename__ = "meeting_reminder"
    __table_args__ = (Index("ix_meeting_reminder_next", "next_at"),)
    day: date = Field(primary_key=True)
    next_at: datetime


class IntentRow(SQLModel, table=True):
    """Something to mail. Its occasion is served once: the key has no NULL in it. `parked`: why it could not be written,
    NULL where it could or has not been tried."""

    __tablename__ = "intent"
    __table_args__ = (
        UniqueConstraint("uppdrag", "region", "deadline", "step", "round", "office"),
        CheckConstraint("status IN ('vantar', 'skriven', 'overhoppad', 'avbruten')", name="status"),
        CheckConstraint("(status = 'skriven') = (message <> '')", name="message"),
        Index(
            "ix_intent_waiting",
            "send_on",
            sqlite_where=text("status = 'vantar'"),
            postgresql_where=text("status = 'vantar'"),
        ),
        Index("ix_intent_message", "message"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    uppdrag: str = text_column("-")
    region: str = text_column("-")
    deadline: str = text_column("-")
    step: str = text_column(None)
    round: int = 0
    office: str = text_column("-")
    template: str = text_column(None)
    send_on: date
    due: date | None = None
    expires_on: date | None = None
    reason: str = text_column()
    status: str = text_column("vantar")
    message: str = text_column()
    created_at: datetime
    parked: str | None = Field(None, sa_type=Text)


class MessageRow(SQLModel, table=True):
    """The outbox, and the archive of what was sent. What it says stands in tables of its own, so that a change of
    status need not write that anew.

    `fence` rises at every claim: a worker whose lease ran out cannot mark what another has taken. What is uncertain is
    tried again; while a message is claimed, `next_try_at` is when its lease runs out.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "status IN ('koad', 'tagen', 'skickad', 'levererad', 'osaker', 'kraver_atgard', 'avbruten', 'hallen')",
            name="status",
        ),
        CheckConstraint("recipient <> '' AND length(id) <= 60", name="addressed"),
        CheckConstraint("attempts >= 0 AND fence >= 0", name="attempts"),
        CheckConstraint("status NOT IN ('tagen', 'skickad', 'levererad', 'osaker') OR fence > 0", name="frozen"),
        Index("ix_message_next", "status", "next_try_at"),
        Index("ix_message_recipient", "recipient", "created_at"),
        Index("ix_message_thread", "uppdrag", "region", "recipient"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    recipient: str = text_column(None)
    office: str = text_column("-")
    region: str = text_column("-")
    uppdrag: str = text_column("-")
    subject: str = text_column()
    status: str = text_column("koad")
    created_at: datetime
    not_before: datetime
    expires_on: date | None = None
    attempts: int = 0
    next_try_at: datetime
    fence: int = 0
    leased_by: str = text_column()
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    response: str = text_column()


class DraftRow(SQLModel, table=True):
    """What a message says: rewritten freely until the first claim."""

    __tablename__ = "draft"
    message: str = Field(primary_key=True, sa_type=Text, foreign_key="message.id")
    content: str = text_column(None)


class LetterRow(SQLModel, table=True):
    """The bytes of a message that has been claimed. They never change."""

    __tablename__ = "letter"
    message: str = Field(primary_key=True, sa_type=Text, foreign_key="message.id")
    raw: bytes


class QueueRow(SQLModel, table=True):
    """The queue as a whole. One row. `paused` says why nothing leaves, empty where it may, and `paused_at` since when;
    `probe_at` when one message is tried, NULL where all may go or only a person may resume."""

    __tablename__ = "queue"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
    id: int = Field(1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    paused: str = text_column()
    paused_at: datetime | None = None
    probe_at: datetime | None = None


class SuppressionRow(SQLModel, table=True):
    """An address that mail no longer goes to, since when and why. Lifting it deletes the row."""

    __tablename__ = "suppression"
    __table_args__ = (CheckConstraint("address <> '' AND reason <> ''", name="reason"),)
    address: str = Field(primary_key=True, sa_type=Text)
    reason: str = text_column(None)
    since: datetime


class IncomingRow(SQLModel, table=True):
    """A mail that came in: an answer, a bounce, an automatic reply or something unknown."""

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint("kind IN ('svar', 'studs', 'autosvar', 'okant')", name="kind"),
        CheckConstraint("status IN ('ny', 'registrerad', 'avfardad', 'klar')", name="status"),
        UniqueConstraint("digest"),
        Index("ix_incoming_status", "status", "received_at"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    digest: str = text_column(None)
    received_at: datetime
    sender: str = text_column()
    subject: str = text_column()
    kind: str = text_column(None)
    uppdrag: str = text_column()
    region: str = text_column()
    answers: str = text_column()
    body: str = text_column()
    note: str = text_column()
    status: str = text_column("ny")
    event: str = text_column()
    dnr: str = text_column()
    handled_by: str = text_column()
    handled_at: datetime | None = None


class AttachmentRow(SQLModel, table=True):
    """A file that came with a mail, or a signed protokoll, kept under the hash of its content."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint("length(digest) = 64 AND size >= 0", name="digest"),)
    digest: str = Field(primary_key=True, sa_type=Text)
    content_type: str = text_column(None)
    size: int
    content: bytes


class IncomingAttachmentRow(SQLModel, table=True):
    """Which files came with which mail, under which name; `refused` says why a file was not kept."""

    __tablename__ = "incoming_attachment"
    __table_args__ = (
        ForeignKeyConstraint(["incoming"], ["incoming.id"]),
        ForeignKeyConstraint(["digest"], ["attachment.digest"]),
        CheckConstraint("(digest IS NULL) = (refused <> '')", name="kept"),
    )
    incoming: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    filename: str = text_column(None)
    digest: str | None = Field(None, sa_type=Text)
    refused: str = text_column()


class MailActRow(SQLModel, table=True):
    """What somebody did to a mail, to the queue or to an address, by hand. `about`: the Message-ID, the address, `kon`
    for the queue as a whole, or `inkommet:` and the id of a mail that came in. `key`: what the form was known by."""

    __tablename__ = "mail_act"
    __table_args__ = (
        CheckConstraint("about <> '' AND act <> '' AND who <> ''", name="told"),
        UniqueConstraint("key"),
        Index("ix_mail_act_about", "about", "number"),
    )
    number: int | None = Field(None, primary_key=True)
    key: str = text_column(None)
    at: datetime
    about: str = text_column(None)
    act: str = text_column(None)
    who: str = text_column(None)
    why: str = text_column()


class QuestionRow(SQLModel, table=True):
    """What somebody at a region asks the kansli on its page, or says is wrong. `event`: what it is about
    (`U2026-01/7`); `answered_at` is NULL until the kansli has answered."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("kind IN ('fraga', 'fel')", name="kind"),
        CheckConstraint("region <> '' AND words <> '' AND asker <> ''", name="asked"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer = '') AND (answer = '') = (answered_by = '')", name="answered"
        ),
        Index("ix_question_region", "region", "asked_at"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    kind: str = text_column(None)
    asked_at: datetime
    region: str = text_column(None)
    uppdrag: str = text_column()
    event: str = text_column()
    asker: str = text_column(None)
    office: str = text_column()
    words: str = text_column(None)
    answer: str = text_column()
    answered_by: str = text_column()
    answered_at: datetime | None = None


class HeartbeatRow(SQLModel, table=True):
    """When each clock and sender last said that it is alive."""

    __tablename__ = "heartbeat"
    worker: str = Field(primary_key=True, sa_type=Text)
    kind: str = text_column(None)
    beat_at: datetime
    detail: str = text_column()


class UnsubscribedRow(SQLModel, table=True):
    """An office of a region that does not want the månadsbrev, since when, and how it said so."""

    __tablename__ = "unsubscribed"
    __table_args__ = (CheckConstraint("region <> '' AND office <> '' AND how <> ''", name="named"),)
    region: str = Field(primary_key=True, sa_type=Text)
    office: str = Field(primary_key=True, sa_type=Text)
    how: str = text_column(None)
    since: datetime


class UnsubscribeLinkRow(SQLModel, table=True):
    """A link in a månadsbrev by which an office unsubscribes: the SHA-256 in hex of what stands in it."""

    __tablename__ = "unsubscribe_link"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"),)
    digest: str = Field(primary_key=True, sa_type=Text)
    region: str = text_column(None)
    office: str = text_column(None)
    made_at: datetime
