"""The invitation to a meeting, read back by another parser than the one that writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import CalendarStream
from ical.event import Event

from notifications.serialise import serialise
from storage import codec
from tests.reliability import Tried
from uppdrag.intake.icalendar import Guest, Invitation, invite
from workflow.calendar import STOCKHOLM
from workflow.message import Attachment, CalendarPart, Message

NOW = datetime(2026, 4, 15, 8, 5, tzinfo=STOCKHOLM)
EVA = Guest(name="Eva Ek", address="eva.ek@r03.example", role="REQ-PARTICIPANT", answers=True)
INVITATION = Invitation(
    method="REQUEST", uid="9d0b@nspl.example", sequence=0, starts=datetime(2026, 4, 24, 9, tzinfo=STOCKHOLM),
    ends=datetime(2026, 4, 24, 12, tzinfo=STOCKHOLM), summary="Chefsgruppens möte", place="Uppsala",
    about="1. Mötets öppnande\n2. Val av justerare", url="https://uppdrag.nspl.example/moten/2026-04-24",
    organizer=("NSPL:s kansli", "kansli@nspl.example"), guest=EVA, now=NOW,
)  # fmt: skip
HOSTILE = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b", "a\nATTENDEE:mailto:x@y.example", "a; b, c\\; d\\n e",
    'a"b"c:d;CN="e"', "BEGIN:VEVENT", "a\x00\x0b\x85\u2028b", "åäö" * 60, "\\", ";", "=?utf-8?q?a?=", " ",
]  # fmt: skip


def read(content: bytes) -> tuple[Calendar, Event]:
    """What another parser makes of it, strictly."""
    (calendar,) = CalendarStream.from_ics(content.decode()).calendars
    (event,) = calendar.events
    return calendar, event


def seen(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def test_an_invitation_is_read_back_by_another_parser() -> None:
    calendar, event = read(invite(INVITATION))
    assert calendar.method == "REQUEST"
    assert (event.uid, event.sequence, event.status) == ("9d0b@nspl.example", 0, "CONFIRMED")
    assert (event.dtstart, event.dtend) == (INVITATION.starts, INVITATION.ends)
    assert (event.summary, event.location, event.url) == ("Chefsgruppens möte", "Uppsala", INVITATION.url)
    assert event.description == INVITATION.about
    assert event.organizer is not None
    assert (event.organizer.uri, event.organizer.common_name) == ("mailto:kansli@nspl.example", "NSPL:s kansli")
    (guest,) = event.attendees
    assert (str(guest.uri), guest.common_name, guest.role, guest.rsvp) == (
        "mailto:eva.ek@r03.example", "Eva Ek", "REQ-PARTICIPANT", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 1), (date(2026, 3, 30), 2), (date(2026, 10, 24), 2), (date(2026, 10, 26), 1)]
)
def test_the_time_is_local_on_both_sides_of_the_change_of_clocks(day: date, hours: int) -> None:
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=STOCKHOLM)
    content = invite(replace(INVITATION, starts=starts, ends=starts + timedelta(hours=3)))
    assert f"DTSTART;TZID=Europe/Stockholm:{day:%Y%m%d}T090000".encode() in content
    _, event = read(content)
    assert isinstance(event.dtstart, datetime)
    assert event.dtstart.utcoffset() == timedelta(hours=hours)
    assert event.dtstart.hour == 9


def test_what_is_cancelled_says_so_and_one_who_is_uninvited_is_not_told_that_it_is() -> None:
    """RFC 5546, 3.2.5: STATUS stands only where the whole event is cancelled."""
    whole, event = read(invite(replace(INVITATION, method="CANCEL", sequence=2, held=False)))
    assert (whole.method, event.uid, event.sequence, event.status) == ("CANCEL", INVITATION.uid, 2, "CANCELLED")
    one, event = read(invite(replace(INVITATION, method="CANCEL", sequence=2)))
    assert (one.method, event.uid, event.status) == ("CANCEL", INVITATION.uid, None)


def test_one_who_is_told_for_information_is_not_asked_to_answer() -> None:
    _, event = read(invite(replace(INVITATION, guest=replace(EVA, role="NON-PARTICIPANT", answers=False))))
    assert (event.attendees[0].role, event.attendees[0].rsvp) == ("NON-PARTICIPANT", False)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, tried: Tried) -> None:
    guest, organizer = replace(EVA, name=text), (text, "kansli@nspl.example")
    content = invite(replace(
        INVITATION, summary=text, place=text, about=text, url=text, guest=guest, organizer=organizer,
    ))  # fmt: skip
    _, event = read(content)
    assert (event.summary or "", event.location or "", event.url or "") == (seen(text),) * 3
    assert " ".join((event.description or "").split()) == seen(text)
    assert len(event.attendees) == 1
    assert event.attendees[0].common_name == (seen(text).replace('"', "'") or EVA.address)
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == content.count(b"\r\nUID:") == 1
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "RFC 5545, 3.1"
    tried("Indata", "text som kunde bli egna rader i en kalenderfil", 1, "var bara text")


def test_the_same_invitation_is_the_same_bytes() -> None:
    assert invite(INVITATION) == invite(INVITATION)


MAIL = Message(
    id="kallelse.1@nspl.example", recipient="eva.ek@r03.example", subject="Chefsgruppens möte: kallelse", text="Hej",
    html="<p>Hej</p>", sender="NSPL:s kansli <uppdrag@nspl.example>",
    calendar=CalendarPart(method="REQUEST", content=invite(INVITATION)),
)  # fmt: skip
PDF = Attachment(filename="kallelse.pdf", content_type="application/pdf", content=bytes(range(256)))


@pytest.mark.parametrize("files", [(), (PDF,)])
def test_a_calendar_is_one_of_the_ways_in_which_a_mail_says_the_same(files: tuple[Attachment, ...]) -> None:
    """As mail programs look for it: last in multipart/alternative, its method beside its type (RFC 6047, 2.4)."""
    raw = serialise(replace(MAIL, attachments=files), NOW)
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    (alternative,) = [p for p in mail.walk() if p.get_content_type() == "multipart/alternative"]
    types = [p.get_content_type() for p in alternative.iter_parts()]
    assert types == ["text/plain", "text/html", "text/calendar"]
    calendar = list(alternative.iter_parts())[-1]
    assert (calendar["Content-Type"].params["method"], calendar.get_content_charset()) == ("REQUEST", "utf-8")
    content = calendar.get_payload(decode=True)
    assert content == invite(INVITATION)
    assert [p.get_filename() for p in mail.iter_attachments()] == [f.filename for f in files]


def test_a_draft_that_was_kept_before_mails_had_calendars_is_read_as_ever() -> None:
    old = codec.encode(replace(MAIL, calendar=None)).replace(',"calendar":null', "")
    assert "calendar" not in old
    assert codec.decode(old, Message) == replace(MAIL, calendar=None)
    assert codec.decode(codec.encode(MAIL), Message) == MAIL
