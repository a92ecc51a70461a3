"""Over random histories: list, matrix, page, and the figures of a month and of a year are the same numbers."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from tests.cast import KANSLI, NOW, actor
from tests.integration.lived import FIRST, step
from tests.web import visiting
from uppdrag.service import commands, correcting, figures, queries
from uppdrag.service.house import House
from workflow.commands import AdvanceRegion, Decide
from workflow.errors import UppdragError
from workflow.events import RegionDecided
from workflow.figures import BY_REGIONS, Period, period_of
from workflow.status import StatusFilter

OTHER = "U2026-02"
OUTCOMES = ("antagen", "antagen", "antagen_med_anpassning", "avslagen", "ej_berord", "aterremitterad", "bordlagd")


def live(house: House, chance: random.Random) -> datetime:
    """Let regions decide this and that, now and then corrected, taken back or annulled. The moment after it all."""
    for id in (FIRST, OTHER):
        step(house, id, "redovisa", mote="2026-03-06", paragraf="4", rapport="r.pdf", forslagsversion="1")
        step(house, id, "godkann", mote="2026-03-06", paragraf="5", forslagsversion="1")
    now, regions = NOW, [r.lanskod for r in queries.regions(house)]
    for _ in range(60):
        now += timedelta(hours=chance.randrange(1, 60))
        id, region, act = chance.choice((FIRST, OTHER)), chance.choice(regions), chance.random()
        decided = [e for e in queries.history(house, id) if isinstance(e.event, RegionDecided)]
        try:
            if act < 0.75 or not decided:
                day = chance.choice((None, now.date() - timedelta(days=chance.randrange(40))))
                outcome = chance.choice(OUTCOMES)
                command = Decide(
                    actor=KANSLI, region=region, outcome=outcome, on=day, complete=chance.random() < 0.8,
                    adaptation="Egen form" if "anpassning" in outcome else "",
                    note="Skäl" if outcome == "ej_berord" else "",
                    missing="Mer" if outcome in ("aterremitterad", "bordlagd") else "",
                )  # fmt: skip
                commands.handle(house, id, command, now=now)
            elif act < 0.95:
                chosen, changes = chance.choice(decided), {"on": "2026-03-02"}
                withdraw = act > 0.88
                correcting.correct(
                    house, chosen.id, why="Fel", actor=KANSLI, changes={} if withdraw else changes, withdraw=withdraw,
                    now=now,
                )  # fmt: skip
            else:
                facts = {"beslut": "1", "upphavt_av": "Förvaltningsrätten"}
                annul = AdvanceRegion(actor=actor("kansli"), region=region, trigger="upphav", facts=facts)
                commands.handle(house, id, annul, now=now)
        except UppdragError:
            continue  # what cannot be done has not been done
    return now + timedelta(minutes=1)


@pytest.mark.parametrize("seed", range(12))
def test_everything_that_counts_says_the_same_numbers(house: House, seed: int) -> None:
    now = live(house, random.Random(seed))
    today = now.date()
    rows = {r.id: r.regions for r in queries.status(house, StatusFilter(today=today)) if r.regions.concerned}
    for name in (f"{today.year}", f"{today:%Y-%m}"):
        found = figures.of_period(house, _period(name), known_by=now)
        stands = {s.uppdrag: (s.concerned, s.adopted, s.rejected, s.not_concerned) for s in found.standings}
        assert stands == {id: (r.concerned, r.adopted, r.rejected, r.not_concerned) for id, r in rows.items()}
    year = figures.of_period(house, _period(f"{today.year}"), known_by=now)
    counted = [*year.of(*BY_REGIONS).counted, *year.undated.of(*BY_REGIONS).counted]
    told = Counter((s.uppdrag, "adopted" if s.kind == "adapted" else s.kind) for s in counted)
    matrix = queries.matrix(house, StatusFilter(today=today))
    on_maps = {
        (s.uppdrag, r.region): ("adopted" if r.kind == "adapted" else r.kind, r.on if r.kind else None)
        for s in year.standings for r in s.regions
    }  # fmt: skip
    assert on_maps == {key: (c.category, c.decided_on if c.category else None) for key, c in matrix.cells.items()}
    assert told == Counter((c.uppdrag, c.category) for c in matrix.cells.values() if c.category)
    months = [figures.of_period(house, _period(f"{today.year}-{m:02d}"), known_by=now) for m in range(1, 13)]
    by_month = [s for m in months for s in m.of(*BY_REGIONS).counted]
    assert sorted(s.event for s in by_month) == sorted(s.event for s in year.of(*BY_REGIONS).counted)
    with visiting(house) as at:
        at.log_in("kansli")
        page = at.get(f"/uppdrag/{FIRST}").text.replace("\xa0", " ")
    r = rows[FIRST]
    assert f"{r.decided} av {r.concerned}" in page


def _period(name: str) -> Period:
    found = period_of(name)
    assert found is not None
    return found


def test_the_histories_hold_something_of_everything(house: House) -> None:
    now = live(house, random.Random(1))
    year = figures.of_period(house, _period("2026"), known_by=now)
    kinds = {s.kind for s in (*year.happened.counted, *year.undated.counted, *year.corrected.counted)}
    assert {"adopted", "adapted", "rejected", "not_concerned", "returned", "corrected"} <= kinds
    assert date(2026, 3, 2) in {s.on for s in year.happened.counted}
