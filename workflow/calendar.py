"""Planned time: the plan's words, the two days they are read as, and how they were read.

All days are local dates in Europe/Stockholm. "Under våren 2026" has no last day in the plan, so such a reading is the
kansli's own and says so (`interpreted`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_SEASONS = {"våren": (3, 5), "sommaren": (6, 8), "hösten": (9, 11)}
_ORDINALS = {"första": 1, "andra": 2, "tredje": 3, "fjärde": 4}
# Words that say how a span binds, not which span it is.
_LEADING = re.compile(
    r"^(?:(?:ska|redovisas|rapporteras|levereras|beslutas|senast|före|under|utgången av|slutet av|till och med|i)\s+)+"
)

_Q = r"(?:q|kvartal )([1-4])"
_MONTH = "|".join(MONTHS)
_DASH = r"\s*(?:-|–|—|till|och)\s*"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("days", re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:--|–|—|till)\s*(\d{4}-\d{2}-\d{2}))?")),
    ("quarters", re.compile(rf"{_Q}(?: (\d{{4}}))?{_DASH}(?:q|kvartal )?([1-4])(?: (\d{{4}}))?")),
    ("quarter", re.compile(rf"{_Q}(?: (\d{{4}}))?")),
    ("named_quarter", re.compile(r"(första|andra|tredje|fjärde) kvartalet(?: (\d{4}))?")),
    ("half", re.compile(r"(?:h|halvår )([12])(?: (\d{4}))?")),
    ("named_half", re.compile(r"(första|andra) halvåret(?: (\d{4}))?")),
    ("season", re.compile(r"(våren|sommaren|hösten)(?: (\d{4}))?")),
    ("months", re.compile(rf"({_MONTH})(?: (\d{{4}}))?{_DASH}({_MONTH})(?: (\d{{4}}))?")),
    ("month", re.compile(rf"({_MONTH})(?: (\d{{4}}))?")),
    ("year", re.compile(r"(?:helåret |året )?(\d{4})")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Planned time: `text` is the plan's own words, `first` and `last` local dates, `reading` how they were read."""

    text: str
    first: date
    last: date
    reading: str
    interpreted: bool = False

    def working(self) -> str:
        """The whole reading, shown: `Q2–Q3 2026 → sista dagen i Q3 → 2026-09-30`."""
        own = " (kansliets läsning)" if self.interpreted else ""
        return f"{self.text} → {self.reading} → {self.last.isoformat()}{own}"


class NotASpan(ValueError):
    """The words could not be read as planned time."""


def parse_span(words: str, *, year: int | None = None, text: str = "", interpreted: bool = False) -> Span:
    """Read planned time in Swedish: quarters, half-years, seasons, months, years or ISO dates.

    `year` completes words without one ("i december"). `text` is what the plan itself says, when `words` is a
    reading of it. Raises NotASpan with the offending words.
    """
    phrase = " ".join(words.casefold().split())
    bare = _LEADING.sub("", phrase)
    for kind, pattern in _PATTERNS:
        if match := pattern.fullmatch(bare):
            span = _read(kind, match.groups(), year, words)
            if span.first > span.last:
                raise NotASpan(words)
            return replace(span, text=text or words.strip(), interpreted=interpreted or span.interpreted)
    raise NotASpan(words)


def local_date(moment: datetime) -> date:
    """The day in Stockholm at an aware moment."""
    return moment.astimezone(STOCKHOLM).date()


def _read(kind: str, found: tuple[str | None, ...], year: int | None, words: str) -> Span:
    def in_year(written: str | None) -> int:
        chosen = int(written) if written else year
        if chosen is None or not 1900 <= chosen <= 2200:
            raise NotASpan(words)
        return chosen

    first_word = found[0] or ""
    if kind == "days":
        try:
            first = date.fromisoformat(first_word)
            last = date.fromisoformat(found[1]) if found[1] else first
        except ValueError:
            raise NotASpan(words) from None
        return Span(text=words, first=first, last=last, reading="dagen själv" if first == last else "sista dagen")
    if kind == "quarters":
        last_year = in_year(found[3] or found[1])
        first_year = in_year(found[1] or found[3])
        a, b = int(first_word), int(found[2] or 0)
        return _months(words, (first_year, 3 * a - 2), (last_year, 3 * b), f"sista dagen i Q{b}")
    if kind in ("quarter", "named_quarter"):
        q = int(first_word) if kind == "quarter" else _ORDINALS[first_word]
        y = in_year(found[1])
        return _months(words, (y, 3 * q - 2), (y, 3 * q), f"sista dagen i Q{q}")
    if kind in ("half", "named_half"):
        h = int(first_word) if kind == "half" else _ORDINALS[first_word]
        y = in_year(found[1])
        return _months(words, (y, 6 * h - 5), (y, 6 * h), f"sista dagen i {'första' if h == 1 else 'andra'} halvåret")
    if kind == "season":
        y = in_year(found[1])
        start, end = _SEASONS[first_word]
        span = _months(words, (y, start), (y, end), f"sista dagen i {MONTHS[end - 1]}")
        return replace(span, interpreted=True)
    if kind == "months":
        last_year, first_year = in_year(found[3] or found[1]), in_year(found[1] or found[3])
        a, b = MONTHS.index(first_word) + 1, MONTHS.index(found[2] or "") + 1
        return _months(words, (first_year, a), (last_year, b), f"sista dagen i {found[2]}")
    if kind == "month":
        y, m = in_year(found[1]), MONTHS.index(first_word) + 1
        return _months(words, (y, m), (y, m), f"sista dagen i {first_word}")
    y = in_year(first_word)
    return _months(words, (y, 1), (y, 12), "sista dagen på året")


def _months(words: str, first: tuple[int, int], last: tuple[int, int], reading: str) -> Span:
    (first_year, first_month), (last_year, last_month) = first, last
    return Span(
        text=words,
        first=date(first_year, first_month, 1),
        last=date(last_year, last_month, monthrange(last_year, last_month)[1]),
        reading=reading,
    )
