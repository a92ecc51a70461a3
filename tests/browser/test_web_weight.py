"""The first page over the wire: under 100 kB, at most four requests, and nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.seen import Site

MOST_BYTES, MOST_REQUESTS = 100_000, 4
_WATCH = """
window.jumped = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.jumped += e.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


@pytest.mark.parametrize("wide", [True, False], ids=["wide", "narrow"])
@pytest.mark.parametrize("role", ["", "kansli", "chefsgrupp", "region"])
def test_a_first_page_is_light_and_still(open_page: Callable[..., Page], site: Site, role: str, wide: bool) -> None:
    path = {"": "/logga-in", "kansli": "/att-gora", "chefsgrupp": "/uppdrag", "region": f"/svar/{site.matter}/12"}[role]
    page = open_page(role, "12" if role == "region" else "", wide=wide)
    page.add_init_script(_WATCH)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights: list[float] = []
    wire.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(300)
    assert 2 <= len(weights) <= MOST_REQUESTS
    assert 10_000 < sum(weights) < MOST_BYTES
    assert page.evaluate("window.jumped") == 0
