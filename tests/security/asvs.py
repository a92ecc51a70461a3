"""docs/asvs.md, from the data beside this file: `python -m tests.security.asvs > docs/asvs.md`.

The numbers and levels are those of OWASP ASVS 5.0.0 (CC BY-SA 4.0); what each asks for is told in our own words.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

HERE = Path(__file__).parent
Kind = Literal["test", "dokument", "gäller inte", "brister"]
_TOLD: dict[Kind, str] = {
    "test": "test", "dokument": "dokument", "gäller inte": "gäller inte", "brister": "**inte uppfyllt**",
}  # fmt: skip
_CHAPTERS = {
    "V1": "Kodning och rensning", "V2": "Prövning och ordning", "V3": "Webbläsaren", "V4": "API och webbserver",
    "V5": "Filer", "V6": "Inloggning", "V7": "Sessioner", "V8": "Behörighet", "V9": "Intyg", "V10": "OAuth och OIDC",
    "V11": "Kryptering", "V12": "Förbindelser", "V13": "Konfiguration", "V14": "Skydd av uppgifter",
    "V15": "Kod och uppbyggnad", "V16": "Loggning och fel", "V17": "WebRTC",
}  # fmt: skip
_ABOUT = """# OWASP ASVS 5.0, nivå 1 och 2

Varje krav på nivå 1 och 2, och hur programmet uppfyller det. *Test*: testet som visar det, och som faller om det slutar
gälla. *Dokument*: var det står. *Gäller inte*: programmet har inget sådant. *Inte uppfyllt*: vad som saknas. Vad kravet
begär står i korthet med våra ord; standarden själv finns hos OWASP. Hotbilden, och vad som inte skyddas, står i
[security.md](security.md).

Testen ligger i `tests/`. Sidan görs av `python -m tests.security.asvs` ur `tests/security/asvs.csv`. Ett test
kontrollerar att varje krav är med, att testen finns och att rubrikerna finns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A requirement: its number, its level, what it asks for, and what shows that it is met or why it is not."""

    number: str
    level: str
    asked: str
    kind: Kind
    evidence: tuple[str, ...]
    note: str

    @property
    def chapter(self) -> str:
        return self.number.partition(".")[0]


def levels() -> dict[str, str]:
    """The level of every requirement of the standard, by its number."""
    found = {}
    for row in _rows("asvs_levels.csv"):
        for n, level in enumerate(row["levels"], start=1):
            found[f"{row['section']}.{n}"] = level
    return found


def requirements() -> Iterator[Requirement]:
    """What is said of each, in the order of the file."""
    level = levels()
    for row in _rows("asvs.csv"):
        kind: Kind = next(one for one in get_args(Kind) if one == row["kind"])
        yield Requirement(
            number=row["number"], level=level[row["number"]], asked=row["asked"], kind=kind,
            evidence=tuple(row["evidence"].split(" + ")) if row["evidence"] else (), note=row["note"],
        )  # fmt: skip


def render() -> str:
    """The page."""
    every = list(requirements())
    parts = [_ABOUT, _counted(every)]
    for chapter, name in _CHAPTERS.items():
        rows = ["| Krav | Nivå | Vad som begärs | Hur | Vad som visar det |", "|---|---|---|---|---|"]
        rows += [_row(one) for one in every if one.chapter == chapter]
        parts += [f"## {chapter} {name}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def anchor(heading: str) -> str:
    """What a link to a heading of a page ends with."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _counted(every: list[Requirement]) -> str:
    counts = Counter((one.level, one.kind) for one in every)
    rows = ["| Nivå | " + " | ".join(_TOLD[kind].strip("*") for kind in _TOLD) + " | krav |", "|---|" + "---:|" * 5]
    for level in ("1", "2"):
        each = [counts[level, kind] for kind in _TOLD]
        rows.append(f"| {level} | " + " | ".join(map(str, [*each, sum(each)])) + " |")
    return "\n".join(rows)


def _row(one: Requirement) -> str:
    shown = [_link(e) if one.kind == "dokument" else f"`{e}`" for e in one.evidence]
    told = "<br>".join([*shown, *filter(None, [one.note])])
    return f"| {one.number} | {one.level} | {one.asked} | {_TOLD[one.kind]} | {told} |"


def _link(evidence: str) -> str:
    file, _, heading = evidence.partition("#")
    return f"[{file}: {heading}]({file}#{anchor(heading)})"


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";", strict=True))


if __name__ == "__main__":
    sys.stdout.write(render())
