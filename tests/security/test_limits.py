"""docs/security.md: the limits that it tells are those of the program."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from notifications import attachments, inbound, rawmail
from tests.reliability import grouped
from uppdrag.intake import tabular
from uppdrag.service import signing_in, tokens
from uppdrag.web import guard, many, permissions, rosters
from uppdrag.web.api import limits
from workflow import facts

TOLD = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8").replace("\n", " ")
MB = 1024 * 1024


def _lasts(of: timedelta) -> str:
    return {10: "tio minuter", 60: "en timme", 120: "två timmar", 720: "tolv timmar"}[int(of.total_seconds()) // 60]


def _many(number: int) -> str:
    return grouped(number).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "said",
    [
        f"{guard.LARGEST // 1_000_000} MB och {permissions.MAX_FIELDS} fält",
        f"med undertecknat protokoll {guard.LARGEST_SCAN // 1_000_000} MB",
        f"{signing_in.CODES} på {_lasts(signing_in.CODE_LASTS)}", f"{signing_in.ASKED} på tio minuter",
        f"{_many(signing_in.ASKED_IN_ALL)} på tio minuter",
        f"gäller en gång, inom {_lasts(signing_in.LINK_LASTS)}", f"inget gör på {_lasts(signing_in.IDLE)}",
        f"inloggad längre än {_lasts(signing_in.LONGEST)}", f"tål {({5: 'fem'})[signing_in.TRIES]} försök",
        f"{limits.PER_MINUTE} i minuten, {limits.BURST} på en gång", f"{tokens.LONGEST} dagar",
        f"{rawmail.SIZE_LIMIT // MB} MB, {rawmail.PART_LIMIT} delar",
        f"{rosters.LARGEST // 1000} kB (beslut {many._LARGEST // 1000} kB)",
        f"{_many(tabular.ROW_LIMIT)} rader",
        f"uppackat {tabular.UNPACKED_LIMIT // MB} MB och {_many(tabular.PARTS_LIMIT)} delar",
        f"{attachments.SIZE_LIMIT // MB} MB för en fil, {inbound.FILE_LIMIT} filer",
        f"uppackat {attachments.UNPACKED_LIMIT // MB} MB och {_many(attachments.ENTRY_LIMIT)} delar",
        f"högst {facts.TEXT_LIMIT} tecken", f"högst {_many(facts.LONG_TEXT_LIMIT)}",
    ],
)  # fmt: skip
def test_the_limits_that_are_told_are_those_of_the_program(said: str) -> None:
    assert said in TOLD
