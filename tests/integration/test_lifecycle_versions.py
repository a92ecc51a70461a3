"""New versions of a lifecycle: published once, never edited, and moved to by the uppdrag that can."""

from __future__ import annotations

from pathlib import Path

import pytest

from definitions import loader
from definitions.source import Source
from tests.cast import KANSLI, NOW
from tests.integration.doing import codes, matter, new, step
from uppdrag.service import catalogue, chefsgrupp, queries
from uppdrag.service.house import House
from workflow.errors import DefinitionEdited, DefinitionInvalid, NotFound, Refused
from workflow.events import Migrated

FIRST = next(s for s in loader.packaged("lifecycle") if s.file == "atagande-1.yaml")
OPEN, GOING_ON = "U2026-06", "U2026-08"


def second(*changes: tuple[str, str]) -> Source:
    """The lifecycle's next version."""
    text = FIRST.text.replace("version: 1", "version: 2")
    for old, new_text in changes:
        assert old in text, old
        text = text.replace(old, new_text)
    return Source("atagande-2.yaml", text)


RENAMED = second(("Uppföljning", "Lägesbild"), ("trigger: folj_upp", "trigger: rapportera"))
WITHOUT_PAGAR = second(("pagar", "arbetet"))


@pytest.fixture
def with_one_going_on(any_house: House) -> House:
    step(any_house, GOING_ON, "paborja", ansvarig="Cia Dahl")
    return any_house


def file(folder: Path, source: Source) -> str:
    path = folder / source.file
    path.write_text(source.text, encoding="utf-8")
    return str(path)


def test_a_published_version_that_was_edited_is_refused(any_house: House) -> None:
    edited = Source("atagande-1.yaml", FIRST.text.replace("Uppföljning", "Lägesbild"))
    with pytest.raises(DefinitionEdited):
        catalogue.publish(any_house, [edited], now=NOW)
    assert catalogue.publish(any_house, [FIRST], now=NOW) == []


def test_a_new_uppdrag_follows_the_newest_version_and_the_others_stay(any_house: House) -> None:
    assert catalogue.publish(any_house, [RENAMED], now=NOW) == ["atagande/2"]
    id = new(any_house).uppdrag
    assert matter(any_house, id).uppdrag.lifecycle_version == 2
    assert matter(any_house, OPEN).uppdrag.lifecycle_version == 1
    assert queries.verify(any_house).findings == ()


def test_nothing_is_published_when_one_of_the_files_will_not_do(any_house: House) -> None:
    bad = Source("bad.yaml", second().text.replace("version: 2", "version: 3").replace("to: avslutad", "to: borta"))
    with pytest.raises(DefinitionInvalid):
        catalogue.publish(any_house, [RENAMED, bad], now=NOW)
    assert ("atagande", 2) not in {(d.id, d.version) for d in catalogue.listed(any_house)}


def test_a_rehearsed_move_tells_what_would_change_for_each_and_moves_none(
    with_one_going_on: House, tmp_path: Path
) -> None:
    (move,) = catalogue.migrate(
        with_one_going_on, [file(tmp_path, RENAMED)], actor=KANSLI, now=NOW, dry_run=True
    )  # fmt: skip
    assert move.published == ("atagande/2",)
    assert {m.uppdrag: (m.gained, m.lost) for m in move.moves}[GOING_ON] == (("rapportera",), ("folj_upp",))
    assert {m.uppdrag: (m.gained, m.lost) for m in move.moves}[OPEN] == ((), ())
    with pytest.raises(NotFound):
        catalogue.lifecycle(with_one_going_on, "atagande/2")
    assert matter(with_one_going_on, GOING_ON).uppdrag.lifecycle_version == 1


def test_a_move_takes_every_uppdrag_along(with_one_going_on: House, tmp_path: Path) -> None:
    house = with_one_going_on
    (move,) = catalogue.migrate(house, [file(tmp_path, RENAMED)], actor=KANSLI, now=NOW, dry_run=False)
    assert OPEN in {m.uppdrag for m in move.moves}
    assert isinstance(queries.history(house, GOING_ON)[-1].event, Migrated)
    assert step(house, GOING_ON, "rapportera", laget="Bra").state == "pagar"
    with pytest.raises(Refused):
        step(house, GOING_ON, "folj_upp", laget="Bra")
    assert queries.verify(house).findings == ()
    (again,) = catalogue.migrate(house, ["atagande"], actor=KANSLI, now=NOW, dry_run=False)
    assert again.moves == ()


def test_an_uppdrag_that_cannot_be_moved_stops_the_move_and_says_why(with_one_going_on: House, tmp_path: Path) -> None:
    house, target = with_one_going_on, file(tmp_path, WITHOUT_PAGAR)
    (rehearsed,) = catalogue.migrate(house, [target], actor=KANSLI, now=NOW, dry_run=True)
    stuck = {m.uppdrag: [r.code for r in m.refusals] for m in rehearsed.moves if m.refusals}
    assert stuck == {GOING_ON: ["state_gone"]}
    with pytest.raises(Refused) as refused:
        catalogue.migrate(house, [target], actor=KANSLI, now=NOW, dry_run=False)
    assert codes(refused.value) == ["state_gone"]
    assert matter(house, OPEN).uppdrag.lifecycle_version == 1


def test_a_version_from_a_move_that_was_refused_is_forgotten(with_one_going_on: House, tmp_path: Path) -> None:
    """What it would have been must not stand in for what is published under its number later."""
    house = with_one_going_on
    with pytest.raises(Refused):
        catalogue.migrate(house, [file(tmp_path, WITHOUT_PAGAR)], actor=KANSLI, now=NOW, dry_run=False)
    catalogue.publish(house, [RENAMED], now=NOW)
    assert "pagar" in catalogue.lifecycle(house, "atagande/2").by_state


def test_an_uppdrag_can_be_moved_back(with_one_going_on: House) -> None:
    house = with_one_going_on
    catalogue.publish(house, [RENAMED], now=NOW)
    catalogue.migrate(house, ["atagande/2"], actor=KANSLI, now=NOW, dry_run=False)
    catalogue.migrate(house, ["atagande/1"], actor=KANSLI, now=NOW, dry_run=False)
    assert matter(house, GOING_ON).uppdrag.lifecycle_version == 1
    assert queries.verify(house).findings == ()


@pytest.mark.parametrize("target", ["atagande/9", "finns_inte", "finns_inte/1"])
def test_a_version_that_does_not_exist_is_not_found(any_house: House, target: str) -> None:
    with pytest.raises(NotFound):
        catalogue.migrate(any_house, [target], actor=KANSLI, now=NOW, dry_run=False)


def test_a_new_form_of_the_agenda_is_taken_into_use_and_a_faulty_one_is_not(any_house: House) -> None:
    (packaged,) = loader.packaged("agenda")
    text = packaged.text.replace("version: 1", "version: 2", 1)
    faulty = Source("egen-2.yaml", text.replace("triggers: [besluta]", "triggers: [slopa]", 1))
    with pytest.raises(DefinitionInvalid) as invalid:
        catalogue.publish(any_house, [faulty], now=NOW)
    assert any("slopa" in str(p) and p.line for p in invalid.value.problems)
    assert [str(p) for p in catalogue.check([faulty])] == [str(p) for p in invalid.value.problems]
    mine = Source("egen-2.yaml", text.replace("Mötets öppnande och närvaro", "Välkomna", 1))
    assert catalogue.check([mine]) == ()
    assert catalogue.publish(any_house, [mine], now=NOW) == ["chefsgrupp/2"]
    with any_house.database.reading() as session:
        assert chefsgrupp.form_of(any_house, session).opening[0].title == "Välkomna"
    assert any(d.kind == "agenda" and d.version == 2 for d in catalogue.listed(any_house))
