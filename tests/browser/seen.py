"""What the tests in a browser share: where the pages are, and what axe finds on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.events import RegionDecided

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
_ALL = (*WCAG, "best-practice")


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


def violations(page: Page, rules: Sequence[str] = _ALL) -> list[str]:
    """What axe-core finds wrong on a page by rules, or kinds of them, each with the first place it was found in."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())  # as source: the pages allow no script, not even ours
    wanted = {
        "runOnly": list(rules),
        "resultTypes": ["violations"],
        "iframes": False,
    }  # in those are mails
    found: Any = page.evaluate("async wanted => (await axe.run(document, wanted)).violations", wanted)
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:160]}" for v in found]


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")
