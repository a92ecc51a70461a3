"""The pages that leave the house as files hold to WCAG 2.1 AA too: wide and 360 px, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.seen import WCAG, violations
from tests.cast import NOW
from tests.integration.lived import FIRST, live_a_little
from uppdrag.documents.formats import rendered
from uppdrag.service import crisis, matter, pictures, public
from uppdrag.service.house import House

_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_no_exported_page_has_a_violation_or_is_too_wide(
    chromium: Browser, house: House, tmp_path: Path, width: int, scheme: str
) -> None:
    live_a_little(house)
    drawn = [*pictures.of_uppdrag(house, FIRST, now=NOW), *pictures.of_all(house, now=NOW)]
    written = {
        "public": public.shown(house, now=NOW).page,
        "crisis": rendered(crisis.document(house, now=NOW), "html"),
        "matter": matter.make(house, FIRST, now=NOW).files[0].content,
        "pictures": rendered(pictures.document(drawn, "Bilder", now=NOW, name="bilder"), "html"),
    }
    found = []
    for name, content in written.items():
        file = tmp_path / f"{name}.html"
        file.write_bytes(content)
        page = chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page.goto(file.as_uri())
        found += [f"{name}: {one}" for one in violations(page, WCAG)]
        found += [f"{name} is too wide"] if page.evaluate(_TOO_WIDE) else []
        page.close()
    assert found == []
