"""Files of meetings: what each line states, what is refused, and iCalendar from elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from definitions import loader
from uppdrag.intake import icalendar, meeting_sheets, meetings
from uppdrag.service import sources
from workflow.convening import Entry
from workflow.facts import BadFact
from workflow.sammantraden import PapersRule, Sammantrade
from workflow.timetable import Stated

HEADING = "lanskod,body,date,last_day,papers_by,source_url"
REGIONS = loader.load_organisation(loader.packaged("organisation")[0]).regions
NOW = datetime(2026, 3, 27, 9, tzinfo=UTC)


def read(*rows: str, heading: str = HEADING) -> tuple[list[Stated], list[tuple[int, str]]]:
    stated, refused = meetings.read("\n".join((heading, *rows)).encode(), REGIONS)
    return stated, [(number, refusal.code) for number, refusal in refused]


def events(*bodies: str) -> bytes:
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for n, body in enumerate(bodies):
        parts += ["BEGIN:VEVENT", f"UID:{n}", "DTSTAMP:20260101T000000Z", *body.split("|"), "END:VEVENT"]
    return "\r\n".join([*parts, "END:VCALENDAR", ""]).encode()


def from_calendar(content: bytes, **said: str) -> tuple[list[Stated], list[tuple[int, str]]]:
    stated, refused = meetings.read(content, REGIONS, **said)
    return stated, [(number, refusal.code) for number, refusal in refused]


def test_a_line_states_a_meeting() -> None:
    (stated,), refused = read("03,RF,2026-06-15,2026-06-16,2026-05-25,https://example.se")
    assert refused == []
    assert stated.meeting == Sammantrade(
        region="03", body="RF", first=date(2026, 6, 15), last=date(2026, 6, 16), papers_by=date(2026, 5, 25),
        source="https://example.se",
    )  # fmt: skip
    assert stated.columns == {"last", "papers_by", "source"}


def test_swedish_headings_and_names_are_read_too() -> None:
    heading = "Länskod;Organ;Datum;Sista dag;Handlingsstopp;Regel för handlingsstopp;Regel enligt;Kallelse;Exempel"
    row = "Uppsala;Regionfullmäktige;2026-06-15;;;Tio arbetsdagar före arbetsutskottet.;Gun;2026-06-05;x"
    (stated,), refused = read(row, heading=heading)
    assert refused == []
    assert (stated.meeting.region, stated.meeting.body, stated.meeting.example) == ("03", "RF", True)
    assert stated.meeting.published_on == date(2026, 6, 5)
    assert stated.rule == PapersRule(region="03", body="RF", working_days=10, before="AU", stated_by="Gun")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("3,RF,2026-06-15,,,", "lost_zero"),
        ("02,RF,2026-06-15,,,", "not_a_region"),
        ("03,RX,2026-06-15,,,", "not_a_body"),
        ("03,RF,2026-06-31,,,", "not_a_date"),
        ("03,RF,,,,", "fact_missing"),
        (",RF,2026-06-15,,,", "fact_missing"),
        ("03,RF,2026-06-15,2026-06-31,,", "not_a_date"),
        ("03,RF,2026-06-15,,15/5,", "not_a_date"),
        ("03,RF", "cells_missing"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(row: str, code: str) -> None:
    stated, refused = read("01,RF,2026-06-09,,,", row)
    assert [s.number for s in stated] == [2]
    assert refused == [(3, code)]


def test_every_fault_of_a_line_is_named() -> None:
    _, refused = read("3,RX,2026-06-31,x,y,")
    assert refused == [(2, "lost_zero"), (2, "not_a_body"), (2, "not_a_date"), (2, "not_a_date")]


def test_a_hyphen_empties_and_an_empty_cell_says_nothing() -> None:
    (emptied, silent), _ = read("03,RF,2026-06-15,-,-,", "03,RS,2026-05-26,,,")
    assert emptied.columns == {"last", "papers_by"}
    assert emptied.meeting.papers_by is None
    assert silent.columns == frozenset()


@pytest.mark.parametrize(
    ("words", "days", "before"),
    [
        ("tio arbetsdagar före AU", 10, "AU"), ("10 arbetsdagar före AU", 10, "AU"), ("en arbetsdag före RS", 1, "RS"),
        ("Femton arbetsdagar innan sammanträdet.", 15, "RF"), ("tjugo  arbetsdagar före regionstyrelsen", 20, "RS"),
    ],
)  # fmt: skip
def test_a_rule_is_read_from_words_and_digits(words: str, days: int, before: str) -> None:
    rule = meetings.clean_rule(words, "03", "RF", "Gun")
    assert (rule.working_days, rule.before, rule.body, rule.stated_by) == (days, before, "RF", "Gun")


@pytest.mark.parametrize(
    "words", ["två veckor före AU", "noll arbetsdagar före AU", "0 arbetsdagar före AU", "999 arbetsdagar före AU",
              "tio dagar före AU", "tio arbetsdagar efter AU", "²0 arbetsdagar före AU", "tio arbetsdagar före måndag"],
)  # fmt: skip
def test_other_words_are_no_rule(words: str) -> None:
    with pytest.raises(BadFact):
        meetings.clean_rule(words, "03", "RF", "Gun")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("rf", "RF"), ("Regionstyrelsens arbetsutskott", "AU"), ("hälso- och  sjukvårdsnämnden", "HSN"),
        ("vårdstyrelsen", "Vårdstyrelsen"), ("Sjukhusstyrelsen", "Sjukhusstyrelsen"), ("chefsgruppen", "chefsgrupp"),
    ],
)  # fmt: skip
def test_a_body_is_known_by_what_people_call_it(name: str, body: str) -> None:
    assert meetings.clean_body(name) == body


def test_days_of_an_event_are_local_days() -> None:
    content = events(
        "DTSTART;VALUE=DATE:20260615|DTEND;VALUE=DATE:20260617|SUMMARY:Regionfullmäktige",
        "DTSTART;TZID=Europe/Stockholm:20260601T090000|DURATION:PT8H|SUMMARY:Regionstyrelsen",
        "DTSTART:20260511T220000Z|DTEND:20260512T220000Z|SUMMARY:Regionstyrelsens arbetsutskott",
        "DTSTART;VALUE=DATE:20260420|SUMMARY:Regionfullmäktige|STATUS:CANCELLED",
    )
    stated, refused = from_calendar(content, region="03")
    assert refused == []
    assert [(s.meeting.body, s.meeting.first.isoformat(), s.meeting.last.isoformat()) for s in stated] == [
        ("RF", "2026-06-15", "2026-06-16"), ("RS", "2026-06-01", "2026-06-01"), ("AU", "2026-05-12", "2026-05-12"),
        ("RF", "2026-04-20", "2026-04-20"),
    ]  # fmt: skip
    assert [s.cancelled for s in stated] == [False, False, False, True]


def test_events_that_will_not_do_are_named_by_their_lines() -> None:
    content = events(
        "DTSTART;VALUE=DATE:20260631|SUMMARY:RF",
        "SUMMARY:utan dag",
        "DTSTART;VALUE=DATE:20260615|RRULE:FREQ=MONTHLY|SUMMARY:RF",
        "DTSTART;VALUE=DATE:20260615|SUMMARY:Öppet hus",
    )
    stated, refused = from_calendar(content, region="03")
    assert stated == []
    assert refused == [(4, "bad_event_day"), (10, "bad_event_day"), (15, "event_repeats"), (22, "not_a_body")]


def test_whose_meetings_they_are_can_be_said_and_must_be_known() -> None:
    content = events("DTSTART;VALUE=DATE:20260615|SUMMARY:Sammanträde")
    (stated,), refused = from_calendar(content, region="03", body="RF")
    assert (stated.meeting.region, stated.meeting.body, refused) == ("03", "RF", [])
    assert from_calendar(content, body="RF")[1] == [(4, "fact_missing")]


@pytest.mark.parametrize(
    "content", [b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"BEGIN:VCALENDAR\nfoo\nEND:VCALENDAR",
                b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"BEGIN:VCALENDAR" + b"\xff\x00" * 40],
)  # fmt: skip
def test_a_calendar_that_is_none_is_refused(content: bytes) -> None:
    stated, refused = from_calendar(content, region="03", body="RF")
    assert stated == []
    assert [code for _, code in refused] in (["unreadable_calendar"], ["empty_file"])


def test_what_is_written_is_read_again() -> None:
    held = [
        Sammantrade(region="-", body="chefsgrupp", first=date(2026, 3, 27), last=date(2026, 3, 27), source="=1+1"),
        Sammantrade(
            region="01", body="RF", first=date(2026, 11, 17), last=date(2026, 11, 18), papers_by=date(2026, 10, 20),
            published_on=date(2026, 11, 6), period="2026–2030", source="https://example.se/a;b,c", example=True,
        ),
        Sammantrade(region="03", body="Vårdstyrelsen", first=date(2026, 4, 8), last=date(2026, 4, 8)),
    ]  # fmt: skip
    rules = {
        ("01", "RF"): PapersRule(region="01", body="RF", working_days=10, before="AU", stated_by="-Gun"),
        ("03", "Vårdstyrelsen"): PapersRule(
            region="03", body="Vårdstyrelsen", working_days=1, before="Vårdstyrelsen", stated_by="Bo"
        ),
    }
    for write in (meeting_sheets.write_csv, meeting_sheets.write_xlsx):
        stated, refused = meetings.read(write(held, rules), REGIONS)
        assert (refused, [s.meeting for s in stated]) == ([], held)
        assert {(s.meeting.region, s.meeting.body): s.rule for s in stated if s.rule} == rules
    entries = [(Entry(m, revision=2), "Rubrik") for m in held]
    stated, refused = meetings.read(icalendar.write(entries, NOW), REGIONS)
    assert (refused, [s.meeting for s in stated]) == ([], held)


def test_a_spreadsheet_is_given_no_formulas() -> None:
    held = [Sammantrade(region="-", body="chefsgrupp", first=date(2026, 3, 27), last=date(2026, 3, 27), source="=1+1")]
    assert ",'=1+1," in meeting_sheets.write_csv(held, {}).decode("utf-8-sig")


def test_a_calendar_keeps_its_uids_and_says_what_is_cancelled() -> None:
    def written(*entries: Entry) -> list[dict[str, str]]:
        text = icalendar.write([(e, "Regionfullmäktige, Uppsala") for e in entries], NOW).decode()
        assert "VTIMEZONE" not in text
        found = []
        for part in text.split("BEGIN:VEVENT")[1:]:
            pairs = (line.split(":", 1) for line in part.split("\r\n") if ":" in line)
            found.append(dict(pairs))
        return found

    meeting = Sammantrade(region="03", body="RF", first=date(2026, 6, 15), last=date(2026, 6, 16))
    (before,), (after,) = written(Entry(meeting)), written(Entry(meeting, 1, cancelled=True))
    assert before["DTSTART;VALUE=DATE"] == "20260615"
    assert before["DTEND;VALUE=DATE"] == "20260617"
    assert (before["SEQUENCE"], before["STATUS"]) == ("0", "CONFIRMED")
    assert (after["UID"], after["SEQUENCE"], after["STATUS"]) == (before["UID"], "1", "CANCELLED")


def test_the_example_calendar_keeps_to_the_rhythm_of_the_real_ones() -> None:
    """DOMAIN and the real dates: RF 5–8 a year, none in July, AU→RS 7–15 days, RS→RF mostly 13–22; all are examples."""
    stated, refused = meetings.read(sources.meetings("exempel")[1], REGIONS)
    assert refused == []
    held = [s.meeting for s in stated]
    assert all(m.example and m.source == "Exempel, ej verkliga datum" for m in held)
    assert all(m.first.month != 7 and m.first.weekday() < 5 for m in held)
    assert {m.region for m in held} == {r.lanskod for r in REGIONS} | {"-"}
    for year in (2026, 2027):
        assert sum(m.body == "chefsgrupp" and m.first.year == year for m in held) == 8
    for region in {m.region for m in held} - {"-"}:
        by_body = {b: sorted(m.first for m in held if (m.region, m.body) == (region, b)) for b in ("AU", "RS", "RF")}
        assert 5 <= sum(d.year == 2026 for d in by_body["RF"]) <= 8
        assert any(date(2026, 10, 15) <= d <= date(2026, 11, 15) for d in by_body["RF"])
        for day in by_body["RF"]:
            assert any(13 <= (day - rs).days <= 22 for rs in by_body["RS"])
        for day in by_body["RS"] if by_body["AU"] else ():
            # After the quiet weeks an AU may come sooner.
            assert day.month in (1, 8) or any(7 <= (day - au).days <= 15 for au in by_body["AU"])
