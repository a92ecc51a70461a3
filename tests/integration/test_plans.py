"""Reading a verksamhetsplan in: once, again, revised, and rolled over to the next year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from definitions import planning
from definitions.source import Source
from tests.cast import KANSLI, NOW, TODAY
from tests.integration.doing import matter, state, step
from uppdrag.service import plans, queries
from uppdrag.service.house import House
from uppdrag.service.plans import PlanReport
from workflow.errors import DefinitionInvalid
from workflow.status import StatusFilter

PLAN = planning.packaged_plan("vp-2026")
OTHER_SECTION = 'section: "6.3"\n    lifecycle: utredning', 'section: "6.4"\n    lifecycle: utredning'
OTHER_TIME = '{text: "rapporteras Q2 2026", span: "Q2 2026"}', '{text: "Q3", span: "Q3 2026"}'
DECEMBER = datetime(2026, 12, 10, 9, tzinfo=UTC)
CARRIED = (
    "01 regiongemensamt", "02 regiongemensamt", "04 utredning", "05 utredning", "07 utredning", "09 utredning",
    "19 utredning", "06 atagande", "08 atagande", "10 atagande", "11 atagande", "13 atagande", "14 atagande",
    "16 atagande", "15 overenskommelse",
)  # fmt: skip


def revised(*changes: tuple[str, str], of: Source = PLAN) -> Source:
    """The plan with some of its words replaced."""
    text = of.text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return Source("revision.yaml", text)


def next_years(*, forgotten: str = "", more: str = "") -> Source:
    """The plan of 2027: most is carried over, one is ended, one reconsidered, one is new."""
    rows = "".join(
        f'  - {{id: U2026-{number}, title: "Uppdrag {number}", lifecycle: {lifecycle}, section: "8",'
        f" neutral_title: Neutral{', sensitive: true' if number == '09' else ''}}}\n"
        for number, lifecycle in (row.split() for row in CARRIED)
        if number != forgotten
    )
    return Source(
        "vp-2027.yaml",
        "kind: plan\nid: vp-2027\nyear: 2027\ntitle: Verksamhetsplan 2027\nfollows: vp-2026\nuppdrag:\n"
        + rows
        + '  - {id: U2027-01, title: Nytt för året, lifecycle: atagande, section: "9"}\n'
        + more
        + "ended:\n  - {id: U2026-12, why: Samverkan finns}\n  - {id: U2026-17, why: Klart}\n"
        + "  - {id: U2026-18, why: Klart}\n"
        + "reconsidered:\n  - {id: U2026-03, why: Nytt läge}\n",
    )


def read_in(house: House, source: Source, *, dry_run: bool = False, now: datetime = NOW) -> PlanReport:
    return plans.import_plan(house, source, actor=KANSLI, now=now, dry_run=dry_run)


def events(house: House) -> int:
    report = queries.verify(house)
    assert report.findings == ()
    return report.events


def test_the_plan_of_2026_is_read_in_whole(empty_house: House) -> None:
    report = read_in(empty_house, PLAN)
    assert report.new == [f"U2026-{n:02d}" for n in range(1, 20)]
    assert [w.code for w in report.warnings] == ["number_on_two_documents"]
    rows = queries.status(empty_house, StatusFilter(today=TODAY))
    assert [r.state for r in rows[:4]] == ["chefsgruppsbeslut"] * 3 + ["identifierad"]
    assert all(e.backfilled for e in queries.history(empty_house, "U2026-01"))
    assert not queries.history(empty_house, "U2026-04")[0].backfilled
    assert [r.regions.concerned for r in rows[:4]] == [21, 21, 0, 0]
    assert rows[9].deadline is None
    assert rows[8].shown_title == "Översyn av avtal mellan regionerna"


def test_the_same_plan_twice_changes_nothing(any_house: House) -> None:
    before = events(any_house)
    report = read_in(any_house, PLAN)
    assert (report.new, report.changed, len(report.unchanged)) == ([], [], 19)
    assert events(any_house) == before


def test_windows_line_ends_make_no_other_plan(any_house: House) -> None:
    report = read_in(any_house, Source("vp-2026.yaml", PLAN.text.replace("\n", "\r\n")))
    assert len(report.unchanged) == 19


def test_a_rehearsed_import_tells_all_and_leaves_nothing(empty_house: House) -> None:
    before = events(empty_house)
    rehearsed = read_in(empty_house, PLAN, dry_run=True)
    assert events(empty_house) == before
    assert rehearsed.new == read_in(empty_house, PLAN).new


def test_a_revision_changes_what_it_changed(any_house: House) -> None:
    report = read_in(any_house, revised(OTHER_SECTION))
    assert (report.changed, report.revision) == (["U2026-03"], 2)
    assert report.differences == {"U2026-03": {"section": ("6.3", "6.4")}}
    assert len(report.unchanged) == 18
    assert matter(any_house, "U2026-03").uppdrag.section == "6.4"
    assert queries.verify(any_house).findings == ()


def test_a_revision_does_not_move_back_what_was_moved_since(any_house: House) -> None:
    step(any_house, "U2026-03", "omprioritera", planerad_tid="Q4 2026", paragraf="9")
    read_in(any_house, revised(OTHER_SECTION))
    due = matter(any_house, "U2026-03").uppdrag.due
    assert due
    assert due.span.last == date(2026, 12, 31)


def test_a_time_that_the_revision_moves_is_moved(any_house: House) -> None:
    step(any_house, "U2026-03", "omprioritera", planerad_tid="Q4 2026", paragraf="9")
    report = read_in(any_house, revised(OTHER_TIME))
    assert report.changed == ["U2026-03"]
    due = matter(any_house, "U2026-03").uppdrag.due
    assert due
    assert due.span.last == date(2026, 9, 30)


def test_what_a_person_has_said_since_stays_as_it_is(any_house: House) -> None:
    step(any_house, "U2026-06", "paborja", ansvarig="Cia Dahl")
    read_in(
        any_house, revised(('section: "6.1.3"\n    lifecycle: atagande', 'section: "6.1.9"\n    lifecycle: atagande'))
    )
    assert matter(any_house, "U2026-06").uppdrag.owner == "Cia Dahl"
    assert state(any_house, "U2026-06") == "pagar"


def test_the_packaged_plan_does_not_undo_a_revision(any_house: House) -> None:
    """`make run` reads it in each time."""
    read_in(any_house, revised(("title: Verksamhetsplan 2026", "title: Verksamhetsplan 2026, reviderad"),
                               OTHER_SECTION))  # fmt: skip
    assert len(read_in(any_house, PLAN).unchanged) == 19
    assert matter(any_house, "U2026-03").uppdrag.section == "6.4"


def test_an_open_uppdrag_cannot_drop_out_of_a_revision(any_house: House) -> None:
    before = events(any_house)
    at = PLAN.text.index("  - id: U2026-19")
    with pytest.raises(DefinitionInvalid) as refused:
        read_in(any_house, Source("kort.yaml", PLAN.text[:at]))
    assert "U2026-19 stod i planen" in refused.value.problems[0].text
    assert events(any_house) == before


def test_the_next_plan_carries_over_ends_and_reconsiders(any_house: House) -> None:
    report = read_in(any_house, next_years(), now=DECEMBER)
    assert report.carried_over == [f"U2026-{row.split()[0]}" for row in CARRIED]
    assert (report.new, report.reconsidered) == (["U2027-01"], ["U2026-03"])
    assert report.ended == ["U2026-12", "U2026-17", "U2026-18"]
    carried = matter(any_house, "U2026-01").uppdrag
    assert (carried.id, carried.plan, carried.section, carried.state) == (
        "U2026-01", "vp-2027", "8", "chefsgruppsbeslut",
    )  # fmt: skip
    assert state(any_house, "U2026-12") == "avbruten"
    assert matter(any_house, "U2026-03").uppdrag.standing == "omprovas"
    assert queries.verify(any_house).findings == ()
    again = read_in(any_house, next_years(), now=DECEMBER)
    assert len(again.unchanged) == 16


def test_a_finished_uppdrag_needs_not_be_mentioned_and_cannot_be_carried_over(any_house: House) -> None:
    step(any_house, "U2026-06", "avbryt", skal="Behövs inte")
    assert read_in(any_house, next_years(forgotten="06"), now=DECEMBER, dry_run=True).new == ["U2027-01"]
    with pytest.raises(DefinitionInvalid, match="U2026-06 är redan avslutat"):
        read_in(any_house, next_years(), now=DECEMBER)


def test_a_forgotten_open_uppdrag_is_named_and_nothing_is_read_in(any_house: House) -> None:
    before = events(any_house)
    with pytest.raises(DefinitionInvalid, match=r"U2026-07 .* är öppet och nämns inte"):
        read_in(any_house, next_years(forgotten="07"), now=DECEMBER)
    assert events(any_house) == before
    assert matter(any_house, "U2026-01").uppdrag.plan == "vp-2026"


def test_every_problem_of_a_plan_is_told_at_once_with_its_line(any_house: House) -> None:
    more = (
        '  - {id: U2027-03, title: Hopp i numren, lifecycle: atagande, section: "9"}\n'
        '  - {id: U2026-17, title: Två gånger, lifecycle: arsplan, section: "9"}\n'
        '  - {id: U2027-02, title: Fel, lifecycle: atagandet, section: "9", regions: ["02"]}\n'
    )
    with pytest.raises(DefinitionInvalid) as refused:
        read_in(any_house, next_years(more=more), now=DECEMBER)
    told = [(p.line, p.text.split()[0]) for p in refused.value.problems]
    assert told == [(25, "länskoden"), (25, "ärendegången"), (28, "U2026-17")]


def test_a_new_uppdrag_takes_the_next_number(any_house: House) -> None:
    more = '  - {id: U2027-03, title: Hopp i numren, lifecycle: atagande, section: "9"}\n'
    with pytest.raises(DefinitionInvalid, match="nästa lediga nummer är U2027-02"):
        read_in(any_house, next_years(more=more), now=DECEMBER)


def test_an_uppdrag_cannot_change_its_lifecycle_with_the_plan(any_house: House) -> None:
    with pytest.raises(DefinitionInvalid, match="U2026-10 följer ärendegången atagande"):
        read_in(any_house, revised(("lifecycle: atagande\n    source: HSD", "lifecycle: utredning\n    source: HSD")))
