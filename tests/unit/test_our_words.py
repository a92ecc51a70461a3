"""What our own texts may not say: that chefsgruppen or NSPL decides for a region, or how its protokoll is appealed.

Chefsgruppen approves a matter, and each region decides for itself (the plan for 2026: "beslutsmandatet ligger intakt i
regionerna"). It is not a nämnd, so that no appeal notice belongs in its papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_REGIONS = r"(?:(?:de|alla|varje|samtliga|berörda|21)\s+)*region\w*"
FORBIDDEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:chefsgruppen|NSPL(?::s\s+\w+)?|kansliet)\s+(?:beslutar|bestämmer|fattar\s+beslut)\s+(?:för|åt|över|i)\s+{_REGIONS}",
        rf"\b(?:beslutar|fastställer|bestämmer|godkänner)\s+att\s+{_REGIONS}\s+(?:ska|skall|måste)\b",
        rf"\b{_REGIONS}\s+(?:ska|skall|måste)\s+(?:besluta|anta|godkänna|fatta\s+beslut)\b",
        rf"\b(?:ålägg\w*|uppmana\w*|beordra\w*|kräv\w*\s+av)\s+{_REGIONS}",
        rf"\b{_REGIONS}(?:\s+\w+)?\s+(?:är|har\s+blivit|blev)\s+försena\w*",
    )
)
CONDITION = "varje berörd region måste anta i fullmäktige innan det undertecknas"
"""What an agreement needs, not what anybody orders; it stands in a published lifecycle."""
APPEAL = re.compile(r"överklag|besvärshänvisning", re.IGNORECASE)
WRITTEN = (
    "definitions/**/*.yaml", "notifications/templates/*", "uppdrag/web/templates/*", "uppdrag/words/*.py",
    "uppdrag/service/*.py", "uppdrag/cli/*.py", "uppdrag/documents/**/*", "docs/*.md",
)  # fmt: skip
OF_THE_MEETING = ("definitions/dagordning/*.yaml", "uppdrag/service/papers*.py", "uppdrag/words/papers.py")


def texts(*patterns: str) -> Iterator[tuple[Path, str]]:
    """The files, each with its text on one line."""
    for pattern in patterns:
        found = [path for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc"]
        assert found, f"{pattern}: nothing there"
        for path in found:
            yield path, re.sub(r"""\s+|["']\s*\n\s*["']""", " ", path.read_text(encoding="utf-8"))


def decides_for_a_region(text: str) -> list[str]:
    return [match[0] for pattern in FORBIDDEN for match in pattern.finditer(text.replace(CONDITION, ""))]


def test_no_text_of_ours_says_that_chefsgruppen_decides_for_a_region() -> None:
    found = [
        (str(path.relative_to(ROOT)), said) for path, text in texts(*WRITTEN) for said in decides_for_a_region(text)
    ]
    assert found == []


def test_no_text_for_the_papers_of_a_meeting_tells_how_to_appeal() -> None:
    assert [str(path) for path, text in texts(*OF_THE_MEETING) if APPEAL.search(text)] == []


@pytest.mark.parametrize("said", [
    "Chefsgruppen beslutar för regionerna.", "chefsgruppen bestämmer över de berörda regionerna",
    "Chefsgruppen beslutar att regionerna ska införa modellen.", "Regionerna ska besluta att anta förslaget.",
    "Chefsgruppen fastställer att samtliga regioner ska ha rutinen.", "NSPL:s kansli beslutar åt regionerna",
    "Chefsgruppen ålägger regionerna", "Region Uppsala är försenad", "Varje region måste fatta beslut",
])  # fmt: skip
def test_such_a_text_is_found(said: str) -> None:
    assert decides_for_a_region(said)


@pytest.mark.parametrize("said", [
    "NSPL beslutar inte över regionerna. Varje region beslutar själv.", "för beslut i de berörda regionerna",
    "Chefsgruppen godkänner version 2 för beslut i de berörda regionerna.", "regionerna ska kunna besluta senast Q3",
    "Regionen beslutar själv, i den instans som är behörig.", "Planerad tid för regionernas beslut: 30 juni 2027.",
])  # fmt: skip
def test_an_honest_text_is_not(said: str) -> None:
    assert decides_for_a_region(said) == []
