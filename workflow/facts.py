"""What was stated with a command, read as its declared types. Every fault at once, each with what was expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from workflow.calendar import NotASpan, Span, parse_span
from workflow.errors import Refusal
from workflow.lifecycle import Fact
from workflow.links import as_text, body_code
from workflow.model import Facts, FactValue, Link

TEXT_LIMIT = 300
LONG_TEXT_LIMIT = 10_000
NUMBER_LIMIT = 999_999
_PARAGRAPH = re.compile(r"(?:§+\s*)?(\d{1,4}[a-z]?)", re.IGNORECASE)
_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)", re.ASCII)
_ID = re.compile(r"U\d{4}-\d{2,6}", re.ASCII)
_NO = frozenset({"nej", "false", "0", "no"})
_YES = frozenset({"ja", "true", "1", "yes"})


class BadFact(ValueError):
    """A value that cannot be what its type says. `code` is the refusal's; `expected` is Swedish, for people."""

    def __init__(self, code: str, expected: str = "") -> None:
        self.code = code
        self.expected = expected
        super().__init__(code)


def is_uppdrag_id(text: str) -> bool:
    """Whether a text has the form of an uppdrag's number: `U2026-01`."""
    return _ID.fullmatch(text) is not None


def clean_text(value: str, *, long: bool = False) -> str:
    """Text as it may be kept: NFC, trimmed; one line unless `long`. Raises BadFact on control characters or length.

    Control characters are refused rather than removed: a line break hidden in a title would end up in a mail header.
    """
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n") if long else value).strip()
    if not text.isprintable():  # what is printable holds none of them
        allowed = "\n\t" if long else ""
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and character not in allowed:
                raise BadFact("control_character", f"U+{ord(character):04X}")
    limit = LONG_TEXT_LIMIT if long else TEXT_LIMIT
    if len(text) > limit:
        raise BadFact("text_too_long", str(limit))
    return text


def clean_paragraph(value: str) -> str:
    """`§ 19`, `19` and `§19` are all `19`. Raises BadFact."""
    if match := _PARAGRAPH.fullmatch(value.strip()):
        return match[1].lower()
    raise BadFact("not_a_paragraph", "till exempel § 19")


def clean_date(value: str) -> date:
    """A local date as ÅÅÅÅ-MM-DD. Raises BadFact."""
    try:
        return datetime.strptime(value.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise BadFact("not_a_date", "ÅÅÅÅ-MM-DD") from None


def clean_span(value: str, today: date) -> Span:
    """Planned time; words without a year mean this year. Raises BadFact."""
    try:
        return parse_span(clean_text(value), year=today.year)
    except NotASpan:
        raise BadFact("not_a_span", "till exempel Q3 2026 eller 2026-09-30") from None


def clean_list(value: str) -> tuple[str, ...]:
    """Names divided by comma or semicolon, each once, in the order given. Raises BadFact."""
    names = [clean_text(part) for part in re.split(r"[,;\n]", value)]
    return tuple(dict.fromkeys(name for name in names if name))


def clean_time(value: str) -> str:
    """A local time of day: `9.00`, `09:00` and `09.00` are all `09.00`. Raises BadFact."""
    if match := _TIME.fullmatch(value.strip()):
        return f"{int(match[1]):02d}.{match[2]}"
    raise BadFact("not_a_time", "till exempel 09.00")


def clean_chain(value: str) -> tuple[Link, ...]:
    """Bodies with day and §, `AU:2026-03-10:45`, in the order given; day and § may be left out. Raises BadFact."""
    links = []
    for part in clean_list(value):
        body, *rest = (piece.strip() for piece in part.split(":"))
        if not body or len(rest) > 2:
            raise BadFact("not_a_link", "till exempel AU:2026-03-10:45")
        on, paragraph = (*rest, "", "")[:2]
        links.append(
            Link(
                body=body_code(body),
                on=clean_date(on) if on else None,
                paragraph=clean_paragraph(paragraph) if paragraph else "",
            )
        )
    return tuple(links)


def clean_yes_no(value: str) -> bool:
    """`ja` or `nej`. Raises BadFact."""
    word = value.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadFact("not_yes_or_no", "ja eller nej")


def clean_number(value: str) -> int:
    """A whole number from 1. Raises BadFact."""
    word = value.strip()
    if not word.isascii() or not word.isdigit() or not 1 <= int(word[:10]) <= NUMBER_LIMIT:
        raise BadFact("not_a_number", "ett heltal från 1")
    return int(word)


def with_stated(kept: Mapping[str, Facts], trigger: str, facts: Facts, on: date | None) -> dict[str, Facts]:
    """`kept` with what was stated at one more step, and the day of it; in order of name, so that equal facts are equal
    texts however they came about."""
    stated: dict[str, FactValue] = {**facts, "on": on.isoformat()} if on is not None else dict(facts)
    return dict(sorted({**kept, trigger: dict(sorted(stated.items()))}.items()))


def read_facts(
    declared: Sequence[Fact],
    stated: Mapping[str, str],
    known: Mapping[str, FactValue],
    *,
    today: date,
    unknown_allowed: bool,
) -> tuple[dict[str, FactValue], list[Refusal]]:
    """The stated facts as typed values, and every reason why they will not do.

    A required fact may be left out where it is already known, or where `unknown_allowed` (what happened before the
    system was there). Dates and spans are kept as ISO text and words.
    """
    facts: dict[str, FactValue] = {}
    names = {fact.name for fact in declared}
    known_names = ", ".join(sorted(names)) or "inga"
    refusals = [Refusal.of("unknown_fact", fact=name, known=known_names) for name in stated if name not in names]
    for fact in declared:
        raw = stated.get(fact.name, "")
        if not raw.strip():
            if fact.required and not known.get(fact.name) and not unknown_allowed:
                refusals.append(Refusal.of("fact_missing", fact=fact.name, label=fact.label, type=fact.type))
            continue
        try:
            facts[fact.name] = _read(fact, raw, today)
        except BadFact as bad:
            shown = "".join(c if c.isprintable() else "�" for c in raw[:80])
            refusals.append(Refusal.of(bad.code, fact=fact.name, label=fact.label, value=shown, expected=bad.expected))
    return facts, refusals


def _read(fact: Fact, raw: str, today: date) -> FactValue:
    match fact.type:
        case "text" | "person" | "reference" | "dnr":
            return clean_text(raw)
        case "long_text":
            return clean_text(raw, long=True)
        case "paragraph":
            return clean_paragraph(raw)
        case "date":
            return clean_date(raw).isoformat()
        case "span":
            clean_span(raw, today)
            return clean_text(raw)
        case "networks" | "recipients":
            return clean_list(raw)
        case "chain":
            return tuple(as_text(link) for link in clean_chain(raw))
        case "yes_no":
            return clean_yes_no(raw)
        case "number":
            return clean_number(raw)
        case "choice" | "outcome" | "deadline":
            if raw.strip() not in fact.choices:
                raise BadFact("not_a_choice", ", ".join(fact.choices))
            return raw.strip()
