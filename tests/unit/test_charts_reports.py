"""The pictures of letters and reports: the same numbers in picture, words and table, and nobody shown as lacking."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from tests import reported
from tests.unit.test_charts import HOSTILE, NAMES, texts
from uppdrag.documents import charts_reports
from uppdrag.documents.charts import WORDS, Kind, Picture
from uppdrag.service import reports_pictures

HELD = {code: (n % 4, 3) for n, code in enumerate(NAMES)}
DECIDED: dict[str, tuple[Kind, date | None]] = {
    code: (("antagen", "anpassad", "avslagen", "ej_berord")[n % 4], date(2026, 4, 1 + n) if n else None)
    for n, code in enumerate(NAMES)
}
QUARTERS = [("Q1 2026", {"klart": 2, "flyttat": 1}), ("utan tid", {"kvar": 4})]
OUTCOMES = {"klart": "Klart", "flyttat": "Flyttat", "kvar": "Kvar", "avbrutet": "Avbrutet"}


def the_map(text: str = "Karta") -> Picture:
    return charts_reports.concluded_map(text, HELD, {**NAMES, "03": text}, 3)


def one(text: str = "U2026-01") -> Picture:
    window = date(2026, 4, 1), date(2026, 9, 30)
    return charts_reports.concluded(text, DECIDED, window, {**NAMES, "03": text}, name="avslutat")


def plan(text: str = "Plan") -> Picture:
    return charts_reports.plan_and_outcome(text, QUARTERS, OUTCOMES)


def test_a_region_that_has_concluded_nothing_is_an_outline_among_others() -> None:
    picture = the_map("Region 03")
    counts = Counter(n for n, _ in HELD.values())
    drawn = Counter(text for text in texts(picture).split() if text.isdigit())
    legend = Counter(("1", "1", str(counts[3]), str(counts[1] + counts[2]), str(counts[0])))
    assert drawn == Counter({str(n): counts[n] for n in (1, 2, 3)}) + legend
    assert [(row[0], row[1]) for row in picture.table.rows] == [
        ("3, alla som regionen har haft", str(counts[3])), ("2", str(counts[2])), ("1", str(counts[1])),
        ("övriga", str(counts[0])),
    ]  # fmt: skip
    named = " ".join(row[2] for row in picture.table.rows)
    assert not [code for code, (n, _) in HELD.items() if not n and NAMES[code] in named]
    told = f"{21 - counts[0]} av 21 regioner har avslutat minst ett av 3 uppdrag, {counts[3]} av dem alla sina."
    assert told in picture.alt


def test_an_uppdrag_and_a_plan_say_in_the_table_what_they_show() -> None:
    counts = Counter(kind for kind, _ in DECIDED.values())
    assert {row[0]: row[1] for row in one().table.rows} == {WORDS[k]: str(n) for k, n in counts.items()}
    assert "Besluten fattades 2026-04-02–2026-04-21. För 1 saknas dag. Planerad tid var" in one().alt
    assert [row[1:] for row in plan().table.rows] == [("2", "1", "0"), ("0", "0", "4")]
    assert plan().alt == "7 punkter i planen, kvartal för kvartal: klart 2, flyttat 1, kvar 4."
    assert [t for t in texts(plan()).split() if t.isdigit()] == ["2026", "2", "1", "4"]


def test_no_uppdrag_has_a_picture_that_is_sensitive_or_that_a_region_has_left() -> None:
    f = reported.figures("2026", "Åse", 1)
    (there,) = f.standings
    decided = tuple(r for r in there.regions if r.kind)
    whole = replace(there, concerned=len(decided), adopted=1, rejected=1, not_concerned=0, regions=decided)
    for standing, many in (
        (whole, 1), (replace(whole, sensitive=True), 0), (there, 0), (replace(whole, regions=()), 0),
    ):  # fmt: skip
        assert len(list(reports_pictures.concluded(replace(f, standings=(standing,)), {}))) == many
    as_sent_before = replace(f, standings=(replace(there, regions=()),))
    assert reports_pictures.concluded_map(as_sent_before, {}) is None
    assert reports_pictures.concluded_words(as_sent_before) == ""


@pytest.mark.parametrize("made", [the_map, one, plan])
def test_a_hostile_text_is_only_text_and_there_are_three_colours(made: Callable[..., Picture]) -> None:
    for text in HOSTILE:
        root = ElementTree.fromstring(made(text).svg)  # noqa: S314 - our own drawing
        assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "style", "image", "a")]
        assert not [e for e in root.iter() if e.get("style")]
    assert set(re.findall(r"#[0-9a-f]{6}\b", made().svg)) <= {"#1e2125", "#ffffff", "#14566e"}
