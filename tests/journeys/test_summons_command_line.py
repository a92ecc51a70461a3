"""The kallelse on the command line: shown, sent, changed, moved and called off."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]
PEOPLE = """befattning;region;namn;e-post;form
ordförande;;Ove Ord;ove@nspl.example;ordinarie
chefsgrupp;03;Eva Ek;eva@r03.example;ordinarie
chefsgrupp;14;Bo Bo;;ordinarie
adjungerad;;Ada Skr;ada@skr.example;ordinarie
kansli;;Kim Kans;kansli@nspl.example;ordinarie
"""


@pytest.fixture
def meeting(kansli: Kansli, tmp_path: Path) -> Kansli:
    """`uppdrag meeting ...`, with meetings in April and June and four people, one of them without an address."""
    file = tmp_path / "personer.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    assert kansli("people", "import", str(file)).status == 0
    assert kansli("meeting", "plan", "2026", "2026-04-24", "2026-06-12", "--place", "Uppsala").status == 0
    return lambda *arguments: kansli("meeting", *arguments)


def test_the_kallelse_is_shown_confirmed_sent_and_changed(meeting: Kansli, kansli: Kansli) -> None:
    stopped = meeting("summon", "2026-04-24")
    assert stopped.status == 1
    assert "Bo Bo, ledamot av chefsgruppen i Västra Götalandsregionen, har ingen adress" in stopped.err
    shown = meeting("summon", "2026-04-24", "--without", "Bo Bo", "--dry-run")
    assert re.search(r"Eva Ek +ledamot +eva@r03.example +kallelse", shown.out)
    assert "Ämne: Chefsgruppens möte 24 april 2026: kallelse" in shown.out
    assert "Bo Bo: får ingen kallelse härifrån." in shown.out
    assert shown.out.rstrip().endswith("Inget är skickat.")
    asked = meeting("summon", "2026-04-24", "--without", "Bo Bo")
    assert (asked.status, "Ange --yes" in asked.err) == (2, True)
    assert "Inga mejl här." in kansli("outbox", "list").out
    sent = meeting("summon", "2026-04-24", "--without", "Bo Bo", "--yes")
    assert "ligger fast." in sent.out
    assert "3 mejl är köade." in sent.out
    again = meeting("summon", "2026-04-24", "--without", "Bo Bo", "--yes")
    assert "Alla som kallas har redan den senaste kallelsen." in again.out
    changed = meeting("arrange", "2026-04-24", "--place", "Gävle")
    assert "Ändringen är inte meddelad de kallade. Skicka den: uppdrag meeting summon 2026-04-24" in changed.out
    assert "inte meddelad" in meeting("add", "2026-04-24", "--title", "Lokaler").out
    rows = meeting("summon", "2026-04-24", "--without", "Bo Bo", "--yes", "--format", "json").json()
    assert {(r["name"], r["what"], r["sequence"]) for r in rows} == {
        (name, "kallelse_andrad", 1) for name in ("Ove Ord", "Eva Ek", "Ada Skr")
    }  # fmt: skip
    assert kansli("verify").status == 0


def test_a_meeting_is_moved_and_called_off(meeting: Kansli, kansli: Kansli) -> None:
    meeting("summon", "2026-04-24", "--without", "Bo Bo", "--yes")
    moved = meeting("reschedule", "2026-04-24", "2026-04-29")
    assert "Mötet 2026-04-24 hålls 2026-04-29.\nÄndringen är inte meddelad" in moved.out
    assert "redan ett möte 2026-06-12" in meeting("reschedule", "2026-04-29", "2026-06-12").err
    meeting("add", "2026-04-29", "--title", "Lokaler")
    shown = meeting("cancel", "2026-04-29", "--why", "För få ärenden", "--dry-run")
    assert "Till mötet 2026-06-12: Lokaler." in shown.out
    assert meeting("cancel", "2026-04-29", "--why", "rad\nbryt").status == 1
    done = meeting("cancel", "2026-04-29", "--why", "För få ärenden", "--yes")
    assert "Mötet 2026-04-29 är inställt.\n3 mejl är köade." in done.out
    assert "Lokaler" in meeting("agenda", "2026-06-12").out
    assert meeting("summon", "2026-04-29", "--yes").status == 1
    assert kansli("verify").status == 0


def test_another_channel_is_registered_without_a_mail(meeting: Kansli, kansli: Kansli) -> None:
    assert "skulle registreras" in meeting("summon", "2026-04-24", "--channel", "annan", "--dry-run").out
    done = meeting("summon", "2026-04-24", "--channel", "annan", "--on", "2026-03-26")
    assert "gick ut 2026-03-26." in done.out
    assert "Kallelsen gick inte ut härifrån." in meeting("arrange", "2026-04-24", "--place", "Gävle").out
    assert "gick inte ut härifrån" in meeting("cancel", "2026-04-24", "--why", "Snö", "--yes").out
    assert "Inga mejl här." in kansli("outbox", "list").out


def test_a_reminder_about_a_meeting_is_foreseen(meeting: Kansli, kansli: Kansli) -> None:
    shown = kansli("remind", "--dry-run", "--on", "2026-04-15")
    assert re.search(r"mötet 2026-04-24 +– +kansli@nspl.example +2026-04-15 +dagen då kallelsen ska gå ut", shown.out)
