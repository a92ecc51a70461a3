"""The verksamhetsberättelse of a year, from the log to a PDF: five years of events in it against one year of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from benchmarks.life import live, made
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import NOW
from uppdrag.documents.formats import rendered
from uppdrag.service import figures, reports
from uppdrag.service.house import House
from workflow.figures import BY_REGIONS, period_of

A_YEAR, YEARS = 10, 5
"""Uppdrag that 21 regions decide on in a year, and how many years' worth the larger database has."""
_YEAR = f"{NOW.year}"


def measure(folder: Path, rounds: int) -> list[Bar]:
    one, five = _lived(folder, A_YEAR), _lived(folder, A_YEAR * YEARS)

    def report(house: House) -> None:
        rendered(reports.annual(house, _YEAR, known_by=NOW + timedelta(days=1)), "pdf")

    turns = take_turns(rounds, {"five": lambda: report(five), "one": lambda: report(one)})
    name = f"verksamhetsberättelsen, {YEARS} års händelser mot ett års"
    return [
        turns.time(f"{name}: tid", "five", "one", at_most=6),
        turns.cpu(f"{name}: CPU", "five", "one", at_most=6),
    ]


def _lived(folder: Path, uppdrag: int) -> House:
    """A house in which so many uppdrag have lived their whole lives."""
    house = House.open(f"sqlite:///{made(folder, f'rapport{uppdrag}')}")
    for n in range(uppdrag):
        live(house, n, NOW)
    asked = period_of(_YEAR)
    if asked is None:
        raise AssertionError(_YEAR)
    found = figures.of_period(house, asked, known_by=NOW + timedelta(days=1))
    many = found.of(*BY_REGIONS).value + found.undated.of(*BY_REGIONS).value
    if many != 21 * uppdrag:
        raise AssertionError(f"{many} decisions of {uppdrag} uppdrag are told of")
    return house
