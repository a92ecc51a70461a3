"""Chefsgruppens möte on the command line: from the year's dates to a justerat protokoll."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]


@pytest.fixture
def meeting(kansli: Kansli) -> Kansli:
    """`uppdrag meeting ...`, with the year's meetings planned and one matter before its directive."""
    assert kansli("meeting", "plan", "2026", "2026-03-27", "2026-04-24", "--place", "Uppsala").status == 0
    bered = ("advance", "U2026-04", "bered", "--as", "kansli", "--by", "Anna", "--set", "ansvarig=Bo")
    assert kansli(*bered, "--set", "natverk=HSD-nätverket").status == 0
    return lambda *arguments: kansli("meeting", *arguments)


def test_the_years_meetings_are_planned_and_listed(meeting: Kansli) -> None:
    shown = meeting("list", "--year", "2026")
    assert "2026-03-27 09.00  Uppsala  2026-03-13" in shown.out
    (march, april) = meeting("list", "--format", "json").json()
    assert (march["summons_on"], march["adjust_by"], april["status"]) == ("2026-03-18", "2026-04-14", "planerat")
    assert "fanns redan" in meeting("plan", "2026", "2026-03-27").out
    assert meeting("plan", "2026", "2027-01-01").status == 1
    assert meeting("plan", "2026", "i morgon").status == 2


def test_an_agenda_is_made_in_a_few_commands(meeting: Kansli) -> None:
    first = meeting("agenda", "2026-03-27")
    assert "5. U2026-04 Robusta kommunikationer" in first.out
    assert "Varför: Läget är Beredd." in first.out
    assert meeting("add", "2026-03-27", "--title", "Lokaler", "--minutes", "15").status == 0
    assert meeting("edit", "2026-03-27", "5", "--presenter", "Cia Dahl", "--seen", "2").status == 0
    late = meeting("drop", "2026-03-27", "5", "--seen", "2", "--by", "Bo")
    assert late.status == 1
    assert "kansliet 2026-03-27 09.00: 5 U2026-04" in late.err
    items = meeting("agenda", "2026-03-27", "--format", "json").json()["items"]
    assert [i["presenter"] for i in items if i["uppdrag"] == "U2026-04"] == ["Cia Dahl"]
    assert "Lokaler" in meeting("agenda", "2026-03-27", "--format", "csv").out
    assert "föredragande" in meeting("agenda", "2026-03-27", "--since", "1").out
    assert "ligger fast" in meeting("summon", "2026-03-27").out
    assert "ligger fast" in meeting("move", "2026-03-27", "5", "6").err
    assert meeting("edit", "2026-03-27", "5", "--kind", "skoj").status == 1
    assert meeting("edit", "2026-03-27", "5", "--title", "rad\nbryt").status == 1
