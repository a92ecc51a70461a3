"""What följeforskningen gets: every line of the record, each column explained, and nobody's name."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path
from typing import IO

import pytest
from sqlmodel import SQLModel

from storage import log, people, tables
from tests.cast import NOW, actor
from tests.integration.lived import FIRST, live_a_little, step
from uppdrag.service import commands, queries, research
from uppdrag.service.house import House
from uppdrag.service.research_fields import BESLUT, FILES, HANDELSER, LEFT_OUT, UPPDRAG
from workflow.commands import Decide
from workflow.status import StatusFilter

_NAMES = "Ingegerd Hemlig", "ingegerd@hemlig.example", "Mikael O'Neill", "Öberg"
_TABLES: dict[str, type[SQLModel]] = {
    UPPDRAG: tables.UppdragRow, HANDELSER: tables.EventRow, BESLUT: tables.BeslutRow
}  # fmt: skip


def to(folder: Path) -> Callable[[str], AbstractContextManager[IO[bytes]]]:
    return lambda name: (folder / name).open("xb")


def read(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO((folder / name).read_text("utf-8-sig")), delimiter=";"))


def with_names_everywhere(house: House) -> None:
    """A name wherever somebody may write one about a decision."""
    live_a_little(house)
    name, mail, other, _ = _NAMES
    given = Decide(
        actor=actor("region", other), region="09", outcome="antagen_med_anpassning", kind="delegationsbeslut",
        body=name, delegationspunkt=name, reported_to=f"{name} på RS", dnr=f"RS {name}", adaptation=f"{name} vill",
        note=f"ring {mail}", paragraph="12", links=f"{name}:2026-03-10",
    )  # fmt: skip
    commands.handle(house, FIRST, given, now=NOW)
    step(house, "U2026-05", "bered", ansvarig=name, natverk=f"{other}s nätverk")


@pytest.mark.parametrize("name", FILES)
def test_every_column_of_the_database_is_decided_on(name: str) -> None:
    held = {column.name for column in tables.columns(_TABLES[name])}
    told = [field.of for field in FILES[name] if field.of]
    assert len(told) == len(set(told))
    assert {*told, *LEFT_OUT[name]} == held
    assert not set(told) & set(LEFT_OUT[name])


def test_nobody_is_named(any_house: House, tmp_path: Path) -> None:
    with_names_everywhere(any_house)
    research.write(any_house, to(tmp_path), now=NOW)
    text = "".join(path.read_text("utf-8-sig") for path in tmp_path.glob("*.csv"))
    with any_house.database.reading() as session:
        known = {h.name for h in people.all_holders(session)} | {h.email for h in people.all_holders(session)}
        for row in queries.status(any_house, StatusFilter(today=NOW.date())):
            known |= {e.actor.name for e in log.read(session, row.id)} | {row.owner}
    for person in {*known, *_NAMES} - {"", "kansliet", "Region Uppsala"}:
        assert person not in text, person
    assert "@" not in text


def test_every_event_and_decision_is_there_and_a_sensitive_title_is_not(any_house: House, tmp_path: Path) -> None:
    with_names_everywhere(any_house)
    counts = research.write(any_house, to(tmp_path), now=NOW)
    events = read(tmp_path, HANDELSER)
    with any_house.database.reading() as session:
        wanted = [(e.stream, str(e.seq)) for e in log.read(session, FIRST)]
    assert [(e["uppdrag"], e["nummer"]) for e in events if e["uppdrag"] == FIRST] == wanted
    decided = read(tmp_path, BESLUT)
    assert counts == {UPPDRAG: 20, HANDELSER: len(events), BESLUT: len(decided)}
    one = next(b for b in decided if b["region"] == "09")
    assert (one["utfall"], one["instans"], one["led_fore"]) == ("antagen_med_anpassning", "annan", "annan")
    secret = queries.detail(any_house, "U2026-09", now=NOW).row
    told = {u["uppdrag"]: u["rubrik"] for u in read(tmp_path, UPPDRAG)}
    assert (secret.sensitive, told["U2026-09"]) == (True, secret.neutral_title)


def test_the_dictionary_explains_every_column_of_every_file(house: House, tmp_path: Path) -> None:
    research.write(house, to(tmp_path), now=NOW)
    explained = {(r["fil"], r["kolumn"]) for r in read(tmp_path, research.DICTIONARY) if r["kolumn"]}
    held = {
        (name, column) for name in FILES
        for column in (tmp_path / name).read_text("utf-8-sig").splitlines()[0].split(";")
    }  # fmt: skip
    assert explained == held


def test_the_same_database_gives_the_same_bytes(house: House, tmp_path: Path) -> None:
    live_a_little(house)
    once, again = tmp_path / "a", tmp_path / "b"
    for folder in (once, again):
        folder.mkdir()
        research.write(house, to(folder), now=NOW)
    assert {p.name: p.read_bytes() for p in once.iterdir()} == {p.name: p.read_bytes() for p in again.iterdir()}
