"""Chefsgruppens möte on the command line: from the year's dates to a justerat protokoll."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    assert "Kallelsen till mötet 2026-03-27 skulle gå ut 2026-03-18." in meeting("todo").out


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
    assert "ligger fast" in meeting("summon", "2026-03-27", "--channel", "annan").out
    assert "ligger fast" in meeting("move", "2026-03-27", "5", "6").err
    assert meeting("edit", "2026-03-27", "5", "--kind", "skoj").status == 1
    assert meeting("edit", "2026-03-27", "5", "--title", "rad\nbryt").status == 1


PROTOKOLL = """
ordforande: Ove Ord
sekreterare: Anna Ek
narvarande: [Eva Ek, {namn: Bo Bo, lamnade: 14.10}]
forsta_paragraf: 12
punkter:
  - {punkt: 1, utfall: antecknad}
  - {punkt: 2, utfall: bifall}
  - {punkt: 3, utfall: bifall, beslut: Bo Bo utses.}
  - {punkt: 4, utfall: antecknad}
  - punkt: 5
    utfall: bifall
    avvikande_mening: [Eva Ek anser att det brådskar.]
    atgarder: [{vad: Ta fram direktivet, vem: Bo Bo, senast: 2026-04-10}]
"""


def test_the_minutes_close_the_meeting_and_are_justerade(meeting: Kansli, kansli: Kansli, tmp_path: Path) -> None:
    file = tmp_path / "protokoll.yaml"
    file.write_text(PROTOKOLL, encoding="utf-8")
    assert "Kallelsen har inte gått ut" in meeting("minutes", "2026-03-27", "--file", str(file)).err
    assert meeting("summon", "2026-03-27", "--channel", "annan").status == 0
    taken = meeting("minutes", "2026-03-27", "--file", str(file))
    assert "Närvarande: Eva Ek, Bo Bo (till 14.10)" in taken.out
    assert "Åtgärd: Ta fram direktivet (Bo Bo senast 2026-04-10)" in taken.out
    refused = meeting("close", "2026-03-27")
    assert refused.status == 1
    numbers = [i["number"] for i in meeting("minutes", "2026-03-27", "--format", "json").json()["items"]]
    left = [n for n in numbers if n > 5]
    assert all(f"Punkt {n} " in refused.err for n in left)
    rest = "\n".join(f"  - {{punkt: {n}, utfall: antecknad}}" for n in left)
    file.write_text(PROTOKOLL + rest, encoding="utf-8")
    assert meeting("minutes", "2026-03-27", "--file", str(file)).status == 0
    assert "Det här skulle hända: 1 uppdrag flyttas." in meeting("close", "2026-03-27", "--dry-run").out
    assert "Chefsgruppsbeslut" not in kansli("status", "U2026-04").out
    done = meeting("close", "2026-03-27")
    assert f"Paragraferna är § 12–{11 + len(numbers)}." in done.out
    assert "Inget är skickat." in done.out
    assert "Chefsgruppsbeslut" in kansli("status", "U2026-04").out
    assert meeting("approve", "2026-03-27", "§ 16", "--by", "Eva Ek").out == "Justerat: § 16.\n"
    assert meeting("approve", "2026-03-27", "sexton").status == 2
    assert "SHA-256" in meeting("approve", "2026-03-27").out
    shown = meeting("minutes", "2026-03-27").out
    assert "§ 16 5 U2026-04" in shown
    assert "justerad" in shown
    assert kansli("verify").status == 0
    file.write_text("punkter: [{punkt: 1, utfall: kanske}]", encoding="utf-8")
    assert "protokoll.yaml:1" in meeting("minutes", "2026-03-27", "--file", str(file)).err
    assert meeting("minutes", "2026-03-27", "--file", str(tmp_path / "borta.yaml")).status == 1
