"""What the stylesheet says beside the templates must be the same."""

from __future__ import annotations

import re
from importlib.resources import files

from uppdrag.web.tracks import MARKS

_MARKED = re.compile(r'\[data-lage="(\w+)"\] \{[^}]*--marke: "(.)";')


def test_every_mark_in_the_overview_is_that_of_its_legend() -> None:
    css = (files("uppdrag.web") / "static" / "pages.css").read_text(encoding="utf-8")
    assert dict(_MARKED.findall(css)) == MARKS
