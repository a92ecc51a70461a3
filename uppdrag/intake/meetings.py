"""A list of meetings, as a region or the kansli keeps it → what it states. Every bad line by its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from uppdrag.intake import icalendar, tabular
from uppdrag.intake.tabular import Line, Refused
from workflow.convening import LONGEST_RULE, THE_CHEFSGRUPP
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_date, clean_text, clean_yes_no
from workflow.model import Region
from workflow.sammantraden import CHEFSGRUPP, PapersRule, Sammantrade
from workflow.timetable import Stated

COLUMNS: tabular.Columns = {
    "region": ("länskod", "lanskod", "region", "region/länskod"),
    "body": ("organ", "body", "instans"),
    "first": ("datum", "date", "första dag", "dag", "first"),
    "last": ("sista dag", "last_day", "last day", "last", "till"),
    "papers_by": ("handlingsstopp", "papers_by", "papers by"),
    "papers_rule": ("regel för handlingsstopp", "regel", "papers_rule", "papers rule"),
    "rule_by": ("regel enligt", "rule_by", "rule by"),
    "published_on": ("kallelse", "publicering", "published_on", "published on"),
    "period": ("mandatperiod", "period"),
    "source": ("källa", "source_url", "source", "källa (adress)"),
    "example": ("exempel", "example"),
    "cancelled": ("inställt", "installt", "cancelled", "canceled"),
}
"""The order of the columns is also that of an export."""
REQUIRED = ("region", "body", "first")
NOTHING = "-"
"""In a cell: what was known is no longer so. An empty cell says nothing."""

T = TypeVar("T")
E = TypeVar("E")

_BODIES: Mapping[str, str] = {
    "au": "AU", "rsau": "AU", "arbetsutskott": "AU", "arbetsutskottet": "AU", "regionstyrelsens arbetsutskott": "AU",
    "rs": "RS", "regionstyrelse": "RS", "regionstyrelsen": "RS", "styrelsen": "RS",
    "rf": "RF", "regionfullmäktige": "RF", "fullmäktige": "RF",
    "hsn": "HSN", "hälso- och sjukvårdsnämnd": "HSN", "hälso- och sjukvårdsnämnden": "HSN",
    "chefsgrupp": THE_CHEFSGRUPP, "chefsgruppen": THE_CHEFSGRUPP,
}  # fmt: skip
_OF_A_NAMND = re.compile(r"nämnd|styrelse|utskott|beredning|kommitté|delegation")
_NUMBERS = (
    "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton", "fjorton",
    "femton", "sexton", "sjutton", "arton", "nitton", "tjugo",
)  # fmt: skip
_RULE = re.compile(r"(\w+)\s+arbetsdag(?:ar)?\s+(?:före|innan)\s+(.+)")


def read(
    content: bytes, regions: Sequence[Region], *, region: str = "", body: str = ""
) -> tuple[list[Stated], list[Refused]]:
    """The meetings of a CSV, XLSX or iCalendar file, and every line that will not do with the reason.

    `region` and `body` say whose meetings they are, where an iCalendar file does not.
    """
    said = {name: value for name, value in (("region", region), ("body", body)) if value}
    if icalendar.is_calendar(content):
        lines, refused = icalendar.read(content)
        lines = [Line(line.number, {**line.cells, **said}) for line in lines]
    else:
        lines, refused = tabular.read(content, COLUMNS, REQUIRED)
    found: list[Stated] = []
    for line in lines:
        reading = _Reading(line, regions)
        stated = reading.stated()
        refused += [(line.number, refusal) for refusal in reading.wrong]
        if stated is not None and not reading.wrong:
            found.append(stated)
    return found, sorted(refused, key=lambda r: r[0])


def clean_region(value: str, regions: Sequence[Region]) -> str:
    """The länskod of a region named by code or by name, CHEFSGRUPP for `-`. Raises BadFact."""
    word = value.strip().casefold()
    if word == CHEFSGRUPP:
        return CHEFSGRUPP
    known = {name.casefold(): r.lanskod for r in regions for name in (r.lanskod, r.name, r.short_name)}
    if word in known:
        return known[word]
    if word.zfill(2) in known:
        raise BadFact("lost_zero", word.zfill(2))
    raise BadFact("not_a_region")


def clean_body(value: str) -> str:
    """A body by what people call it: AU, RS, RF, HSN, chefsgrupp, or a nämnd's own name. Raises BadFact."""
    text = clean_text(" ".join(value.split()))
    word = text.casefold()
    if word in _BODIES:
        return _BODIES[word]
    if _OF_A_NAMND.search(word):
        return text[0].upper() + text[1:]
    raise BadFact("not_a_body")


def clean_rule(value: str, region: str, body: str, by: str) -> PapersRule:
    """ "Tio arbetsdagar före AU" as a rule for papers to a body; "sammanträdet" is the body's own. Raises BadFact."""
    bad = BadFact("not_a_rule", "till exempel: tio arbetsdagar före AU")
    match = _RULE.fullmatch(clean_text(value).casefold().rstrip("."))
    if match is None:
        raise bad
    word = "en" if match[1] == "ett" else match[1]
    days = int(word) if word.isascii() and word.isdigit() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 0
    if not 1 <= days <= LONGEST_RULE:
        raise bad
    before = body if match[2] in ("sammanträdet", "mötet") else clean_body(match[2])
    return PapersRule(region=region, body=body, working_days=days, before=before, stated_by=by)


class _Reading:
    """A line being read: its cells as their types, and everything that could not be read of it."""

    def __init__(self, line: Line, regions: Sequence[Region]) -> None:
        self._number = line.number
        self._cells = line.cells
        self._regions = regions
        self.wrong: list[Refusal] = []

    def stated(self) -> Stated | None:
        """What the line states; None where the region, the body or the day cannot be read."""
        region = self._of("region", lambda word: clean_region(word, self._regions), "")
        body = self._of("body", clean_body, "")
        first = self._of("first", clean_date, None)
        last = self._of("last", clean_date, None)
        meeting = None
        if region and body and first is not None:
            meeting = Sammantrade(
                region=region, body=body, first=first, last=last or first,
                papers_by=self._of("papers_by", clean_date, None),
                published_on=self._of("published_on", clean_date, None), period=self._of("period", _unquoted, ""),
                source=self._of("source", _unquoted, ""), example=self._of("example", _yes, False),
            )  # fmt: skip
        cancelled, rule = self._of("cancelled", _yes, False), self._rule(region, body)
        if meeting is None:
            return None
        said = ("last", "papers_by", "published_on", "period", "source")
        columns = frozenset(name for name in said if self._cells.get(name))
        return Stated(self._number, meeting, columns, cancelled, rule)

    def _rule(self, region: str, body: str) -> PapersRule | None:
        if not (region and body):
            return None
        by = self._of("rule_by", _unquoted, "") or self._of("source", _unquoted, "")
        return self._of("papers_rule", lambda words: clean_rule(words, region, body, by), None)

    def _of(self, column: str, clean: Callable[[str], T], empty: E) -> T | E:
        raw = self._cells.get(column, "")
        if column not in REQUIRED and raw in ("", NOTHING):
            return empty
        try:
            return clean(raw)
        except BadFact as bad:
            shown = "".join(c if c.isprintable() else "�" for c in raw[:80])
            label = COLUMNS[column][0].capitalize()
            code = "fact_missing" if column in REQUIRED and not raw else bad.code
            refusal = Refusal.of(code, fact=column, label=label, value=shown, expected=bad.expected)
            if refusal not in self.wrong:
                self.wrong.append(refusal)
            return empty


def _yes(value: str) -> bool:
    return value.casefold() == "x" or clean_yes_no(value)


def _unquoted(value: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    text = clean_text(value)
    return text[1:] if text.startswith("'") and text[1:].startswith(("=", "+", "-", "@")) else text
