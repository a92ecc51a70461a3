"""The agenda's rules: what is named is there exactly once, in its place, with why; and what hands make of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions import loader
from definitions.agenda import load_agenda
from definitions.holidays import work_calendar
from definitions.source import Source
from notifications.catalogue import TEMPLATES
from workflow import agenda_edits
from workflow.agenda import Candidate, Carried, Occasion, Regional, propose
from workflow.agenda_form import CLOSING, OPENING, AgendaForm, days_of
from workflow.calendar import Span
from workflow.errors import DefinitionInvalid
from workflow.lifecycle import Lifecycle
from workflow.meeting import AgendaItem, Meeting, Why, named
from workflow.model import PlannedTime, Task, Uppdrag

DAY, NEXT = date(2026, 3, 27), date(2026, 4, 24)


@cache
def lifecycles() -> dict[str, Lifecycle]:
    fragments = loader.by_ref(loader.packaged("fragment"))
    found = (loader.load_lifecycle(s, fragments, templates=TEMPLATES) for s in loader.packaged("lifecycle"))
    return {lifecycle.id: lifecycle for lifecycle in found}


def triggers() -> frozenset[str]:
    return frozenset(t.trigger for lifecycle in lifecycles().values() for t in lifecycle.transitions)


@cache
def form() -> AgendaForm:
    return load_agenda(packaged_agenda(), triggers())


def packaged_agenda() -> Source:
    (source,) = loader.packaged("agenda")
    return source


@st.composite
def candidates(draw: st.DrawFn, number: int) -> Candidate:
    """An uppdrag of any kind in any state, with or without planned times, a task, a follow-up, a pause."""
    lifecycle = draw(st.sampled_from(sorted(lifecycles().values(), key=lambda lc: lc.id)))
    state = draw(st.sampled_from(lifecycle.states))
    days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    times = []
    for d in lifecycle.deadlines:
        if draw(st.booleans()):
            last = draw(days)
            span = Span(text="någon gång", first=last - timedelta(days=60), last=last, reading="sista dagen")
            times.append(PlannedTime(deadline=d.id, span=span, met=draw(st.booleans())))
    task = Task(what="Kostnaden", due=draw(st.none() | days)) if draw(st.booleans()) else None
    facts = {"folj_upp": {"nasta": draw(days).isoformat()}} if draw(st.booleans()) else {}
    u = Uppdrag(
        id=f"U2026-{number:02d}", lifecycle=lifecycle.id, lifecycle_version=1, state=state.id, title=f"Nummer {number}",
        final=state.final, paused=draw(st.booleans()), times=tuple(times), task=task, facts=facts,
        standing=draw(st.sampled_from(["", "omprovas"])),
    )  # fmt: skip
    return Candidate(uppdrag=u, lifecycle=lifecycle)


many = st.integers(0, 8).flatmap(lambda n: st.tuples(*(candidates(i + 1) for i in range(n))))
occasions = st.builds(Occasion, day=st.just(DAY), following=st.none() | st.just(NEXT), year=st.just((DAY, NEXT)))


def lying(found: tuple[Candidate, ...]) -> list[Regional]:
    """Those that lie with the regions."""
    return [
        Regional(c.uppdrag.id, 21, 3)
        for c in found
        if c.lifecycle.track and c.uppdrag.state in c.lifecycle.track.open_in and not c.uppdrag.final
        and not c.uppdrag.paused
    ]  # fmt: skip


def times_named(items: list[AgendaItem]) -> Counter[str]:
    return Counter(id for i in items for id in (i.uppdrag, *i.covers) if id)


@given(many, occasions)
def test_every_uppdrag_that_some_rule_names_is_there_exactly_once(
    found: tuple[Candidate, ...], occasion: Occasion
) -> None:
    """Each rule is asked by itself first: what any of them names is on the whole agenda once, and nothing else is."""
    alone = [
        (section, named(propose(replace(form(), sections=(section,)), found, lying(found), occasion)))
        for section in form().sections
    ]
    items = propose(form(), found, lying(found), occasion)
    counted = times_named(items)
    assert set(counted) == set().union(*(ids for _, ids in alone))
    assert set(counted.values()) <= {1}
    for item in items:
        for id in filter(None, (item.uppdrag, *item.covers)):
            assert item.section == next(section.id for section, ids in alone if id in ids), "the first rule has it"


@given(many, occasions)
def test_the_sections_come_in_their_order_between_opening_and_closing(
    found: tuple[Candidate, ...], occasion: Occasion
) -> None:
    items = propose(form(), found, lying(found), occasion)
    places = [form().order.index(i.section) for i in items]
    assert places == sorted(places)
    assert items[0].section == OPENING
    assert items[-1].section == CLOSING
    assert len({i.key for i in items}) == len(items)
    assert all("{" not in i.proposal for i in items)


@given(many, occasions)
def test_what_is_finished_or_paused_is_not_brought(found: tuple[Candidate, ...], occasion: Occasion) -> None:
    silent = {c.uppdrag.id for c in found if c.uppdrag.final or c.uppdrag.paused}
    assert not silent & set(times_named(propose(form(), found, lying(found), occasion)))


def matter(lifecycle: str, state: str, **more: object) -> Candidate:
    u = Uppdrag(
        id="U2026-01", lifecycle=lifecycle, lifecycle_version=1, state=state, title="Ledningsmodell",
        **{"owner": "Cia Dahl", **more},  # type: ignore[arg-type]  # attributes of an uppdrag
    )  # fmt: skip
    return Candidate(uppdrag=u, lifecycle=lifecycles()[lifecycle])


def planned(deadline: str, last: date) -> tuple[PlannedTime, ...]:
    return (PlannedTime(deadline=deadline, span=Span(text="Q1 2026", first=date(2026, 1, 1), last=last, reading="")),)


def brought(c: Candidate, following: date | None = NEXT) -> list[AgendaItem]:
    items = propose(form(), [c], [], Occasion(day=DAY, following=following, year=(DAY,)))
    return [i for i in items if i.uppdrag]


def test_a_matter_before_its_directive_comes_with_the_declared_text() -> None:
    (item,) = brought(matter("regiongemensamt", "beredd", directive="RK2025-00085-56"))
    assert (item.section, item.kind, item.trigger, item.presenter) == ("direktiv", "beslut", "besluta", "Cia Dahl")
    assert (
        item.proposal == "Chefsgruppen beslutar att uppdraget Ledningsmodell ska genomföras enligt uppdragsdirektivet."
    )
    assert item.documents == ("Uppdragsdirektiv RK2025-00085-56",)
    assert item.why.facts["state"] == "Beredd"


@pytest.mark.parametrize(
    ("last", "following", "comes"),
    [
        (date(2026, 3, 31), NEXT, True),  # the quarter's last meeting
        (date(2026, 4, 24), NEXT, False),  # the next meeting is on the very day
        (date(2026, 6, 30), NEXT, False),
        (date(2026, 1, 31), NEXT, True),  # after its planned time
        (date(2026, 6, 30), None, True),  # no later meeting is known, and its time has begun
    ],
)
def test_a_report_comes_to_the_last_meeting_within_its_time(last: date, following: date | None, comes: bool) -> None:
    c = matter("regiongemensamt", "chefsgruppsbeslut", times=planned("redovisning", last))
    items = brought(c, following)
    assert [i.trigger for i in items] == (["redovisa"] if comes else [])


def test_a_report_that_has_no_planned_time_does_not_come_by_itself() -> None:
    assert brought(matter("regiongemensamt", "chefsgruppsbeslut")) == []


def test_what_was_sent_back_comes_first_once_its_day_has_come() -> None:
    c = matter("regiongemensamt", "redovisad", task=Task(what="Kostnaden", due=DAY))
    (item,) = brought(c)
    assert (item.section, item.trigger, item.why.code) == ("aterkommande", "godkann", "task")
    later = matter("regiongemensamt", "redovisad", task=Task(what="Kostnaden", due=NEXT))
    assert [i.section for i in brought(later)] == ["godkannande"]


def test_a_sensitive_uppdrag_shows_its_neutral_title_everywhere() -> None:
    (item,) = brought(matter("regiongemensamt", "beredd", sensitive=True, neutral_title="Ärende 1"))
    assert item.title == "Ärende 1"
    assert "Ledningsmodell" not in item.proposal


def test_what_was_postponed_comes_again_whether_it_was_an_uppdrag_or_not() -> None:
    free = AgendaItem(key="egen-1", section="ovrigt", kind="beslut", title="Lokaler", why=Why("by_hand"), number=9)
    own = AgendaItem(key="U2026-01", section="direktiv", kind="beslut", title="x", why=Why("state"), uppdrag="U2026-01")
    gone = tuple(Carried(item, date(2026, 1, 30), n, "bordlagd") for n, item in ((7, free), (8, own)))
    occasion = Occasion(day=DAY, following=NEXT, year=(DAY,), carried=gone)
    items = [
        i for i in propose(form(), [matter("regiongemensamt", "beredd")], [], occasion) if i.section == "aterkommande"
    ]
    assert [(i.uppdrag, i.title, i.why.facts["paragraph"], i.number) for i in items] == [
        ("U2026-01", "Ledningsmodell", "8", 0), ("", "Lokaler", "7", 0),
    ]  # fmt: skip


@given(st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), min_size=1, max_size=12))
def test_a_yearly_matter_is_on_one_agenda_of_the_year(days: set[date]) -> None:
    year = tuple(sorted(days))
    keys = Counter(i.key for day in year for i in propose(form(), [], [], Occasion(day=day, year=year)))
    declared = [y.id for s in form().sections for y in s.yearly]
    assert {keys[id] for id in declared} == {1}


def test_the_rhythm_gives_working_days_only() -> None:
    work = work_calendar()
    for year in (2026, 2027):
        days = days_of(replace(form().rhythm, week=1, months=tuple(range(1, 13))), year, work)
        assert all(work.is_working(day) for day in days)
    last = days_of(replace(form().rhythm, week=5, months=(2,)), 2027, work)
    assert last == [date(2027, 2, 26)]


def item(key: str, **more: object) -> AgendaItem:
    return AgendaItem(key=key, section="ovrigt", kind="beslut", title=key, why=Why("by_hand"), **more)  # type: ignore[arg-type]  # fields of an item


def test_kept_items_keep_their_order_and_new_ones_come_in_beside_them() -> None:
    a, b, c = item("a"), item("b", edited=True), item("c")
    meeting = Meeting(day=DAY, kept=True, items=(b, a), removed=("gone",))
    now = [replace(a, title="A ny"), c, item("gone")]
    assert [i.title for i in agenda_edits.assemble(form(), meeting, now)] == ["b", "A ny", "c"]
    assert [i.title for i in agenda_edits.assemble(form(), meeting, [])] == ["b"], "what no rule names any more goes"


def test_after_the_kallelse_numbers_stand_and_what_comes_is_marked() -> None:
    items = tuple(agenda_edits.numbered([item("a"), item("b")]))
    meeting = Meeting(day=DAY, kept=True, items=items, summoned_on=DAY)
    late = agenda_edits.added(form(), meeting, items, item("c"))
    assert [(i.key, i.number, i.late) for i in late] == [("a", 1, False), ("b", 2, False), ("c", 3, True)]
    without = agenda_edits.dropped(meeting, late, "a")
    assert [(i.key, i.number, i.withdrawn) for i in without] == [("a", 1, True), ("b", 2, False), ("c", 3, False)]
    assert agenda_edits.assemble(form(), meeting, [item("d")]) == list(items)
    assert [i.key for i in agenda_edits.waiting(meeting, [item("d"), item("a")])] == ["d"]


def test_two_versions_are_compared_and_one_move_is_told_as_one() -> None:
    a, b, c, d = (item(k) for k in "abcd")
    found = agenda_edits.compare([a, b, c], [c, a, replace(b, proposal="Nytt"), d])
    assert [(x.code, x.item.key, x.fields) for x in found] == [
        ("moved", "c", ()), ("edited", "b", ("proposal",)), ("added", "d", ()),
    ]  # fmt: skip
    assert [(x.code, x.item.key) for x in agenda_edits.compare([a, b], [b])] == [("removed", "a")]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("triggers: [besluta]", "triggers: [beslut]", 'steget "beslut" finns inte'),
        ("{titel} ska genomföras", "{namn} ska genomföras", '"{namn}" kan inte fyllas i'),
        ("{titel} ska genomföras", "{titel ska genomföras", "klamrarna går inte att läsa"),
        ("id: justerare", "id: oppnande", "står två gånger"),
        ("weekday: fredag", "weekday: söndag", "weekday"),
        ("triggers: [besluta], ", "", "triggers anges när takes är step"),
        ("Chefsgruppen godkänner dagordningen.", '"Om {titel}"', "utan klamrar"),
    ],
)
def test_a_form_that_does_not_hold_together_is_refused_with_its_line(was: str, becomes: str, told: str) -> None:
    text = packaged_agenda().text
    assert was in text
    with pytest.raises(DefinitionInvalid) as wrong:
        load_agenda(Source("egen.yaml", text.replace(was, becomes, 1)), triggers())
    assert any(told in str(p) and p.line for p in wrong.value.problems), wrong.value
