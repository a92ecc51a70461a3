"""Office holders on real databases: lists read in, successors, addresses that mail does not reach."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import intents
from storage import people as stored
from tests.cast import KANSLI, NOW, TODAY
from uppdrag.service import people, queries, sources
from uppdrag.service.commands import handle
from uppdrag.service.house import House
from workflow.commands import Advance, Decide
from workflow.errors import LinesRefused, Refused
from workflow.message import Intent
from workflow.people import Holder, addressee

HEADING = "befattning;länskod;namn;e-post;form;vakant;från;till"
ANNA = "registrator;03;Anna;anna@uppsala.example;;;;"
_ADDED = """INSERT INTO holder SELECT 'person:03:hsd:9', office, region, name, email, capacity, shared, vacant, first,
last, flagged FROM holder WHERE id = 'person:03:hsd:1'"""
BO = "hsd;03;Bo;bo@uppsala.example;;;;"


def read_in(house: House, *rows: str, complete: bool = False, now: datetime = NOW) -> people.PeopleReport:
    content = "\n".join((HEADING, *rows)).encode()
    return people.import_people(house, "lista.csv", content, actor=KANSLI, now=now, complete=complete)


def read_example(house: House, *, dry_run: bool = False) -> people.PeopleReport:
    name, content = sources.people("exempel")
    return people.import_people(house, name, content, actor=KANSLI, now=NOW, dry_run=dry_run)


def held(house: House) -> list[Holder]:
    with house.database.reading() as session:
        return stored.all_holders(session)


def waiting(house: House, day: date = date(2027, 1, 1)) -> list[Intent]:
    with house.database.reading() as session:
        return intents.waiting(session, day)


def count_events(house: House) -> int:
    report = queries.verify(house)
    assert report.findings == ()
    return report.events


def take_over(house: House, **stated: str) -> people.Replacement:
    wanted = {"office": "regiondirektör", "region": "13", "name": "Eva Alm", "email": "eva@halland.example",
              "first": "2026-04-01"} | stated  # fmt: skip
    return people.replace(house, wanted, actor=KANSLI, now=NOW)


def send_to_regions(house: House, id: str) -> None:
    said = {"mote": "2026-03-27", "forslagsversion": "1"}
    for trigger, facts in (("redovisa", {"paragraf": "18", "rapport": "R-1"}), ("godkann", {"paragraf": "19"})):
        handle(house, id, Advance(actor=KANSLI, trigger=trigger, facts=said | facts), now=NOW)


@pytest.fixture
def peopled(house: House) -> House:
    """A house with the plan of 2026 and the example's holders."""
    read_example(house)
    return house


def test_reading_a_list_in_twice_changes_nothing(any_house: House) -> None:
    assert len(read_example(any_house).new) == 122
    before, events = held(any_house), count_events(any_house)
    again = read_example(any_house)
    assert (len(again.unchanged), again.new, again.changed, again.ended) == (122, [], [], [])
    assert held(any_house) == before
    assert count_events(any_house) == events


def test_two_who_read_the_same_list_in_at_once_register_it_once(any_house: House) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: read_example(any_house), range(4)))
    assert sorted(len(report.new) for report in reports) == [0, 0, 0, 122]
    assert len(held(any_house)) == 122
    count_events(any_house)


def test_a_rehearsal_leaves_no_trace(house: House) -> None:
    events = count_events(house)
    assert len(read_example(house, dry_run=True).new) == 122
    assert held(house) == []
    assert count_events(house) == events


def test_the_difference_is_told_and_kept(house: House) -> None:
    read_in(house, ANNA, BO)
    report = read_in(house, "registrator;03;Anna;ny@uppsala.example;;;;", "kontakt;03;Cia;cia@uppsala.example;;;;")
    assert [(a.email, b.email) for a, b in report.changed] == [("anna@uppsala.example", "ny@uppsala.example")]
    assert [h.name for h in report.new] == ["Cia"]
    assert ([h.name for h in report.left_out], report.ended) == (["Bo"], [])
    assert {h.name: h.email for h in held(house)} == {
        "Anna": "ny@uppsala.example", "Bo": "bo@uppsala.example", "Cia": "cia@uppsala.example",
    }  # fmt: skip


def test_one_bad_line_and_nothing_is_read_in(house: House) -> None:
    events = count_events(house)
    with pytest.raises(LinesRefused) as no:
        read_in(house, ANNA, "hsd;3;Bo;bo@uppsala.example;;;;", BO, "hsd;03;bo;BO@uppsala.example;;;;")
    assert [(n, r.code) for n, r in no.value.lines] == [(3, "lost_zero"), (5, "holder_twice")]
    assert held(house) == []
    assert count_events(house) == events


def test_a_change_that_cannot_be_is_named_by_its_line(house: House) -> None:
    read_in(house, "registrator;03;Anna;anna@uppsala.example;;;2026-03-01;")
    with pytest.raises(LinesRefused) as no:
        read_in(house, BO, "registrator;03;Anna;anna@uppsala.example;;;;2026-02-01")
    assert [(n, r.code) for n, r in no.value.lines] == [(3, "ends_before_it_begins")]
    assert [h.name for h in held(house)] == ["Anna"]


def test_only_a_complete_list_ends_who_is_not_in_it(house: House) -> None:
    later = "hsd;03;Dag;dag@uppsala.example;;;2026-09-01;"
    today = f"hsd;03;Eva;eva@uppsala.example;;;{TODAY};"
    read_in(house, ANNA, BO, later, today)
    report = read_in(house, ANNA, complete=True)
    assert {h.name: h.last for h in report.ended} == {"Bo": TODAY - timedelta(days=1), "Eva": TODAY}
    assert {h.name: h.last for h in held(house)} == {
        "Anna": None, "Bo": TODAY - timedelta(days=1), "Dag": None, "Eva": TODAY,
    }  # fmt: skip
    events = count_events(house)
    read_in(house, ANNA, complete=True)
    assert count_events(house) == events


def test_a_list_from_before_a_change_does_not_bring_back_who_left(peopled: House) -> None:
    take_over(peopled, first="2026-03-20")
    report = read_example(peopled)
    assert (len(report.unchanged), report.new, report.changed) == (122, [], [])
    assert [r.code for r in report.warnings] == ["already_ended"]
    assert [h.name for h in report.left_out] == ["Eva Alm"]


def test_mail_to_the_office_goes_to_the_successor_from_the_first_day(peopled: House) -> None:
    done = take_over(peopled)
    assert [(h.name, h.last) for h in done.ended] == [("Exempel Regiondirektör Halland", date(2026, 3, 31))]
    for day, name in ((date(2026, 3, 31), "Exempel Regiondirektör Halland"), (date(2026, 4, 1), "Eva Alm")):
        reached = addressee(held(peopled), "regiondirektor", "13", day)
        assert reached is not None
        assert reached.name == name


def test_the_introduction_names_what_is_open_and_is_asked_for_once(peopled: House) -> None:
    for id in ("U2026-01", "U2026-02"):
        send_to_regions(peopled, id)
    handle(peopled, "U2026-01", Decide(actor=KANSLI, region="13", outcome="antagen", body="RS"), now=NOW)
    done = take_over(peopled)
    assert (done.open, done.introduced) == (("U2026-02",), True)
    (intent,) = waiting(peopled)
    assert (intent.template, intent.send_on) == ("introduktion", date(2026, 4, 1))
    assert (intent.occasion.step, intent.occasion.region, intent.occasion.office) == (
        "introduktion:person:13:regiondirektor:2", "13", "regiondirektor",
    )  # fmt: skip
    assert intent.reason == "ny regiondirektör från 2026-04-01; öppet i regionen: U2026-02"
    before, events = held(peopled), count_events(peopled)
    again = take_over(peopled)
    assert (again.repeated, again.successor, again.ended) == (True, done.successor, ())
    assert (held(peopled), count_events(peopled), waiting(peopled)) == (before, events, [intent])


def test_who_starts_in_the_past_is_introduced_today(any_house: House) -> None:
    read_example(any_house)
    take_over(any_house, first="2026-01-01")
    assert take_over(any_house, first="2026-01-01").repeated
    assert [intent.send_on for intent in waiting(any_house)] == [TODAY]


def test_somebody_acting_may_stand_beside_who_is_away(peopled: House) -> None:
    wanted = {"office": "hsd", "region": "03", "name": "Tove", "email": "tove@uppsala.example", "capacity": "tf",
              "first": "2026-04-01", "last": "2026-04-30"}  # fmt: skip
    done = people.replace(peopled, wanted, actor=KANSLI, now=NOW, keep=True)
    assert done.ended == ()
    names = [addressee(held(peopled), "hsd", "03", day) for day in (date(2026, 4, 30), date(2026, 5, 1))]
    assert [h.name for h in names if h] == ["Tove", "Exempel HSD Uppsala"]
    ordinary = wanted | {"name": "Ola", "email": "ola@uppsala.example", "capacity": "", "last": ""}
    ends = people.replace(peopled, ordinary | {"first": "2026-04-15"}, actor=KANSLI, now=NOW).ended
    assert {h.name for h in ends} == {"Tove", "Exempel HSD Uppsala"}


def test_a_substitute_takes_over_from_a_substitute_only(peopled: House) -> None:
    substitute = {"office": "hsd", "region": "03", "name": "Tove", "email": "tove@uppsala.example",
                  "capacity": "ersättare", "first": "2026-04-01"}  # fmt: skip
    assert people.replace(peopled, substitute, actor=KANSLI, now=NOW).ended == ()
    after = substitute | {"name": "Ola", "email": "ola@uppsala.example", "first": "2026-05-01"}
    assert [h.name for h in people.replace(peopled, after, actor=KANSLI, now=NOW).ended] == ["Tove"]
    ordinary = after | {"name": "Pia", "email": "pia@uppsala.example", "capacity": "", "first": "2026-06-01"}
    ends = people.replace(peopled, ordinary, actor=KANSLI, now=NOW).ended
    assert [h.name for h in ends] == ["Exempel HSD Uppsala"]


def test_a_vacancy_is_looked_after_and_introduces_nobody(peopled: House) -> None:
    stated = {"office": "registrator", "region": "03", "vacant": "ja", "email": "vikarie@uppsala.example",
              "first": "2026-04-01"}  # fmt: skip
    people.replace(peopled, stated, actor=KANSLI, now=NOW)
    assert waiting(peopled) == []
    reached = addressee(held(peopled), "registrator", "03", date(2026, 4, 1))
    assert reached is not None
    assert (reached.email, reached.vacant) == ("vikarie@uppsala.example", True)
    take_over(peopled, office="registrator", region="03", first="2026-05-01")
    assert addressee(held(peopled), "registrator", "03", date(2026, 5, 1)) != reached


def test_where_several_hold_an_office_one_must_be_named(house: House) -> None:
    read_in(house, "kansli;;Anna;anna@nspl.example;;;;", "kansli;;Bo;bo@nspl.example;;;;")
    wanted = {"office": "kansli", "name": "Cia", "email": "cia@nspl.example", "first": "2026-04-01"}
    for who, code in (("", "several_hold"), ("Dag", "nobody_holds")):
        with pytest.raises(Refused) as no:
            people.replace(house, wanted, actor=KANSLI, now=NOW, who=who)
        assert [r.code for r in no.value.refusals] == [code]
    done = people.replace(house, wanted, actor=KANSLI, now=NOW, who="bo@nspl.example")
    assert [h.name for h in done.ended] == ["Bo"]


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"first": ""}, "fact_missing"),
        ({"first": "1 april"}, "not_a_date"),
        ({"email": "eva"}, "not_an_address"),
        ({"name": "Eva\nBcc: x"}, "control_character"),
        ({"region": ""}, "office_needs_region"),
        ({"last": "2026-03-01"}, "ends_before_it_begins"),
    ],
)
def test_a_refused_successor_leaves_everything_as_it_was(peopled: House, stated: dict[str, str], code: str) -> None:
    before, events = held(peopled), count_events(peopled)
    with pytest.raises(Refused) as no:
        take_over(peopled, **stated)
    assert code in [r.code for r in no.value.refusals]
    assert (held(peopled), count_events(peopled), waiting(peopled)) == (before, events, [])


def test_a_bounce_flags_everybody_at_the_address_once_and_can_be_lifted(peopled: House) -> None:
    shared = "hsd@region-skane.example"
    read_in(peopled, f"kontakt;12;Anna;{shared};;;;")
    with peopled.database.transaction() as session:
        flagged = people.flag_address(session, shared.upper(), "550 5.1.1", KANSLI, NOW)
        assert people.flag_address(session, shared, "550 5.1.1", KANSLI, NOW) == []
    assert {h.office for h in flagged} == {"hsd", "kontakt"}
    assert all(h.flagged == "550 5.1.1" for h in flagged)
    assert addressee(held(peopled), "hsd", "12", TODAY) is None
    with peopled.database.transaction() as session:
        assert len(people.clear_address(session, shared, KANSLI, NOW)) == 2
    assert addressee(held(peopled), "hsd", "12", TODAY) is not None
    count_events(peopled)


def test_a_bounce_says_nothing_of_who_has_left(house: House) -> None:
    read_in(house, "hsd;03;Bo;hsd@uppsala.example;;;;2026-01-31", "hsd;03;Eva;hsd@uppsala.example;;;2026-02-01;")
    with house.database.transaction() as session:
        assert [h.name for h in people.flag_address(session, "hsd@uppsala.example", "550", KANSLI, NOW)] == ["Eva"]


def test_a_region_that_no_mail_reaches_is_an_alarm_once_there_are_holders(house: House) -> None:
    assert people.without_address(house, now=NOW) == []
    read_example(house)
    assert people.without_address(house, now=NOW) == []
    with house.database.transaction() as session:
        for office in ("registrator", "kontaktperson"):
            people.flag_address(session, f"{office}@region-halland.example", "550", KANSLI, NOW)
    assert [r.short_name for r in people.without_address(house, now=NOW)] == ["Halland"]


@pytest.mark.sqlite_file("somebody changes it behind the program")
@pytest.mark.parametrize(
    ("tampering", "code", "subject"),
    [
        ("UPDATE holder SET email = 'x@evil.example' WHERE id = 'person:03:hsd:1'", "row_changed", "email"),
        ("UPDATE holder SET shared = 5 WHERE id = 'person:03:hsd:1'", "row_changed", "shared"),
        ("UPDATE holder SET last = '2020-01-01' WHERE id = 'person:03:hsd:1'", "row_changed", "last"),
        ("DELETE FROM holder WHERE id = 'person:03:hsd:1'", "row_missing", ""),
        (_ADDED, "row_unexplained", ""),
    ],
)
def test_a_tampered_holder_is_found(peopled: House, tampering: str, code: str, subject: str) -> None:
    with closing(peopled.database.engine.connect()) as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.execute(text("BEGIN"))
        connection.execute(text(tampering))
        connection.execute(text("COMMIT"))
    (finding,) = queries.verify(peopled).findings
    assert (finding.code, finding.detail) == (code, subject)
    assert finding.subject.startswith("holder person:03:hsd:")


def test_a_packaged_list_is_found_by_name_and_a_file_by_path(tmp_path: Path) -> None:
    own = tmp_path / "min.csv"
    own.write_text(HEADING)
    assert sources.people(str(own)) == (str(own), HEADING.encode())
    assert sources.people("exempel") == sources.people("exempel.csv")
