"""What a region has decided: several decisions, what they amount to, and what corrections do to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import KANSLI, NOW, REGION, TODAY, actor
from tests.integration.doing import codes, correct, decide, matter, state, track, with_the_regions
from uppdrag.service import batch, figures, queries
from uppdrag.service.batch import Line
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.errors import LinesRefused, Refused
from workflow.figures import BY_REGIONS, period_of
from workflow.model import Regionbeslut
from workflow.status import StatusFilter


def region(house: House, id: str, lanskod: str = "01") -> Regionbeslut:
    return matter(house, id).regions[lanskod]


def test_the_last_region_to_conclude_closes_the_uppdrag_by_itself(any_house: House) -> None:
    id = with_the_regions(any_house)
    decide(any_house, id, "01")
    assert state(any_house, id) == "regionbeslut"
    closing = decide(any_house, id, "03", "avslagen")
    assert [e.state for e in closing.events] == ["regionbeslut", "slutbehandlad"]
    assert closing.events[1].actor == closing.events[0].actor
    assert closing.events[1].cause == closing.events[0].seq


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ((date(2026, 3, 20), date(2026, 3, 10)), date(2026, 3, 20)),
        ((None, date(2026, 3, 10)), date(2026, 3, 10)),
        ((date(2026, 3, 20), None), None),
    ],
)
def test_a_region_has_decided_on_the_latest_day_of_its_set_in_whatever_order_it_was_told(
    any_house: House, said: tuple[date | None, date | None], day: date | None
) -> None:
    id = with_the_regions(any_house)
    decide(any_house, id, "01", body="RF", on=said[0], complete=False)
    decide(any_house, id, "01", body="RS", on=said[1])
    cell = queries.matrix(any_house, StatusFilter(today=TODAY)).cells[id, "01"]
    deciding = region(any_house, id).deciding
    assert deciding is not None
    assert (cell.decided_on, cell.body) == (day, deciding.body) == (deciding.on, "RF" if said[0] == day else "RS")
    year = period_of("2026")
    assert year is not None
    told = figures.of_period(any_house, year, known_by=NOW + timedelta(seconds=1))
    assert [s.on for s in (*told.of(*BY_REGIONS).counted, *told.undated.of(*BY_REGIONS).counted)] == [day]


def test_a_region_that_is_not_concerned_concludes_too(any_house: House) -> None:
    id = with_the_regions(any_house)
    decide(any_house, id, "01", "ej_berord", note="Saknar ambulansflyg")
    decide(any_house, id, "03", "avslagen")
    counts = matter(any_house, id).uppdrag.counts
    assert (counts.adopted, counts.rejected, counts.not_concerned) == (0, 1, 1)
    assert state(any_house, id) == "slutbehandlad"


@pytest.mark.parametrize("outcome", ["aterremitterad", "bordlagd", "overlamnad", "utgar", "antecknad"])
def test_an_open_outcome_leaves_the_region_open(house: House, outcome: str) -> None:
    id = with_the_regions(house, "01")
    decide(house, id, "01", outcome)
    assert not region(house, id).concluded
    assert region(house, id).outcome == outcome
    assert state(house, id) == "regionbeslut"
    decide(house, id, "01")
    assert state(house, id) == "slutbehandlad"


def test_a_decision_needs_no_step_before_it(any_house: House) -> None:
    id = with_the_regions(any_house)
    assert region(any_house, id).state == "ej_expedierad"
    assert decide(any_house, id, "01").events[0].region == "01"


@pytest.mark.parametrize(
    ("outcomes", "amounts_to", "category"),
    [
        (["antagen", "antagen"], "antagen", "adopted"),
        (["antagen", "antagen_med_anpassning"], "antagen_med_anpassning", "adopted"),
        (["antagen", "avslagen", "antagen_med_anpassning"], "avslagen", "rejected"),
        (["ej_berord", "antagen"], "antagen", "adopted"),
        (["ej_berord"], "ej_berord", "not_concerned"),
        (["bordlagd", "antagen"], "antagen", "adopted"),
    ],
)
def test_a_set_of_decisions_amounts_to_its_weightiest(
    house: House, outcomes: list[str], amounts_to: str, category: str
) -> None:
    id = with_the_regions(house, "01", "03")
    for i, outcome in enumerate(outcomes, start=1):
        decide(house, id, "01", outcome, note=f"Beslut {i}", adaptation="Egen form", complete=i == len(outcomes))
    assert (region(house, id).outcome, region(house, id).category) == (amounts_to, category)
    assert [d.set_no for d in region(house, id).decisions] == [1] * len(outcomes)


def test_a_region_is_open_until_the_registrant_says_that_the_set_is_whole(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", body="RF", complete=False)
    assert region(any_house, id).state == "delvis_beslutad"
    assert state(any_house, id) == "regionbeslut"
    decide(any_house, id, "01", body="RS")
    assert state(any_house, id) == "slutbehandlad"


def test_a_new_decision_by_a_concluded_region_begins_a_new_set(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", "avslagen")
    decide(any_house, id, "01", "antagen", note="Omprövat")
    assert [(d.set_no, d.outcome) for d in region(any_house, id).decisions] == [(1, "avslagen"), (2, "antagen")]
    assert region(any_house, id).category == "adopted"


def test_the_same_decision_entered_by_two_people_is_one(any_house: House) -> None:
    id = with_the_regions(any_house)
    first = decide(any_house, id, "01", paragraph="§ 7", on=TODAY).events[0]
    with pytest.raises(Refused) as refused:
        decide(any_house, id, "01", by=KANSLI, paragraph="7", on=TODAY)
    assert codes(refused.value) == ["already_registered"]
    assert refused.value.refusals[0].facts["event"] == first.id


def test_a_decision_names_the_version_that_the_region_was_sent(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03", "04")
    assert decide(any_house, id, "03").events
    track(any_house, id, "01", "expediera", version="1")
    decide(any_house, id, "01")
    assert [region(any_house, id, lk).decisions[0].proposal_version for lk in ("01", "03")] == [1, 1]
    with pytest.raises(Refused) as refused:
        decide(any_house, id, "04", proposal_version=2)
    assert codes(refused.value) == ["no_such_version"]


@pytest.mark.parametrize("version", [-1, 10**30])
def test_a_version_that_is_no_number_is_refused(any_house: House, version: int) -> None:
    with pytest.raises(Refused) as refused:
        decide(any_house, with_the_regions(any_house), "01", proposal_version=version)
    assert codes(refused.value) == ["not_a_number"]


def test_everything_wrong_with_a_decision_is_told_at_once(any_house: House) -> None:
    id = with_the_regions(any_house)
    with pytest.raises(Refused) as refused:
        decide(any_house, id, "01", "antagen_med_anpassning", by=actor("chefsgrupp"), source="rykte", paragraph="sju")
    assert sorted(codes(refused.value)) == ["decision_needs", "not_a_choice", "not_a_paragraph", "role_not_allowed"]


@pytest.mark.parametrize(
    ("lanskod", "code"), [("25", "region_not_concerned"), ("99", "unknown_region"), ("1", "unknown_region")]
)
def test_a_region_that_has_no_part_in_it_cannot_decide(house: House, lanskod: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(house, with_the_regions(house), lanskod)
    assert codes(refused.value) == [code]


def test_regions_cannot_decide_before_the_chefsgrupp_has_approved(house: House) -> None:
    with pytest.raises(Refused) as refused:
        decide(house, "U2026-01", "01")
    assert codes(refused.value) == ["not_open_for_regions"]


def test_a_corrected_decision_reopens_the_uppdrag_and_closes_it_again(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    event = decide(any_house, id, "01").events[0].id
    reopening = correct(any_house, event, outcome="bordlagd")
    assert [e.state for e in reopening.events] == ["slutbehandlad", "regionbeslut"]
    closing = correct(any_house, event, outcome="avslagen")
    assert closing.state == "slutbehandlad"
    assert matter(any_house, id).uppdrag.counts.rejected == 1
    assert len(region(any_house, id).decisions) == 1


def test_a_withdrawn_decision_is_still_there_but_counts_for_nothing(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    track(any_house, id, "01", "ta_emot", dnr="RS 7")
    event = decide(any_house, id, "01").events[0].id
    assert correct(any_house, event, withdraw=True).state == "regionbeslut"
    rb = region(any_house, id)
    assert [d.withdrawn for d in rb.decisions] == [True]
    assert (rb.category, rb.outcome, rb.dnr) == ("", "", "RS 7")
    with pytest.raises(Refused) as refused:
        correct(any_house, event, withdraw=True)
    assert codes(refused.value) == ["already_withdrawn"]


def test_a_withdrawn_decision_lets_the_set_before_it_count_as_it_now_stands(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    first = decide(any_house, id, "01", "antagen").events[0].id
    second = decide(any_house, id, "01", "bordlagd", note="Omprövas").events[0].id
    correct(any_house, first, outcome="avslagen")
    assert region(any_house, id).category == ""
    correct(any_house, second, withdraw=True)
    assert region(any_house, id).category == "rejected"


def test_a_corrected_paragraph_does_not_move_the_region_back(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    event = decide(any_house, id, "01", "aterremitterad", paragraph="7").events[0].id
    track(any_house, id, "01", "expediera", version="1")
    correct(any_house, event, paragraph="8")
    assert (region(any_house, id).state, region(any_house, id).decisions[0].paragraph) == ("expedierad", "8")


def test_a_corrected_open_outcome_does_not_take_back_the_steps_since(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    event = decide(any_house, id, "01", "aterremitterad").events[0].id
    track(any_house, id, "01", "expediera", version="1")
    correct(any_house, event, outcome="bordlagd")
    assert (region(any_house, id).state, region(any_house, id).outcome) == ("expedierad", "bordlagd")
    correct(any_house, event, outcome="antagen")
    assert region(any_house, id).concluded


def test_an_annulled_decision_opens_the_region_again(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01")
    reopening = track(any_house, id, "01", "upphav", beslut="1", upphavt_av="Förvaltningsrätten i Uppsala")
    assert [e.state for e in reopening.events] == ["slutbehandlad", "regionbeslut"]
    assert [d.withdrawn for d in region(any_house, id).decisions] == [True]
    assert region(any_house, id).category == ""
    with pytest.raises(Refused):
        track(any_house, id, "01", "upphav", beslut="1", upphavt_av="Förvaltningsrätten i Uppsala")


def test_one_of_two_decisions_annulled_leaves_what_the_other_amounts_to(any_house: House) -> None:
    id = with_the_regions(any_house, "01")
    decide(any_house, id, "01", "avslagen", body="RF", complete=False)
    decide(any_house, id, "01", "antagen", body="RS")
    assert region(any_house, id).category == "rejected"
    track(any_house, id, "01", "upphav", beslut="1", upphavt_av="Kammarrätten")
    assert region(any_house, id).category == "adopted"
    assert state(any_house, id) == "slutbehandlad"


def lines(id: str, *decisions: Decide) -> list[Line]:
    return [Line(number, id, command, f"fil:{number}") for number, command in enumerate(decisions, start=2)]


def test_a_file_of_decisions_is_kept_whole_and_can_be_sent_again(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    made = lines(id, *(Decide(actor=REGION, region=lk, outcome="antagen") for lk in ("01", "03")))
    told: list[int] = []
    answers = batch.decide_many(any_house, "svar.csv", made, now=NOW, progress=told.append)
    assert [a.state for a in answers] == ["regionbeslut", "slutbehandlad"]
    assert told[-1] == 2
    again = batch.decide_many(any_house, "svar.csv", made, now=NOW)
    assert all(a.repeated for a in again)
    assert queries.verify(any_house).findings == ()


def test_a_file_with_bad_lines_changes_nothing_and_names_each(any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    before = len(queries.history(any_house, id))
    good = Decide(actor=REGION, region="01", outcome="antagen")
    bad = [
        Decide(actor=REGION, region="99", outcome="antagen"), Decide(actor=REGION, region="03", outcome="kanske"),
        Decide(actor=REGION, region="01", outcome="antagen"), Decide(actor=REGION, region="03", outcome="ej_berord"),
    ]  # fmt: skip
    made = [*lines(id, good, *bad), Line(9, "U2026-99", good)]
    with pytest.raises(LinesRefused) as refused:
        batch.decide_many(any_house, "svar.csv", made, now=NOW)
    assert [(number, no.code) for number, no in refused.value.lines] == [
        (3, "unknown_region"), (4, "unknown_outcome"), (5, "already_registered"), (6, "decision_needs"),
        (9, "no_such_uppdrag"),
    ]  # fmt: skip
    assert len(queries.history(any_house, id)) == before
    assert queries.verify(any_house).findings == ()
