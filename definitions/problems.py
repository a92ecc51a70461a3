"""What can be wrong in a definition, in words that a secretary can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from definitions.source import Source, Tree
from workflow.errors import Problem
from workflow.lifecycle import Flaw

_FLAWS = {
    "one_initial_state": "precis ett tillstånd ska ha initial: true (nu: {0})",
    "no_final_state": "inget tillstånd är slutligt; sätt final: true på det sista",
    "unknown_state": 'tillståndet "{0}" finns inte',
    "unknown_deadline": 'tidsgränsen "{0}" finns inte',
    "automatic_needs_guard": "{0} sker av sig självt och måste då ha minst ett villkor (guards) och inga uppgifter (facts)",
    "automatic_goes_nowhere": "{0} sker av sig självt och måste då leda till ett annat tillstånd",
    "effect_needs_fact": "effekten {0} behöver uppgiften {1} av typen {2}",
    "duplicate_fact": "{0} har två uppgifter med samma namn",
    "cannot_tell_apart": "inget skiljer detta {0} från ett tidigare från samma tillstånd ({1}); ge dem olika villkor",
    "unreachable_state": 'tillståndet "{0}" kan aldrig nås',
    "no_way_out": 'från tillståndet "{0}" går det inte att nå något slut',
    "deadline_never_met": "ingen övergång uppfyller tidsgränsen; ange den under meets på en övergång",
    "open_outcome_needs_state": "utfallet {0} är öppet och måste säga regionens tillstånd (state)",
    "no_final_outcome": "inget utfall är slutligt; ange counts på minst ett",
    "amounts_to_final": "amounts_to ska rangordna precis de slutliga utfallen: {0}",
}


def of_flaw(source: Source, tree: Tree, flaw: Flaw) -> Problem:
    """A flaw in how a lifecycle hangs together, at its line."""
    return Problem(source.file, tree.line(flaw.path), _FLAWS[flaw.code].format(*flaw.about))


def of_shape(source: Source, tree: Tree, wrong: ValidationError) -> Iterator[Problem]:
    """Every fault of shape, at its line."""
    for error in wrong.errors():
        path = tuple(part for part in error["loc"] if part not in ("[key]",))
        where = ".".join(str(p) for p in path if not isinstance(p, int)) or "filen"
        yield Problem(source.file, tree.line(_along(tree, path)), _sentence(where, error["type"], error))


def _along(tree: Tree, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path without the names of alternatives that the validator puts into it."""
    kept: tuple[str | int, ...] = ()
    for part in path:
        if (*kept, part) in tree.lines:
            kept = (*kept, part)
    return kept


def _sentence(where: str, kind: str, error: Any) -> str:
    ctx, value = error.get("ctx", {}), error.get("input")
    match kind:
        case "yaml_trap":
            return f'{where}: {ctx["value"]} utan citattecken läses som {ctx["reads_as"]} av andra program; skriv "{ctx["value"]}"'
        case "missing":
            return f"{where} saknas"
        case "extra_forbidden":
            return f"{where} är inte en nyckel som finns; kontrollera stavningen"
        case "literal_error":
            return f'{where}: "{value}" finns inte; välj bland {ctx["expected"].replace(" or ", " eller ")}'
        case "string_pattern_mismatch":
            return f'{where}: "{value}" har inte rätt form ({ctx["pattern"]})'
        case "string_too_long":
            return f"{where} är för långt; högst {ctx['max_length']} tecken"
        case "string_too_short" | "too_short":
            return f"{where} är tomt"
        case "bool_parsing" | "bool_type":
            return f'{where}: "{value}" ska vara true eller false'
        case "int_parsing" | "int_type" | "int_from_float":
            return f'{where}: "{value}" ska vara ett heltal'
        case "greater_than_equal" | "less_than_equal":
            return f"{where}: {value} ligger utanför det tillåtna ({'minst' if 'ge' in ctx else 'högst'} {ctx.get('ge', ctx.get('le'))})"
        case "string_type":
            return f"{where} ska vara text"
        case "list_type":
            return f"{where} ska vara en lista"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{where} ska ha nycklar under sig"
        case _:
            return f"{where}: {error['msg']}"
