"""Following up on either kind of database: cells chosen from the matrix, one region's own view, what was adopted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cast import KANSLI, NOW, TODAY
from tests.integration.doing import codes, decide, new, step, track, with_the_regions
from uppdrag.service import commands, following, meetings, queries
from uppdrag.service.following import RegionInHand
from uppdrag.service.house import House
from workflow.calendar import parse_span
from workflow.commands import Change
from workflow.errors import NotFound, Refused
from workflow.status import MatrixFilter, StatusFilter

ONE, OTHER = "U2026-20", "U2026-21"


@pytest.fixture
def house(any_house: House) -> House:
    """Two uppdrag with the regions 01, 03 and 13, of which some have decided."""
    assert with_the_regions(any_house, "01", "03", "13") == ONE
    assert with_the_regions(any_house, "01", "03", "13") == OTHER
    decide(any_house, ONE, "01", "antagen", body="RF", on=TODAY, paragraph="8", source="protokollsutdrag")
    decide(any_house, ONE, "03", "antagen_med_anpassning", body="RS", adaptation="Gäller från 2027", source="epost")
    decide(any_house, ONE, "13", "bordlagd", body="RF")
    track(any_house, OTHER, "01", "planera", instans="regionfullmäktige", datum="2026-06-15")
    decide(any_house, OTHER, "13", "avslagen", body="RF", note="Saknar medel")
    return any_house


def chosen(house: House, **wanted: Any) -> list[tuple[str, str]]:
    found = queries.matrix(house, StatusFilter(today=TODAY, after="U2026-19"), MatrixFilter(**wanted))
    assert {row.id for row in found.rows} == {id for id, _ in found.cells}
    assert {region for _, region in found.cells} <= {r.lanskod for r in found.regions}
    return list(found.cells)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"state": "beslutad"}, [(ONE, "01"), (ONE, "03"), (OTHER, "13")]),
        ({"state": "bordlagd"}, [(ONE, "13")]),
        ({"state": "beredd"}, []),
        ({"body": "rf"}, [(ONE, "01"), (ONE, "13"), (OTHER, "01"), (OTHER, "13")]),
        ({"body": "regionstyrelsen"}, [(ONE, "03")]),
        ({"source": "epost"}, [(ONE, "03")]),
        ({"source": "saknas"}, [(ONE, "13"), (OTHER, "01"), (OTHER, "03"), (OTHER, "13")]),
        ({"region": "03"}, [(ONE, "03"), (OTHER, "03")]),
        ({"samverkansregion": "vastra"}, [(ONE, "13"), (OTHER, "13")]),
        ({"samverkansregion": "Sodra", "body": "RF", "state": "beslutad"}, [(OTHER, "13")]),
    ],
)
def test_the_matrix_holds_the_cells_that_were_asked_for(
    house: House, wanted: dict[str, str], found: list[tuple[str, str]]
) -> None:
    assert chosen(house, **wanted) == found


def test_an_uppdrag_state_takes_all_its_cells(house: House) -> None:
    assert len(chosen(house, state="regionbeslut")) == 6


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"region": "99"}, "unknown_region"),
        ({"samverkansregion": "öster"}, "unknown_group"),
        ({"source": "rykte"}, "unknown_source"),
    ],
)
def test_what_does_not_exist_cannot_be_asked_for(house: House, wanted: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        chosen(house, **wanted)
    assert codes(refused.value) == [code]


def in_hand(house: House, lanskod: str) -> RegionInHand:
    return following.region(house, lanskod, now=NOW)


def test_a_region_sees_what_it_has_open_in_the_order_of_its_time_and_then_what_it_has_decided(house: House) -> None:
    soon = new(
        house, "regiongemensamt", regions=("01",), times={"regionbeslut": parse_span("maj 2026")}
    ).uppdrag  # fmt: skip
    found = in_hand(house, "01")
    assert [i.row.id for i in found.open] == [soon, "U2026-01", "U2026-02", OTHER]
    assert [i.window and i.window.last for i in found.open] == [
        date(2026, 5, 31), date(2026, 9, 30), date(2027, 6, 30), None,
    ]  # fmt: skip
    assert [i.row.id for i in found.decided] == [ONE]
    assert (found.open[-1].cell.planned_on, found.open[-1].cell.planned_body) == (date(2026, 6, 15), "RF")


def test_a_known_handlingsstopp_goes_before_the_end_of_the_window(house: House) -> None:
    rows = "01;AU;2026-05-04;2026-04-20\n01;RS;2026-05-12;\n01;RF;2026-09-22;\n"
    content = f"länskod;organ;datum;handlingsstopp\n{rows}".encode()
    meetings.import_meetings(house, "möten.csv", content, actor=KANSLI, now=NOW)
    soon = new(house, "regiongemensamt", regions=("01",), times={"regionbeslut": parse_span("maj 2026")}).uppdrag
    found = [(i.row.id, i.fits and i.fits.verdict, i.fits and i.fits.send_by) for i in in_hand(house, "01").open]
    by = date(2026, 4, 20)
    assert found[:3] == [("U2026-01", "ryms", by), ("U2026-02", "ryms", by), (soon, "ryms_inte", None)]
    assert queries.matrix(house, StatusFilter(today=TODAY)).fits["U2026-01", "01"].verdict == "ryms"
    assert (ONE, "01") not in queries.matrix(house, StatusFilter(today=TODAY)).fits, "it has decided"


def test_a_region_does_not_see_as_open_what_has_been_stopped(house: House) -> None:
    step(house, OTHER, "avbryt", skal="Behövs inte")
    assert OTHER not in [i.row.id for i in in_hand(house, "03").open]
    assert [i.row.id for i in in_hand(house, "13").decided] == [OTHER]


def test_a_region_sees_what_the_others_have_decided_but_not_itself(house: House) -> None:
    by_id = {i.row.id: i for i in in_hand(house, "13").open}
    others = by_id[ONE].others
    assert (others.concerned, others.adopted, others.rejected, others.pending) == (2, 2, 0, 0)
    assert [(d.region, d.adaptation, d.proposal_version) for d in by_id[ONE].adapted] == [("03", "Gäller från 2027", 1)]
    mine = in_hand(house, "03").decided[0]
    assert (mine.others.adopted, mine.adapted) == (1, ())


def test_an_unknown_region_is_refused(house: House) -> None:
    with pytest.raises(Refused) as refused:
        in_hand(house, "99")
    assert codes(refused.value) == ["unknown_region"]


def test_adaptations_tell_what_was_recommended_and_what_each_region_made_of_it(house: House) -> None:
    found = following.adaptations(house, ONE, now=NOW)
    assert (found.recommended.version, found.recommended.paragraph, found.recommended.on) == (1, "5", "2026-03-20")
    told = [(d.region, d.outcome, d.adaptation, d.body, d.paragraph, d.source, d.concluded) for d in found.taken]
    assert told == [
        ("01", "antagen", "", "RF", "8", "protokollsutdrag", True),
        ("03", "antagen_med_anpassning", "Gäller från 2027", "RS", "", "epost", True),
    ]
    (rejected,) = following.adaptations(house, OTHER, now=NOW).taken
    assert (rejected.category, rejected.note, rejected.adapted) == ("rejected", "Saknar medel", False)


def test_a_decision_that_was_annulled_or_decided_anew_no_longer_counts_as_adopted(house: House) -> None:
    track(house, ONE, "01", "upphav", beslut="1", upphavt_av="Kammarrätten")
    decide(house, ONE, "03", "avslagen", body="RF")
    taken = following.adaptations(house, ONE, now=NOW).taken
    assert [(d.region, d.outcome) for d in taken] == [("03", "avslagen")]


def test_a_region_with_more_decisions_to_come_is_told_so(house: House) -> None:
    decide(house, OTHER, "03", "antagen_med_anpassning", body="RF", adaptation="Egen form", complete=False)
    told = {d.region: d for d in following.adaptations(house, OTHER, now=NOW).taken}
    assert (told["03"].adapted, told["03"].concluded, told["13"].concluded) == (True, False, True)


def test_an_older_version_that_was_adopted_says_so(house: House) -> None:
    step(house, "U2026-01", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="2")
    step(house, "U2026-01", "godkann", mote="2026-03-20", paragraf="6", forslagsversion="3")
    decide(house, "U2026-01", "01", "antagen", body="RF", proposal_version=2)
    found = following.adaptations(house, "U2026-01", now=NOW)
    assert (found.recommended.version, found.recommended.paragraph) == (3, "6")
    assert [d.proposal_version for d in found.taken] == [2]


def test_adaptations_are_of_uppdrag_that_regions_decide(house: House) -> None:
    with pytest.raises(Refused) as refused:
        following.adaptations(house, "U2026-06", now=NOW)
    assert codes(refused.value) == ["no_track"]
    with pytest.raises(NotFound):
        following.adaptations(house, "U2026-99", now=NOW)


def test_a_title_may_be_made_sensitive_afterwards(house: House) -> None:
    change = Change(actor=KANSLI, why="Bedömt", attributes={"neutral_title": "Ett ärende"}, sensitive=True)
    with commands.writing(house) as session:
        commands.advance(house, session, ONE, change, NOW, regions="*")
    assert in_hand(house, "13").open[-1].row.id == ONE
    assert {i.row.shown_title for i in in_hand(house, "03").decided} == {"Ett ärende"}
