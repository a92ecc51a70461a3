"""Which entries are hard to correct, and what people may write instead."""

from __future__ import annotations

from tests.integration.ingredients import OUTCOMES, Facts, good_facts, pick
from tests.integration.worlds import World
from workflow.events import Event, Recorded, RegionDecided


def worth_correcting(world: World, n: int) -> list[Recorded]:
    """Steps that were taken again later, decisions of regions that have decided anew, any decision, or anything."""
    triggers = [getattr(e.event, "trigger", "") for e in world.history]
    again = [e for e, t in zip(world.history, triggers, strict=True) if t and triggers.count(t) > 1]
    decided = [e for e in world.history if isinstance(e.event, RegionDecided)]
    anew = [e for e in decided if world.matter.regions[e.region].set_no > 1]
    return pick((again, anew or decided, decided, world.history), n) or world.history


def amendments(world: World, event: Event, n: int) -> Facts:
    """What somebody says should have been entered; some of it will not do."""
    if getattr(event, "decision", None) is not None:
        return pick(
            (
                {"outcome": pick(OUTCOMES, n // 8), "adaptation": "Rättad", "note": "Rättad"},
                {"paragraph": "§ 99"}, {"complete": pick(("ja", "nej"), n // 8)}, {"outcome": "uppskjuten"},
                {"version": pick(("1", "0", "-1"), n // 8)}, {"on": pick(("2026-03-05", "", "2031-01-01"), n // 8)},
                pick(({"links": "AU:2026-01-09:7"}, {"links": ""}, {"justerat": "2026-01-22"}), n // 8),
                pick(({"missing": "Underlaget"}, {"task_due": "2026-06-01"}, {"reported_to": "HSN"}), n // 8),
                pick(({"kind": "beslut", "body": "RF"}, {"kind": "verkstallighet", "body": "annan"}), n // 8),
            ),
            n,
        )  # fmt: skip
    if getattr(event, "facts", None) is None:
        return pick(
            (
                {"title": "Ny titel"}, {"owner": "Dan"}, {"sensitive": "ja"}, {"neutral_title": ""},
                {"standing": "borta"}, {"dnr": "RK2026-1"}, {"title": " "},
            ),
            n,
        )  # fmt: skip
    t = next((t for t in world.lifecycle.transitions if t.trigger == getattr(event, "trigger", "")), None)
    if t is None or n % 4 == 3:
        return {"on": pick(("2026-03-02", ""), n // 4)}
    stated = good_facts(t, world.u, n | 1)
    name = pick([*stated] or ["on"], n // 4)
    return {name: stated.get(name, "") if n % 4 else ""}
