"""Meetings ↔ iCalendar (RFC 5545): the only user of the library icalendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from uppdrag.intake.tabular import ROW_LIMIT, SIZE_LIMIT, Line, Refused
from workflow.calendar import STOCKHOLM, local_date
from workflow.convening import Entry, id_of
from workflow.errors import Refusal
from workflow.sammantraden import Sammantrade

_LINE_LIMIT = 150_000  # thirty for each event; more are components in components, each an object of the library's
_DAY = timedelta(days=1)
_OWN = {
    "X-UPPDRAG-LANSKOD": "region", "X-UPPDRAG-ORGAN": "body", "X-UPPDRAG-HANDLINGSSTOPP": "papers_by",
    "X-UPPDRAG-KALLELSE": "published_on", "X-UPPDRAG-MANDATPERIOD": "period", "X-UPPDRAG-KALLA": "source",
    "X-UPPDRAG-EXEMPEL": "example",
}  # fmt: skip
"""Properties of our own (RFC 5545, 3.8.8.2), so that what was exported can be read in again."""

_SUMMARIES = {"arbetsutskott": "AU", "fullmäktige": "RF", "regionstyrelse": "RS", "chefsgrupp": "chefsgrupp"}
"""What a body is told by in an event of somebody else's, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something in a calendar that others subscribe to: whole local days, both included. `name` is its own for good;
    `revision` rises each time it is told anew; `changed_at` is aware UTC."""

    name: str
    first: date
    last: date
    summary: str
    revision: int
    changed_at: datetime
    about: str = ""
    url: str = ""
    cancelled: bool = False
    example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whom an invitation is to. `role` as in RFC 5545, 3.2.16; `answers`: whether an answer is asked for."""

    name: str
    address: str
    role: Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"]
    answers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What iTIP (RFC 5546) tells one guest of one event. `starts` and `ends` are aware, `now` becomes its DTSTAMP.

    `uid` stays for as long as it is the same event; `sequence` rises with every change. `organizer` is a name and an
    address. A CANCEL says that the event is not held where `held` is False, else that the guest is no longer invited
    (RFC 5546, 3.2.5).
    """

    method: Literal["REQUEST", "CANCEL"]
    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    place: str
    about: str
    url: str
    organizer: tuple[str, str]
    guest: Guest
    now: datetime
    held: bool = True


def is_calendar(content: bytes) -> bool:
    """Whether a file is an iCalendar file, told by how it begins."""
    return content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(b"BEGIN:VCALENDAR")


def read(content: bytes) -> tuple[list[Line], list[Refused]]:
    """The events as lines of a table of meetings, numbered by where each begins in the file; and the bad ones.

    A moment counts as the local day in Stockholm. An event that repeats is refused: which of them are held is not said.
    """
    from icalendar import Calendar

    if len(content) > SIZE_LIMIT:
        return [], [(1, Refusal.of("file_too_large", limit=f"{SIZE_LIMIT // 1024 // 1024} MB"))]
    if content.count(b"\n") > _LINE_LIMIT:
        return [], [(_LINE_LIMIT, Refusal.of("too_many_rows", limit=_LINE_LIMIT))]
    begins = [n for n, text in enumerate(content.splitlines(), start=1) if text.strip().upper() == b"BEGIN:VEVENT"]
    if len(begins) > ROW_LIMIT:
        return [], [(begins[ROW_LIMIT], Refusal.of("too_many_rows", limit=ROW_LIMIT))]
    try:
        events = [event for calendar in Calendar.from_ical(content, multiple=True) for event in calendar.walk("VEVENT")]
    except Exception:  # noqa: BLE001 - whatever a file from outside makes the library raise, it cannot be read
        return [], [(1, Refusal.of("unreadable_calendar"))]
    if len(events) != len(begins):
        return [], [(1, Refusal.of("unreadable_calendar"))]
    if not events:
        return [], [(1, Refusal.of("empty_file"))]
    lines, refused = [], []
    for number, event in zip(begins, events, strict=True):
        cells = _cells(event)
        if isinstance(cells, Refusal):
            refused.append((number, cells))
        else:
            lines.append(Line(number, cells))
    return lines, refused


def write(entries: Iterable[tuple[Entry, str]], now: datetime) -> bytes:
    """A calendar to subscribe to or read in, of meetings with their headings; `now` becomes its DTSTAMP.

    Whole days, so that no time zone is needed. A meeting keeps its UID, and SEQUENCE rises each time it is stated
    anew; one that is not held says so in STATUS.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//uppdrag//sammantraden//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Sammanträden")
    for entry, heading in entries:
        calendar.add_component(_event(entry, heading, now))
    return bytes(calendar.to_ical())


def feed(name: str, occurrences: Iterable[Occurrence]) -> bytes:
    """A calendar to subscribe to. The same occurrences are the same bytes: DTSTAMP says when each last changed."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//uppdrag//prenumeration//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for one in occurrences:
        event = Event()
        event.add("uid", f"{uuid5(NAMESPACE_URL, one.name)}@uppdrag")
        event.add("dtstamp", one.changed_at)
        event.add("last-modified", one.changed_at)
        event.add("sequence", one.revision)
        event.add("dtstart", one.first)
        event.add("dtend", one.last + _DAY)
        event.add("summary", one.summary)
        event.add("status", "CANCELLED" if one.cancelled else "TENTATIVE" if one.example else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        if one.about:
            event.add("description", one.about)
        if one.url:
            event.add("url", one.url)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def invite(said: Invitation) -> bytes:
    """The invitation as iCalendar, with a time zone of its own. The same invitation is the same bytes.

    Every text is on one line or, for `about`, on lines of its own; nothing in it can become a property.
    """
    from icalendar import Calendar, Event, vCalAddress, vText

    calendar = Calendar()
    calendar.add("prodid", "-//uppdrag//kallelse//SV")
    calendar.add("version", "2.0")
    calendar.add("method", said.method)
    calendar.add_component(_stockholm())
    event = Event()
    event.add("uid", said.uid)
    event.add("dtstamp", said.now)
    event.add("sequence", said.sequence)
    event.add("dtstart", said.starts.astimezone(STOCKHOLM))
    event.add("dtend", said.ends.astimezone(STOCKHOLM))
    event.add("summary", _one_line(said.summary))
    for name, text in (("location", said.place), ("url", said.url)):
        if text:
            event.add(name, _one_line(text))
    if said.about:
        event.add("description", "\n".join(map(_one_line, said.about.split("\n"))))
    if not said.held:
        event.add("status", "CANCELLED")
    elif said.method == "REQUEST":
        event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    name, address = said.organizer
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(_parameter(name) or address)
    event.add("organizer", organizer)
    guest = vCalAddress(f"mailto:{said.guest.address}")
    guest.params["CUTYPE"] = vText("INDIVIDUAL")
    guest.params["ROLE"] = vText(said.guest.role)
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("TRUE" if said.guest.answers and said.method == "REQUEST" else "FALSE")
    guest.params["CN"] = vText(_parameter(said.guest.name) or said.guest.address)
    event.add("attendee", guest)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _stockholm() -> Any:
    """Europe/Stockholm as the rules of the European Union have it since 1996 (directive 2000/84/EC)."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

    zone = Timezone()
    zone.add("tzid", str(STOCKHOLM))
    kinds = ((TimezoneDaylight, "CEST", 3, 2, 1, 2), (TimezoneStandard, "CET", 10, 3, 2, 1))
    for kind, name, month, hour, before, after in kinds:
        part = kind()
        part.add("tzname", name)
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001 - local by definition
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("rrule", vRecur(FREQ="YEARLY", BYMONTH=month, BYDAY="-1SU"))
        zone.add_component(part)
    return zone


def _one_line(text: str) -> str:
    """A text without what ends a line or cannot be seen; the library escapes the rest (RFC 5545, 3.3.11)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _parameter(text: str) -> str:
    """A value that may stand in quotes (RFC 5545, 3.2)."""
    return _one_line(text).replace('"', "'")


def _cells(event: Any) -> dict[str, str] | Refusal:
    """The cells of one event, or why it will not do."""
    bad = next((text for name, text in event.errors if name in ("DTSTART", "DTEND", "DURATION")), None)
    if bad is not None:
        return Refusal.of("bad_event_day", value=_plain(bad))
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return Refusal.of("event_repeats", value=_plain(str(event.get("SUMMARY", "utan rubrik"))))
    try:
        first, last = _local(event.start), _last_day(event)
    except Exception:  # noqa: BLE001 - the library computes lazily, and the file is from outside
        return Refusal.of("bad_event_day", value=_plain(str(event.get("SUMMARY", "utan rubrik"))))
    cells = {"first": first.isoformat()}
    if last != first:
        cells["last"] = last.isoformat()
    cells["source"] = _text(event, "URL")
    summary = _text(event, "SUMMARY").casefold()
    cells["body"] = next((body for word, body in _SUMMARIES.items() if word in summary), _text(event, "SUMMARY"))
    cells |= {column: _text(event, name) for name, column in _OWN.items() if name in event}
    if _text(event, "STATUS").upper() == "CANCELLED":
        cells["cancelled"] = "ja"
    return cells


def _last_day(event: Any) -> date:
    """The last local day. DTEND is not itself part of the event; midnight therefore belongs to the day before."""
    start, end = event.start, event.end
    before: date = end - (timedelta(microseconds=1) if isinstance(end, datetime) else _DAY)
    return max(_local(start), _local(before))


def _local(moment: date) -> date:
    if isinstance(moment, datetime):
        return local_date(moment) if moment.tzinfo else moment.date()
    return moment


def _text(event: Any, name: str) -> str:
    value = event.get(name, "")
    return " ".join(str(value[0] if isinstance(value, list) else value).split())


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text[:80])


def _event(entry: Entry, heading: str, now: datetime) -> Any:
    from icalendar import Event

    m = entry.meeting
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'{id_of(m.region, m.body)}:{m.first}')}@uppdrag")
    event.add("dtstamp", now)
    event.add("sequence", entry.revision)
    event.add("dtstart", m.first)
    event.add("dtend", m.last + _DAY)
    event.add("summary", f"EXEMPEL: {heading}" if m.example else heading)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if m.example else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if m.source.startswith(("https://", "http://")):
        event.add("url", m.source)
    for name, value in _own(m):
        event.add(name, value)
    return event


def _own(m: Sammantrade) -> Iterator[tuple[str, str]]:
    said = {
        "region": m.region, "body": m.body, "papers_by": m.papers_by, "published_on": m.published_on,
        "period": m.period, "source": m.source, "example": "ja" if m.example else "",
    }  # fmt: skip
    return ((name, str(said[column])) for name, column in _OWN.items() if said[column])
