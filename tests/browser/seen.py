"""What the tests in a browser share: where the pages are, which there are, and what axe finds on one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.events import RegionDecided

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class Site:
    """An address, the house behind it, and an uppdrag that lies with the regions."""

    address: str
    house: House
    matter: str

    @property
    def receipt(self) -> str:
        """The receipt of what region 01 has answered."""
        told = queries.history(self.house, self.matter)
        of = next(e for e in told if e.region == "01" and isinstance(e.event, RegionDecided))
        return f"/svar/{self.matter}/01/kvitto/{of.seq}"


def pages(matter: str) -> tuple[str, ...]:
    """Every page that the kansli can open."""
    return (
        "/att-gora", "/uppdrag", "/uppdrag?visa=avslutade", f"/uppdrag/{matter}", f"/uppdrag/{matter}/fraga",
        "/uppdrag/U2026-02", "/uppdrag/U2026-09", "/uppdrag/nytt", "/uppdrag/nytt?slag=regiongemensamt",
        "/uppdrag/U2026-02/steg/redovisa", f"/uppdrag/{matter}/region/17", f"/uppdrag/{matter}/region/03",
        f"/uppdrag/{matter}/region/12/steg/planera", f"/uppdrag/{matter}/historik/6/ratta",
        f"/uppdrag/{matter}/historik/6/aterta", f"/uppdrag/{matter}/expediera", f"/uppdrag/{matter}/underlag", f"/uppdrag/{matter}/plan",
        f"/uppdrag/{matter}/fraga?region=12", "/uppdrag/efterhand", "/uppdrag/beslut", "/uppdrag/omprioritera",
        "/uppdrag?visa=utan", "/laget", "/laget?visa=alla", "/regioner", "/regioner/03",
        "/svar/12", f"/svar/{matter}/12", "/kalender", "/utskick", "/inkommet", "/befattningshavare", "/arendegangar",
        "/arendegangar/regiongemensamt/1", "/systemstatus", "/sok?q=kris", "/sok?q=", "/finns-inte",
    )  # fmt: skip


OUTSIDE = ("/logga-in", "/logga-in/kod", "/logga-in/lank?nyckel=x")
"""The pages of those who are not logged in."""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on a page, each with the first place that it was found in."""
    page.evaluate(_axe())  # as source: the pages allow no script, not even ours
    found: Any = page.evaluate("async rules => (await axe.run(document, {runOnly: rules})).violations", _RULES)
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:160]}" for v in found]


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")
