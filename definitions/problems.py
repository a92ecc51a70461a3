"""What can be wrong in a definition, in words that a secretary can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from definitions.source import Source, Tree
from workflow.errors import Problem
from workflow.soundness import Flaw

FLAWS = {
    "one_initial_state": "precis ett tillstånd ska ha initial: true (nu: {0})",
    "no_final_state": "inget tillstånd är slutligt; sätt final: true på det sista",
    "unknown_state": 'tillståndet "{0}" finns inte',
    "unknown_deadline": 'tidsgränsen "{0}" finns inte',
    "automatic_needs_guard": "{0} sker av sig självt och måste då ha villkor (guards) men inga uppgifter (facts)",
    "automatic_goes_nowhere": "{0} sker av sig självt och måste då leda till ett annat tillstånd",
    "effect_needs_fact": "effekten {0} behöver uppgiften {1} av typen {2}",
    "duplicate_fact": "{0} har två uppgifter med samma namn",
    "cannot_tell_apart": "inget skiljer detta {0} från ett tidigare från samma tillstånd ({1}); ge dem olika villkor",
    "unreachable_state": 'tillståndet "{0}" kan aldrig nås',
    "no_way_out": 'från tillståndet "{0}" går det inte att nå något slut',
    "deadline_never_met": "ingen övergång uppfyller tidsgränsen; ange den under meets på en övergång",
    "deadline_is_own_date": "{0} räknar programmet ut själv för varje region; ge tidsgränsen ett annat namn",
    "own_date_needs_track": "{0} gäller regionernas beslut, och ärendegången har inget region_track",
    "own_date_goes_elsewhere": "det som räknas från {0} går bara till kansliets egna: {1}",
    "protokoll_comes_after": "protokollet kommer efter beslutet: ange minst 1 vecka efter det (nu: {0})",
    "open_outcome_needs_state": "utfallet {0} är öppet och måste säga regionens tillstånd (state)",
    "final_outcome_leaves_task": "utfallet {0} är slutligt och kan inte lämna något att komplettera; ta bort task",
    "fact_has_other_type": "{0} sätter {1} och måste ha typen {2}",
    "no_final_outcome": "inget utfall är slutligt; ange counts på minst ett",
    "amounts_to_final": "amounts_to ska rangordna precis de slutliga utfallen: {0}",
}


def of_flaw(source: Source, tree: Tree, flaw: Flaw) -> Problem:
    """A flaw in how a lifecycle hangs together, at its line."""
    return Problem(source.file, tree.line(flaw.path), FLAWS[flaw.code].format(*flaw.about))


def of_shape(source: Source, tree: Tree, wrong: ValidationError) -> Iterator[Problem]:
    """Every fault of shape, at its line."""
    for error in wrong.errors():
        path = tuple(part for part in error["loc"] if part != "[key]")
        where = ".".join(str(p) for p in path if not isinstance(p, int)) or "filen"
        yield Problem(source.file, tree.line(_along(tree, path)), _sentence(where, error["type"], error))


def _along(tree: Tree, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path without the names of alternatives that the validator puts into it."""
    kept: tuple[str | int, ...] = ()
    for part in path:
        if (*kept, part) in tree.lines:
            kept = (*kept, part)
    return kept


_SENTENCES = {
    "yaml_trap": '{where}: {value} utan citattecken läses som {reads_as} av andra program; skriv "{value}"',
    "missing": "{where} saknas",
    "extra_forbidden": "{where} är inte en nyckel som finns; kontrollera stavningen",
    "literal_error": '{where}: "{input}" finns inte; välj bland {expected}',
    "string_pattern_mismatch": '{where}: "{input}" har inte rätt form ({pattern})',
    "string_too_long": "{where} är för långt; högst {max_length} tecken",
    "string_too_short": "{where} är tomt",
    "too_short": "{where} är tomt",
    "bool_parsing": '{where}: "{input}" ska vara true eller false',
    "int_parsing": '{where}: "{input}" ska vara ett heltal',
    "greater_than_equal": "{where}: {input} är för litet; minst {ge}",
    "less_than_equal": "{where}: {input} är för stort; högst {le}",
    "string_type": "{where} ska vara text",
    "list_type": "{where} ska vara en lista",
    "dict_type": "{where} ska ha nycklar under sig",
    "model_type": "{where} ska ha nycklar under sig",
}


def _sentence(where: str, kind: str, error: Any) -> str:
    facts = {**error.get("ctx", {}), "where": where, "input": error.get("input")}
    facts["expected"] = str(facts.get("expected", "")).replace(" or ", " eller ")
    return _SENTENCES[kind].format(**facts) if kind in _SENTENCES else f"{where}: {error['msg']}"
