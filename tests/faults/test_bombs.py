"""A file made to fill the memory or the day is refused or read in bounds; and what the campaigns have found."""

from __future__ import annotations

import gc
import resource
from pathlib import Path
from time import process_time

import pytest

from definitions import scenarios
from definitions.source import Source
from tests.faults.bombs import BOMBS
from tests.faults.parsers import PARSERS, SCENARIO
from tests.faults.test_fuzzed_parsers import nothing_is_written
from tests.reliability import Tried
from tests.unit.offices import REGIONS
from uppdrag.intake import meetings, people, tabular
from uppdrag.words import error, sentence
from workflow.errors import DefinitionInvalid, NotFound

LONGEST, ROOM = 15.0, 400_000
"""Seconds of the processor's time, and kB: the most that any file may take. Most take hundredths."""
_SLOW = {("arbetsböcker i XLSX", "format"), ("arbetsböcker i XLSX", "celler"), ("kalendrar i iCalendar", "djup")}
_CHECK = {parser.name: parser.check for parser in PARSERS}


def _most() -> int:
    """kB of memory that this process has used at most since it was last asked to forget."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.parametrize(
    "bomb",
    [pytest.param(key, marks=[pytest.mark.soak] if key in _SLOW else [], id="_".join(key).replace(" ", "_"))
     for key in BOMBS],
)  # fmt: skip
def test_a_bomb_does_not_go_off(bomb: tuple[str, str], tried: Tried) -> None:
    content = BOMBS[bomb]()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _most(), process_time()
    with nothing_is_written():
        _CHECK[bomb[0]](content, 1)
    took, grown = process_time() - began, _most() - before
    assert took < LONGEST, f"{took:.1f} s"
    assert grown < ROOM, f"{grown} kB of {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}"
    tried("Filer utifrån", "filer gjorda för att fylla minnet", 1, "avvisades eller lästes inom gränserna")


def test_a_workbook_of_a_few_kilobytes_is_not_unpacked_to_gigabytes() -> None:
    lines, refused = tabular.read(BOMBS["arbetsböcker i XLSX", "fler celler"](), people.COLUMNS, ())
    assert not lines
    assert [sentence(refusal) for _, refusal in refused] == [
        "Filen är för stor (högst 20 MB uppackad). Dela upp den."
    ]  # fmt: skip


def test_a_heading_with_a_million_columns_is_refused_once() -> None:
    _, refused = tabular.read(b"x;" * 1_000_000, people.COLUMNS, ())
    assert [sentence(refusal) for _, refusal in refused] == [
        "Filen har för många kolumner (högst 100). Ta bort dem som inte behövs."
    ]


def test_a_time_zone_that_no_file_can_be_called_is_a_calendar_that_cannot_be_read() -> None:
    zone = b"- " * 400
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=" + zone + b":20260310T130000\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    _, refused = meetings.read(content, REGIONS, region="14", body="AU")
    assert [refusal.code for _, refusal in refused] == ["unreadable_calendar"]


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\r", "\x00", "\ud800", "\u2028"])
def test_what_a_terminal_obeys_is_seen_in_a_refusal_and_not_obeyed(hidden: str) -> None:
    (_, refusal), *_ = people.read(f"namn{hidden}\nx".encode(errors="surrogatepass"), REGIONS)[1]
    for told in (sentence(refusal), *error(NotFound("uppdrag", f"U{hidden}"))):
        assert hidden not in told
        assert "\n" not in told


def test_a_word_as_long_as_a_book_is_not_read_back_as_a_whole() -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        scenarios.load_scenario(Source("fil.yaml", SCENARIO.replace("decide: antagen", f"decide: {'A' * 200_000}", 1)))
    assert all(len(line) < 5_000 for line in error(refused.value))
