"""Proposing a meeting's agenda: with a thousand uppdrag against a hundred, of which as many are due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.life import made
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import ACTOR
from uppdrag.service import agenda, chefsgrupp, commands
from uppdrag.service.house import House
from workflow.calendar import Span, parse_span
from workflow.commands import Advance
from workflow.meeting import Arrangement

MANY, FEW, DUE, REPEATED = 1_000, 100, 30, 5
NOW = datetime(2026, 4, 1, 7, tzinfo=UTC)
EARLIER, DAY, NEXT = date(2026, 3, 27), date(2026, 4, 24), date(2026, 5, 22)
_BEREDD, _DECIDED, _REPORTED, _REGIONS = 1, 2, 3, 4
"""How many steps it has taken: to its directive being decided next, to work, to approval next, and to the regions."""
_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("bered", {"ansvarig": "Anna Ek", "natverk": "HSD"}),
    ("besluta", {"mote": str(EARLIER), "paragraf": "1"}),
    ("redovisa", {"mote": str(EARLIER), "paragraf": "2", "rapport": "Rapport", "forslagsversion": "1"}),
    ("godkann", {"mote": str(EARLIER), "paragraf": "3", "forslagsversion": "1"}),
)


def measure(folder: Path, rounds: int) -> list[Bar]:
    many, few = _filled(folder, MANY), _filled(folder, FEW)

    def propose(house: House) -> None:
        for _ in range(REPEATED):
            found = agenda.agenda(house, DAY, now=NOW)
            if sum(1 for i in found.items if i.uppdrag) != DUE:
                raise AssertionError(f"{len(found.items)} items, and {DUE} uppdrag are due")

    turns = take_turns(rounds, {"many": lambda: propose(many), "few": lambda: propose(few)})
    name = f"föreslå dagordningen, {MANY} uppdrag mot {FEW}"
    return [
        turns.time(f"{name}: tid", "many", "few", at_most=2).each(REPEATED),
        turns.cpu(f"{name}: CPU", "many", "few", at_most=2).each(REPEATED),
    ]


def _filled(folder: Path, uppdrag: int) -> House:
    """A house with three meetings and so many uppdrag. A third of those due wait for each kind of decision; the others
    are just identified, worked on until later years, or with the regions."""
    house = House.open(f"sqlite:///{made(folder, f'agenda{uppdrag}')}")
    chefsgrupp.plan_year(house, 2026, [EARLIER, DAY, NEXT], Arrangement(), actor=ACTOR, now=NOW)
    for n in range(uppdrag):
        later = f"Q{1 + n % 4} {2027 + n % 3}"
        if n < DUE:
            _advanced(house, n, parse_span("april 2026"), (_BEREDD, _DECIDED, _REPORTED)[n % 3])
        else:
            _advanced(house, n, parse_span(later), (0, _DECIDED, _DECIDED, _REGIONS)[n % 4])
    return house


def _advanced(house: House, n: int, reported: Span, steps: int) -> None:
    """Uppdrag number `n`, to be reported within a time, after so many steps."""
    wanted = commands.New(
        title=f"Gemensam riktlinje {n}", lifecycle="regiongemensamt", actor=ACTOR, on=date(2026, 1, 15), section="5.2",
        source="Verksamhetsplan 2026", times={"redovisning": reported, "regionbeslut": parse_span("Q4 2029")},
    )  # fmt: skip
    id = commands.new(house, wanted, now=NOW).uppdrag
    for trigger, facts in _STEPS[:steps]:
        commands.handle(house, id, Advance(actor=ACTOR, on=EARLIER, trigger=trigger, facts=facts), now=NOW)
