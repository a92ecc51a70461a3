"""The figures of a period: what was counted, from what, and what was known when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import cast

from tests.cast import NOW, actor
from tests.integration.lived import FIRST, live_a_little, step
from uppdrag.service import commands, correcting, figures, queries
from uppdrag.service.house import House
from workflow.commands import Advance, Decide
from workflow.figures import BY_REGIONS, Figure, Figures, Kind, Period, by_group, by_section, period_of
from workflow.status import StatusFilter

APRIL = datetime(2026, 4, 1, 6, tzinfo=UTC)
JUNE = datetime(2026, 6, 20, 9, tzinfo=UTC)


def month(name: str) -> Period:
    found = period_of(name)
    assert found is not None
    return found


def of(house: House, name: str, known_by: datetime = APRIL) -> Figures:
    return figures.of_period(house, month(name), known_by=known_by)


def told(figure: Figure) -> list[tuple[str, str, str, date | None, str]]:
    return [(s.kind, s.uppdrag, s.region, s.on, s.paragraph) for s in figure.counted]


def test_each_figure_carries_what_it_was_counted_from(any_house: House) -> None:
    live_a_little(any_house)
    march = of(any_house, "2026-03")
    assert told(march.of("decided")) == [("decided", "U2026-04", "", date(2026, 3, 13), "2")]
    assert told(march.of("reported")) == [("reported", FIRST, "", date(2026, 3, 20), "4")]
    assert told(march.of("approved")) == [("approved", FIRST, "", date(2026, 3, 20), "5")]
    assert told(march.of(*BY_REGIONS)) == [("adapted", FIRST, "01", date(2026, 3, 27), "9")], "as it was corrected"
    (adapted,) = march.of("adapted").counted
    assert (adapted.dnr, adapted.detail) == ("RS 1", "Egen form")
    events = {r.id: r for r in queries.history(any_house, FIRST)}
    assert events[adapted.event].event.region == "01"  # type: ignore[union-attr]


def test_what_has_no_known_day_is_told_apart(house: House) -> None:
    live_a_little(house)
    march = of(house, "2026-03")
    assert ("rejected", "05") in {(s.kind, s.region) for s in march.undated.counted}
    assert not {s.on for s in march.undated.counted} - {None}
    assert "04" not in {s.region for s in (*march.undated.counted, *march.happened.counted)}, "it was withdrawn"


def test_a_month_is_told_as_it_was_known_when_its_letter_was_sent(house: House) -> None:
    live_a_little(house)
    sent = of(house, "2026-03")
    decision = Decide(actor=actor("kansli"), region="09", outcome="antagen", body="RS", on=date(2026, 3, 24))
    event = commands.handle(house, FIRST, decision, now=APRIL + timedelta(hours=3)).events[0]
    first = next(r for r in queries.history(house, FIRST) if type(r.event).__name__ == "RegionDecided")
    correcting.correct(
        house, first.id, why="Fel utfall", actor=actor("kansli"), changes={"outcome": "avslagen", "adaptation": ""},
        withdraw=False, now=JUNE,
    )  # fmt: skip
    assert of(house, "2026-03") == sent
    later = of(house, "2026-03", JUNE + timedelta(days=1))
    assert {s.region for s in later.of(*BY_REGIONS).counted} == {"01", "09"}
    assert later.of("rejected").value == 1
    assert [s.event for s in later.backfilled.counted] == [event.id]
    april = of(house, "2026-04", JUNE)
    assert told(april.earlier) == [("adopted", FIRST, "09", date(2026, 3, 24), "")]
    assert april.of(*BY_REGIONS).value == 0, "a decision is counted once, in the period of its own day"


def test_what_comes_next_and_what_has_passed(house: House) -> None:
    march = of(house, "2026-03")
    ahead = {(s.uppdrag, s.on) for s in march.ahead.counted}
    assert ("U2026-03", date(2026, 6, 30)) in ahead
    assert not any(s.on is None or not date(2026, 3, 31) < s.on <= date(2026, 6, 30) for s in march.ahead.counted)
    assert {s.uppdrag for s in march.passed.counted} == {"U2026-01", "U2026-12"}


def test_the_passed_are_those_that_the_list_says_are_after_planned_time(house: House) -> None:
    live_a_little(house)
    listed = queries.status(house, StatusFilter(today=date(2026, 4, 1), overdue=True))
    assert {s.uppdrag for s in of(house, "2026-03").passed.counted} == {row.id for row in listed}


def test_sensitive_uppdrag_are_told_by_number_and_neutral_title(house: House) -> None:
    (row,) = (r for r in queries.status(house, StatusFilter(today=NOW.date())) if r.sensitive)
    step(house, row.id, "bered", ansvarig="Cia Dahl", natverk="Hemligt nätverk")
    step(house, row.id, "besluta", mote="2026-03-13", paragraf="3", dnr="RK2026-00099-1")
    step(house, row.id, "omprioritera", planerad_tid="Q4 2026", paragraf="4", skal="Hemligt skäl")
    march = of(house, "2026-03")
    (decided,) = march.of("decided").counted
    assert (decided.title, decided.dnr, decided.paragraph) == (row.neutral_title, "", "3")
    assert row.title not in repr(march)
    assert "RK2026-00099" not in repr(march)
    assert "Hemligt" not in repr(march)


def test_parts_make_up_the_whole(house: House) -> None:
    live_a_little(house)
    decided = of(house, "2026-03").undated.of(*BY_REGIONS)
    assert decided.value == 3
    assert sum(part.value for part in by_section(decided).values()) == decided.value
    assert sum(part.value for part in by_group(decided, queries.regions(house)).values()) == decided.value


def test_how_regions_stand_is_what_the_list_says(house: House) -> None:
    live_a_little(house)
    rows = {r.id: r.regions for r in queries.status(house, StatusFilter(today=NOW.date())) if r.regions.concerned}
    stands = {s.uppdrag: s for s in of(house, "2026-03").standings}
    assert {id: (r.concerned, r.adopted, r.rejected, r.not_concerned) for id, r in rows.items()} == {
        id: (s.concerned, s.adopted, s.rejected, s.not_concerned) for id, s in stands.items()
    }


def all_decide(house: House) -> None:
    """Report and approve the first uppdrag, and let every region decide on it in May, one of them against it."""
    step(house, FIRST, "redovisa", mote="2026-03-06", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, FIRST, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    for n, region in enumerate(r.lanskod for r in queries.regions(house)):
        outcome = ("antagen", "avslagen")[n == 7]
        decision = Decide(actor=actor("kansli"), region=region, outcome=outcome, on=date(2026, 5, 1 + n))
        commands.handle(house, FIRST, decision, now=JUNE - timedelta(days=n))


def test_the_time_from_the_report_to_the_last_region(house: House) -> None:
    all_decide(house)
    may = of(house, "2026-05", JUNE + timedelta(days=1))
    (lead,) = may.leads
    assert (lead.uppdrag, lead.reported.paragraph, lead.last.on) == (FIRST, "4", date(2026, 5, 21))
    assert lead.days == 76
    assert told(may.of("concluded")) == [("concluded", FIRST, "", date(2026, 5, 21), "")]
    counted = Counter(s.kind for s in may.of(*BY_REGIONS).counted)
    assert counted == cast("Counter[Kind]", Counter({"adopted": 20, "rejected": 1}))


def test_what_is_opened_again_has_not_been_concluded(house: House) -> None:
    all_decide(house)
    latest = next(
        r for r in reversed(queries.history(house, FIRST)) if type(r.event).__name__ == "RegionDecided"
    )  # fmt: skip
    correcting.correct(
        house, latest.id, why="Fel region", actor=actor("kansli"), changes={}, withdraw=True, now=JUNE
    )  # fmt: skip
    may = of(house, "2026-05", JUNE + timedelta(days=1))
    assert may.of("concluded").value == 0
    assert may.leads == ()
    assert may.of(*BY_REGIONS).value == 20


def test_a_year_sets_what_was_planned_beside_what_was_done(house: House) -> None:
    all_decide(house)
    facts = {"planerad_tid": "Q1 2027", "paragraf": "6", "skal": "Mer tid"}
    moved_by = Advance(actor=actor("kansli"), trigger="omprioritera", on=date(2026, 3, 20), facts=facts)
    commands.handle(house, "U2026-03", moved_by, now=NOW)
    step(house, "U2026-04", "omprioritera", planerad_tid="Q1 2027", paragraf="7")
    step(house, "U2026-12", "avbryt", skal="Behövs inte")
    year = of(house, "2026", JUNE + timedelta(days=1))
    rows = {(p.uppdrag, p.what): p for p in year.promised}
    assert {p.uppdrag for p in year.promised} == {f"U2026-{n:02d}" for n in range(1, 20)}
    reported = rows[FIRST, "Redovisning för chefsgruppen"]
    assert (reported.outcome, reported.planned) == ("klart", "redovisas Q1 2026")
    assert reported.done is not None
    assert (reported.done.on, reported.done.paragraph) == (date(2026, 3, 6), "4")
    moved = rows["U2026-03", "Redovisning för chefsgruppen"]
    assert (moved.outcome, moved.planned, moved.now) == ("flyttat", "rapporteras Q2 2026", "Q1 2027")
    assert {p.outcome for p in year.promised if p.uppdrag == "U2026-12"} == {"avbrutet"}
    assert told(year.of("reprioritised")) == [("reprioritised", "U2026-03", "", date(2026, 3, 20), "6")]
    assert told(year.undated.of("reprioritised")) == [("reprioritised", "U2026-04", "", None, "7")]


def test_a_corrected_step_counts_as_it_was_corrected_and_a_withdrawn_one_not_at_all(house: House) -> None:
    reported = step(house, FIRST, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    moved = step(house, "U2026-03", "omprioritera", planerad_tid="Q1 2027", paragraf="6")
    changes = {"mote": "2026-02-27", "paragraf": "2"}
    for answer, changed, withdraw in ((reported, changes, False), (moved, {}, True)):
        correcting.correct(
            house, answer.events[0].id, why="Fel möte", actor=actor("kansli"), changes=changed, withdraw=withdraw,
            now=NOW,
        )  # fmt: skip
    march = of(house, "2026-03")
    assert told(march.earlier.of("reported")) == [("reported", FIRST, "", date(2026, 2, 27), "2")]
    assert march.of("reported").value == 0
    assert march.undated.of("reprioritised").value == 0
    assert [(s.uppdrag, s.detail) for s in march.corrected.counted] == [(FIRST, "Fel möte"), ("U2026-03", "Fel möte")]


def test_of_several_decisions_the_last_that_stands_is_followed(house: House) -> None:
    step(house, FIRST, "redovisa", mote="2026-03-06", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, FIRST, "godkann", mote="2026-03-06", paragraf="5", forslagsversion="1")
    for paragraph, complete in (("8", False), ("9", True), ("10", True)):
        decision = Decide(
            actor=actor("kansli"), region="01", outcome="antagen", on=date(2026, 3, int(paragraph)), body="RS",
            paragraph=paragraph, complete=complete,
        )  # fmt: skip
        commands.handle(house, FIRST, decision, now=NOW)
    event = queries.history(house, FIRST)[-1]
    correcting.correct(house, event.id, why="Fel", actor=actor("kansli"), changes={}, withdraw=True, now=NOW)
    assert told(of(house, "2026-03").of(*BY_REGIONS)) == [("adopted", FIRST, "01", date(2026, 3, 9), "9")]


def test_what_was_settled_before_a_period_is_not_in_it_however_late_it_is_asked(house: House) -> None:
    (ended,) = step(house, FIRST, "avbryt", skal="Behövs inte").events
    may = of(house, "2026-05", JUNE)
    assert FIRST not in {s.uppdrag for s in may.standings}
    correcting.correct(
        house, ended.id, why="Fel uppdrag", actor=actor("kansli"), changes={}, withdraw=True, now=JUNE
    )  # fmt: skip
    assert of(house, "2026-05", JUNE) == may
    assert FIRST in {s.uppdrag for s in of(house, "2026-05", JUNE + timedelta(days=1)).standings}
