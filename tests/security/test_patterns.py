"""No regular expression of the program can run away, whatever text it is given."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial

import pytest

from notifications.quoting import own_words
from notifications.serialise import LONGEST
from tests.reliability import Tried
from tests.security.ambiguity import RunsAway, runs_away
from tests.security.patterns import Pattern, patterns
from uppdrag.cli.swedish import _FAULTS
from workflow.facts import TEXT_LIMIT

BOUNDED = {
    "notifications/quoting.py::_FROM": 500,  # lines of a mail are cut before they are looked at
    "notifications/serialise.py::_MAILBOX": LONGEST,  # a header's value is checked first
    "uppdrag/intake/meetings.py::_RULE": TEXT_LIMIT,  # clean_text
    "uppdrag/documents/charts_svg.py::_REFERENCE": 10_000,  # texts in a picture of ours
}
"""Expressions whose time grows as the square of a text, with the longest text that they are given."""
OUR_OWN = (
    "notifications/templating.py::_TAG", "uppdrag/documents/charts_svg.py::_FONT", "uppdrag/web/letters.py::_SHEET",
    "uppdrag/settings/given.py::_IN_AUTHORITY", "uppdrag/settings/given.py::_IN_QUERY",
    "uppdrag/service/diagnosing_machine.py::_LOCKED",
)  # fmt: skip
"""Those that read only what comes with the program, or what whoever runs it has set."""
MADE = {
    "uppdrag/cli/swedish.py::pattern": [text for text, _ in _FAULTS],
    "uppdrag/service/papers_neutral.py::_found": [re.escape("ett (ord)+")],  # titles, escaped, one or another
}
"""Those that are made as the program runs, and what they can be. Typer's own sentences are what the first read."""
AT_MOST = 0.25
"""Seconds of this processor that the longest text may take."""


def _found(pattern: Pattern) -> RunsAway | None:
    assert pattern.text is not None
    each = (runs_away(pattern.text, pattern.flags, searched=s, whole=w) for s, w in sorted(pattern.ways))
    return next((one for one in each if one), None)


@pytest.mark.parametrize(
    ("text", "searched", "kind"),
    [
        ("(a+)+", False, "exponential"), ("(a|a)*", False, "exponential"), ("(a|aa)+", False, "exponential"),
        (r"(?:\w+\s?)*", False, "exponential"), (r"([a-z]+)*\d", False, "exponential"), ("(.*a){12}", False,
        "exponential"), (r"(\d{1,30}){1,30}", False, "exponential"), ("(?:a?){20}b", False, "exponential"),
        ("a*a*b", False, "polynomial"), (r"\s*\n\s*,", False, "polynomial"), (r"\s+$", True, "polynomial"),
        ("[A-Z]*é*É", False, ""), (r"(?i)[a-zå]*Å+,", False, "polynomial"),
        ("(?:[a-z]+,)*[a-z]+", False, ""), ("[^,]*(?:,[^,]*)*", False, ""), (r"\d{4}-\d{2}", True, ""),
    ],
)  # fmt: skip
def test_what_runs_away_is_known_for_it(text: str, searched: bool, kind: str) -> None:
    found = runs_away(text, searched=searched)
    assert (found.kind if found else "") == kind


@pytest.mark.parametrize("text", ["(a+)+", "(a|a)*", r"([a-z]+)*\d", "(x+x+)+y"])
def test_what_is_said_to_run_away_does(text: str) -> None:
    """The text that the analysis names takes the more than fourfold time when it is four signs longer."""
    found = runs_away(text)
    assert found is not None
    compiled, one, other = re.compile(text), 0.0, 0.0
    for length in range(12, 30):
        one, other = (_seconds(partial(compiled.fullmatch, found.text(n))) for n in (length, length + 4))
        if other > 0.02:
            break
    assert other > one * 4


def test_no_expression_of_the_program_runs_away(tried: Tried) -> None:
    wrong, exceptions, times = [], set[str](), 0
    for pattern in patterns():
        times += 1
        if pattern.text is None:
            exceptions.add(pattern.at)
            wrong += [pattern.at for text in MADE.get(pattern.at, ["(a+)+"]) if _exponential(text)]
        elif found := _found(pattern):
            exceptions.add(pattern.at)
            if found.kind == "exponential" or pattern.at not in (*BOUNDED, *OUR_OWN):
                wrong.append(f"{pattern.at}: {found.kind}, by {found.text(40)!r}")
            elif (longest := BOUNDED.get(pattern.at)) and _worst(pattern, found, longest) > AT_MOST:
                wrong.append(f"{pattern.at}: too slow for a text of {longest}")
    assert not wrong
    assert exceptions == {*BOUNDED, *OUR_OWN, *MADE}, "no exception is left that nothing needs"
    assert times > 100, "the expressions were found"
    tried("Indata", "reguljära uttryck: kan någon text få dem att skena?", times, "inget kan det")


def test_a_mail_of_nothing_but_rules_costs_little() -> None:
    """What an earlier expression for the line above a quoted mail took a minute for."""
    mail = f"{'_' * 499}x\n" * 400
    assert _seconds(lambda: own_words(mail)) < 1
    assert own_words(f"Antaget.\n{'_' * 32}\nFrån: NSPL\nHur går det?") == "Antaget."


def _exponential(text: str) -> bool:
    found = runs_away(text)
    return found is not None and found.kind == "exponential"


def _worst(pattern: Pattern, found: RunsAway, longest: int) -> float:
    compiled = re.compile(str(pattern.text), pattern.flags)
    text, (searched, whole) = found.text(longest), max(pattern.ways)
    reads = compiled.fullmatch if whole else compiled.search if searched else compiled.match
    return min(_seconds(lambda: reads(text)) for _ in range(2))


def _seconds(of: Callable[[], object]) -> float:
    began = time.process_time()
    of()
    return time.process_time() - began
