"""How a region comes to its decision: chains, kinds, justering, what is left to complete, and what is doubted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from storage import meetings
from tests.cast import KANSLI, NOW, REGION, TODAY
from tests.integration.doing import codes, correct, decide, matter, step, track, with_the_regions
from uppdrag.service import batch, commands, queries, tracks
from uppdrag.service.house import House
from workflow.commands import AdvanceRegion, Decide
from workflow.convening import Calendar, state_meetings
from workflow.errors import Refused
from workflow.model import Decision, Link, Regionbeslut, Task
from workflow.sammantraden import Sammantrade

AU = Link(body="AU", on=date(2026, 3, 10), paragraph="45")
RS = Link(body="RS", on=date(2026, 3, 24), paragraph="61")
SENT_BACK: dict[str, Any] = {"missing": "Kostnaden per år", "task_owner": "Eva", "task_due": date(2026, 5, 4)}
TASK = Task(what="Kostnaden per år", owner="Eva", due=date(2026, 5, 4))


def region(house: House, id: str, lanskod: str = "01") -> Regionbeslut:
    return matter(house, id).regions[lanskod]


def only(house: House, id: str) -> Decision:
    (found,) = region(house, id).decisions
    return found


def refused(house: House, id: str, **said: Any) -> list[str]:
    with pytest.raises(Refused) as no:
        decide(house, id, "01", **said)
    return codes(no.value)


def is_whole(house: House) -> None:
    assert queries.verify(house).findings == ()


def test_a_decision_keeps_the_chain_that_led_to_it(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    links = "arbetsutskottet:2026-03-10:§ 45; RS:2026-03-24:61"
    decide(any_house, id, "01", body="RF", on=TODAY, paragraph="88", links=links)
    assert only(any_house, id).links == (AU, RS)
    assert only(any_house, id).paragraph == "88", "the links' §§ are proposals"
    is_whole(any_house)


def test_a_delegationsbeslut_keeps_its_point_and_when_it_was_reported(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    said: dict[str, Any] = {"kind": "delegationsbeslut", "body": "regiondirektören", "on": TODAY}
    assert refused(any_house, id, **said) == ["delegationspunkt_missing"]
    decide(any_house, id, "01", **said, delegationspunkt="4.2", reported_to="RS", reported_on=TODAY)
    kept = only(any_house, id)
    assert (kept.kind, kept.body, kept.delegationspunkt) == ("delegationsbeslut", "regiondirektor", "4.2")
    assert (kept.reported_to, kept.reported_on) == ("RS", TODAY)
    is_whole(any_house)


@pytest.mark.parametrize("typed", ["Verkställighet", "verkstallighet"])
def test_a_kind_is_read_as_people_write_it(house: House, typed: str) -> None:
    id = with_the_regions(house, "01")
    decide(house, id, "01", kind=typed, body="regiondirektör")
    assert only(house, id).kind == "verkstallighet"
    assert refused(house, id, kind="beslutsunderlag") == ["not_a_choice"]


def test_every_contradiction_is_told_at_once_and_leaves_no_trace(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    before = len(queries.history(any_house, id))
    found = refused(
        any_house, id, body="RF", on=TODAY, justerat=TODAY - timedelta(days=1), links="RS:2026-03-24, AU:2026-03-10",
        tillkannagivet=TODAY + timedelta(days=1),
    )  # fmt: skip
    assert found == ["date_in_future", "justerat_before_decision", "links_out_of_order"]
    assert len(queries.history(any_house, id)) == before


def test_only_fullmaktige_adopts_a_samverkansavtal(any_house: House) -> None:
    id = agreement(any_house)
    assert refused(any_house, id, body="RS") == ["body_excluded"]
    delegated = {"kind": "delegationsbeslut", "body": "annan", "delegationspunkt": "1"}
    assert refused(any_house, id, **delegated) == ["body_excluded", "not_delegable"]
    with pytest.raises(Refused) as no:
        track(any_house, id, "01", "planera", instans="Regionstyrelsen", datum="2026-06-15")
    assert codes(no.value) == ["body_excluded"]
    decide(any_house, id, "01", "aterremitterad", body="RS")
    decide(any_house, id, "01", body="fullmäktige")
    assert region(any_house, id).concluded


def agreement(house: House) -> str:
    wanted = commands.New(title="Samverkansavtal", lifecycle="samverkansavtal", actor=KANSLI, regions=("01", "03"))
    id = commands.new(house, wanted, now=NOW).uppdrag
    with house.database.reading() as session:
        lifecycle = house.newest(session, "samverkansavtal").lifecycle
    known = {"date": "2026-03-20", "person": "Cia", "networks": "HSD", "paragraph": "4", "number": "1"}
    for t in lifecycle.path_to("regionbeslut") or ():
        facts: dict[str, Any] = {f.name: known.get(f.type, "r.pdf") for f in t.facts if f.required}
        step(house, id, t.trigger, **facts)
    return id


def test_a_planned_chain_belongs_to_its_day(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    track(
        any_house, id, "01", "planera", instans="fullmäktige", datum="2026-06-15", kedja="AU:2026-05-12,RS:2026-05-26"
    )
    planned = (Link(body="AU", on=date(2026, 5, 12)), Link(body="RS", on=date(2026, 5, 26)))
    assert (region(any_house, id).planned_body, region(any_house, id).planned_chain) == ("RF", planned)
    with pytest.raises(Refused) as no:
        track(any_house, id, "01", "planera", datum="2026-05-20", kedja="AU:2026-05-12,RS:2026-05-26")
    assert codes(no.value) == ["link_after_decision"]
    event = track(any_house, id, "01", "planera", datum="2026-09-22").events[0].id
    assert region(any_house, id).planned_chain == (), "nobody has said what leads to the new day"
    correct(any_house, event, withdraw=True)
    assert (region(any_house, id).planned_on, region(any_house, id).planned_chain) == (date(2026, 6, 15), planned)
    is_whole(any_house)


@pytest.mark.parametrize("outcome", ["aterremitterad", "bordlagd"])
def test_what_is_missing_is_a_task_until_it_is_sent_anew(any_house: House, outcome: str) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", outcome, **SENT_BACK)
    assert region(any_house, id).task == TASK
    track(any_house, id, "01", "planera", instans="RF", datum="2026-06-15")
    assert region(any_house, id).task == TASK, "a new day supplies nothing"
    sent = track(any_house, id, "01", "expediera", version="1").events[0].id
    assert region(any_house, id).task is None
    correct(any_house, sent, withdraw=True)
    assert region(any_house, id).task == TASK
    is_whole(any_house)


def test_a_new_decision_ends_the_task(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", "aterremitterad", **SENT_BACK)
    decide(any_house, id, "01", "bordlagd", missing="Ett bättre kartunderlag")
    assert region(any_house, id).task == Task(what="Ett bättre kartunderlag", owner="Cia Dahl")
    last = decide(any_house, id, "01").events[0].id
    assert region(any_house, id).task is None
    correct(any_house, last, withdraw=True)
    assert region(any_house, id).task == Task(what="Ett bättre kartunderlag", owner="Cia Dahl")
    is_whole(any_house)


def test_a_task_is_due_on_the_next_handlingsstopp_that_is_known(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    held = [
        Sammantrade(region="01", body=body, first=date(2026, month, 20), last=date(2026, month, 20), papers_by=papers)
        for body, month, papers in (("RS", 5, date(2026, 5, 6)), ("AU", 4, date(2026, 4, 8)), ("AU", 3, None))
    ]
    calendars = {body: Calendar("01", body) for body in ("AU", "RS")}
    with any_house.database.transaction() as session:
        told = [(c, state_meetings(c, [m for m in held if m.body == b], source="x")) for b, c in calendars.items()]
        meetings.save(session, told, KANSLI, NOW)
    first = decide(any_house, id, "01", "aterremitterad", key="en gång", missing="Kostnaden")
    assert region(any_house, id).task == Task(what="Kostnaden", owner="Cia Dahl", due=date(2026, 4, 8))
    assert decide(any_house, id, "01", "aterremitterad", key="en gång", missing="Kostnaden").events == first.events
    decide(any_house, id, "03", "aterremitterad", missing="Kostnaden")
    assert region(any_house, id, "03").task == Task(what="Kostnaden", owner="Cia Dahl"), "no day is made up"
    is_whole(any_house)


def test_only_what_is_sent_back_or_postponed_leaves_a_task(house: House) -> None:
    id = with_the_regions(house, "01")
    assert refused(house, id, missing="Kostnaden") == ["nothing_to_complete"]
    decide(house, id, "01", "antecknad")
    assert region(house, id).task is None


def test_every_new_fact_can_be_corrected(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    event = decide(any_house, id, "01", body="RF", on=date(2026, 3, 24), justerat=TODAY).events[0].id
    correct(any_house, event, links="AU:2026-03-10:45", justerat="2026-03-25", tillkannagivet="2026-03-26")
    kept = only(any_house, id)
    assert (kept.links, kept.justerat, kept.tillkannagivet) == ((AU,), date(2026, 3, 25), date(2026, 3, 26))
    with pytest.raises(Refused) as no:
        correct(any_house, event, justerat="2026-03-23")
    assert codes(no.value) == ["justerat_before_decision"]
    delegated: dict[str, Any] = {
        "kind": "delegationsbeslut",
        "body": "annan",
        "delegationspunkt": "4.2",
        "reported_on": "2026-03-26",
    }
    correct(any_house, event, **delegated, justerat="", tillkannagivet="", reported_to="HSN")
    kept = only(any_house, id)
    assert (kept.kind, kept.reported_to, kept.reported_on, kept.justerat) == (
        "delegationsbeslut", "HSN", date(2026, 3, 26), None,
    )  # fmt: skip
    is_whole(any_house)


def test_a_corrected_aterremiss_corrects_the_task(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    event = decide(any_house, id, "01", "aterremitterad", **SENT_BACK).events[0].id
    correct(any_house, event, missing="Kostnaden per invånare", task_due="")
    assert region(any_house, id).task == Task(what="Kostnaden per invånare", owner="Eva")
    correct(any_house, event, outcome="antagen")
    assert (region(any_house, id).task, only(any_house, id).task) == (None, None)
    correct(any_house, event, outcome="bordlagd", missing="Mer tid")
    track(any_house, id, "01", "expediera", version="1")
    correct(any_house, event, missing="Mycket mer tid")
    assert region(any_house, id).task is None, "it has been sent anew"
    is_whole(any_house)


def test_a_step_is_not_taken_back_from_under_what_a_later_withdrawal_made_of_the_region(any_house: House) -> None:
    """The withdrawn återremiss came before the step, but its withdrawal after it: the region has decided since."""
    id = with_the_regions(any_house)
    decide(any_house, id, "01")
    back = decide(any_house, id, "01", "aterremitterad", task_owner="Cia Dahl").events[0].id
    sent = track(any_house, id, "01", "expediera", version="1").events[0].id
    correct(any_house, back, withdraw=True)
    with pytest.raises(Refused) as no:
        correct(any_house, sent, withdraw=True)
    assert codes(no.value) == ["later_event"]
    rb = matter(any_house, id).regions["01"]
    assert (rb.state, rb.category) == ("beslutad", "adopted")


def test_a_paragraph_on_two_days_of_a_year_is_doubted(any_house: House) -> None:
    first, second = with_the_regions(any_house, "01", "03"), with_the_regions(any_house, "01", "03")
    said: dict[str, Any] = {"body": "RS", "paragraph": "§ 41"}
    decide(any_house, first, "01", on=date(2026, 3, 10), **said)
    assert decide(any_house, first, "03", on=date(2026, 3, 17), **said).warnings == (), "another region's §"
    answer = decide(any_house, second, "01", on=date(2026, 3, 17), key="en gång", **said)
    assert [(w.code, w.facts["others"]) for w in answer.warnings] == [("paragraph_twice", first)]
    again = decide(any_house, second, "01", on=date(2026, 3, 17), key="en gång", **said)
    assert again.warnings == answer.warnings
    event = answer.events[0].id
    assert correct(any_house, event, on="2026-03-10").warnings == (), "one § may decide two uppdrag"
    assert [w.code for w in correct(any_house, event, on="2026-03-11").warnings] == ["paragraph_twice"]
    assert correct(any_house, event, on="2025-03-11").warnings == (), "the §§ begin anew each year"
    assert correct(any_house, event, on="2026-03-11", body="RF").warnings == (), "another body's §"


def test_a_file_is_doubted_line_by_line(any_house: House) -> None:
    first, second = with_the_regions(any_house, "01", "03"), with_the_regions(any_house, "01", "03")
    content = (
        "uppdrag;region;utfall;instans;datum;§;led;justerat;tillkännagivet;slag;delegationspunkt;anmält till;anmält\n"
        f"{first};01;antagen;RF;2026-03-24;41;AU:2026-03-10:45, RS:2026-03-17:61;2026-03-25;2026-03-26;;;;\n"
        f"{second};01;antagen;RF;2026-03-26;41;;;;;;;\n"
        f"{second};03;antagen;regiondirektör;2026-03-24;;;;;delegationsbeslut;4.2;RS;2026-03-26\n"
    ).encode()
    answers = batch.decide_file(any_house, "svar.csv", content, actor=REGION, now=NOW)
    assert [[(w.code, w.facts["others"]) for w in a.warnings] for a in answers] == [
        [("paragraph_twice", second)], [("paragraph_twice", first)], [],
    ]  # fmt: skip
    kept = region(any_house, first).decisions[0]
    assert (kept.links[0], kept.justerat, kept.tillkannagivet) == (AU, date(2026, 3, 25), date(2026, 3, 26))
    assert region(any_house, second, "03").decisions[0].reported_on == date(2026, 3, 26)
    is_whole(any_house)


def test_a_decision_before_its_papers_were_sent_is_doubted(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    sent = {"version": "1"}
    command = AdvanceRegion(actor=KANSLI, on=TODAY, region="01", trigger="expediera", facts=sent)
    commands.handle(any_house, id, command, now=NOW)
    answer = decide(any_house, id, "01", on=date(2026, 3, 24), key="en gång")
    assert [w.code for w in answer.warnings] == ["decided_before_sent"]
    assert decide(any_house, id, "01", on=date(2026, 3, 24), key="en gång").warnings == answer.warnings


def test_laga_kraft_is_told_of_each_decision_whose_days_are_known(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    days: dict[str, Any] = {"justerat": date(2026, 3, 12), "tillkannagivet": date(2026, 3, 13)}
    decide(any_house, id, "01", on=date(2026, 3, 10), complete=False, body="RF", **days)
    decide(any_house, id, "01", on=date(2026, 3, 10), body="regiondirektör")
    wrong = decide(any_house, id, "03", on=date(2026, 3, 10), **days).events[0].id
    correct(any_house, wrong, withdraw=True)
    assert tracks.laga_kraft(matter(any_house, id)) == {("01", 1): date(2026, 4, 8)}  # after Easter


def test_what_is_asked_again_with_other_words_is_the_same_decision(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", "aterremitterad", body="RS", on=TODAY, missing="Kostnaden")
    said = Decide(actor=KANSLI, region="01", outcome="aterremitterad", body="RS", on=TODAY, missing="Vad det kostar")
    with pytest.raises(Refused) as no:
        commands.handle(any_house, id, said, now=NOW)
    assert codes(no.value) == ["already_registered"]
