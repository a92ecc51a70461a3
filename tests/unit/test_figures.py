"""Periods, and how a figure divides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from workflow.figures import Account, Figure, Figures, Source, by_group, by_section, figures, month_before, period_of
from workflow.letter import Difference, difference
from workflow.model import Region


@pytest.mark.parametrize(
    ("text", "first", "last", "said"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31), "mars 2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "februari 2024"),
        (" 2026 ", date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ],
)
def test_a_period_is_a_month_or_a_year(text: str, first: date, last: date, said: str) -> None:
    found = period_of(text)
    assert found is not None
    assert (found.first, found.last, found.text) == (first, last, said)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "2026-3", "26", "Q1 2026", "2026-03-01", "٢٠٢٦", "9999"])
def test_what_is_neither_is_no_period(text: str) -> None:
    assert period_of(text) is None


def test_the_month_gone_by() -> None:
    assert month_before(date(2027, 1, 4)).name == "2026-12"
    assert month_before(date(2026, 3, 31)).name == "2026-02"


def test_sections_stand_in_the_order_of_their_numbers() -> None:
    figure = Figure(counted=tuple(Source(kind="decided", section=s) for s in ("6.10", "", "6.2", "3, 7", "6.2")))
    assert [(name, part.value) for name, part in by_section(figure).items()] == [
        ("3, 7", 1), ("6.2", 2), ("6.10", 1), ("", 1),
    ]  # fmt: skip


def test_a_region_in_two_groups_is_counted_in_one() -> None:
    halland = Region(
        lanskod="13", name="Region Halland", short_name="Halland", county="Hallands län",
        samverkansregioner=("Södra", "Västra"), fullmaktige="", styrelse="",
    )  # fmt: skip
    parts = by_group(Figure(counted=(Source(kind="adopted", region="13"),)), [halland])
    assert {name: part.value for name, part in parts.items()} == {"Södra": 1}


def test_a_thing_is_counted_in_one_period_and_what_is_ahead_ends_three_months_on() -> None:
    happened = tuple(
        Source(kind="adopted", uppdrag="U2026-01", on=on, registered_on=date(2026, 3, 10), event=f"U2026-01/{n}")
        for n, on in enumerate((date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), None), start=1)
    )
    ahead = tuple(Source(kind="planned", on=day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 3, 31)))
    one = Account(
        uppdrag="U2026-01", settled=None, happened=happened, ahead=ahead, due=ahead[0], standing=None, lead=None,
        promised=(),
    )  # fmt: skip
    march = period_of("2026-03")
    assert march is not None
    found = figures(march, [one], [date(2026, 3, 27), date(2026, 4, 24)], known_by=datetime(2026, 4, 1, tzinfo=UTC))
    assert [s.event for s in found.happened.counted] == ["U2026-01/2", "U2026-01/3"]
    assert [s.event for s in found.earlier.counted] == ["U2026-01/1"]
    assert [s.event for s in found.undated.counted] == ["U2026-01/4"]
    assert [(s.kind, s.on) for s in found.ahead.counted] == [
        ("meeting", date(2026, 4, 24)), ("planned", date(2026, 6, 30)),
    ]  # fmt: skip
    assert found.passed.value == 0


def test_what_was_corrected_since_is_both_gone_and_added_and_what_was_only_moved_in_the_log_is_neither() -> None:
    march = period_of("2026-03")
    assert march is not None

    def told(*counted: Source) -> Figures:
        nothing = Figure()
        return Figures(
            period=march, known_by=datetime(2026, 4, 1, tzinfo=UTC), happened=Figure(counted=counted), undated=nothing,
            earlier=nothing, corrected=nothing, ahead=nothing, passed=nothing,
        )  # fmt: skip

    one = Source(
        kind="adopted", uppdrag="U2026-01", region="03", on=date(2026, 3, 9), paragraph="8", event="U2026-01/4"
    )
    mended, again = replace(one, paragraph="9"), replace(one, event="U2026-01/12")
    assert difference(told(one), told(mended)) == Difference(
        added=Figure(counted=(mended,)), gone=Figure(counted=(one,))
    )
    assert difference(told(one), told(again)).nothing
