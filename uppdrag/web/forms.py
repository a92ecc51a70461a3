"""Forms: fields made of declared facts, what was wrong beside each, and what becomes of what was posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Literal

from uppdrag import words
from workflow.engine import FactAsked
from workflow.errors import Refused, UppdragError

Kind = Literal["text", "long", "date", "number", "choice", "select", "tick"]
_KINDS: Mapping[str, Kind] = {
    "date": "date", "number": "number", "long_text": "long", "choice": "choice", "outcome": "choice",
    "deadline": "choice", "yes_no": "choice",
}  # fmt: skip
_HELP = {
    "dnr": "Till exempel RK2026-00012-3.", "paragraph": "Bara siffran, till exempel 19.", "number": "Ett heltal.",
    "span": "Som Q3 2026, hösten 2026 eller 2026-09-30.", "chain": "Till exempel AU:2026-05-12, RS:2026-05-26.",
    "recipients": "Åtskilda med komma.", "networks": "Åtskilda med komma.",
}  # fmt: skip
_MOST_RADIOS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. `shown_for`: the choices of another field that it belongs to, empty where it always does; `at`: the
    kind of body (`kollegial`, `tjansteman`) that it belongs to. `group`: the heading that it is folded under."""

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    required: bool = False
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""
    shown_for: str = ""
    autocomplete: str = ""
    narrow: bool = False
    at: str = ""
    group: str = ""

    @property
    def asked(self) -> str:
        """The label, with a word where an answer is not needed."""
        return self.label if self.required or self.kind == "tick" else f"{self.label} (kan utelämnas)"

    @property
    def answer(self) -> str:
        """The value as people read it."""
        return dict(self.options).get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was wrong with what was posted: by field, and in general."""

    by_field: Mapping[str, str]
    general: tuple[str, ...]

    @property
    def any(self) -> bool:
        return bool(self.by_field or self.general)


NO_COMPLAINT = Complaint({}, ())


def new_key() -> str:
    """What a form is known by, so that the same form is registered once."""
    return token_urlsafe(16)


def seen(form: Mapping[str, str]) -> int:
    """Which version of what it changes a form was made from; one that does not say was made from none."""
    stated = form.get("sedd", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else -1


def of_fact(asked: FactAsked, stated: Mapping[str, str]) -> Field:
    """The question that a declared fact asks. What is known already is told, not filled in."""
    fact = asked.fact
    options = tuple(fact.choices.items())
    if fact.type == "yes_no":
        options = (("ja", "Ja"), ("nej", "Nej"))
    kind = _KINDS.get(fact.type, "text")
    if kind == "choice" and len(options) > _MOST_RADIOS:
        kind = "select"
    known = f"Känt sedan tidigare: {words.value(asked.known)}." if asked.known not in (None, "", ()) else ""
    help = " ".join(filter(None, (known, fact.help or _HELP.get(fact.type, ""))))
    return Field(
        name=fact.name, label=fact.label, kind=kind, value=stated.get(fact.name, ""), options=options, help=help,
        required=fact.required and asked.known in (None, "", ()), narrow=fact.type in ("paragraph", "number"),
    )  # fmt: skip


def complaint(wrong: UppdragError, names: Iterable[str], also: Mapping[str, str] | None = None) -> Complaint:
    """A refusal as sentences beside the fields that they are about. `also` names fields by what refusals call them."""
    known, alias = set(names), also or {}
    by_field: dict[str, str] = {}
    general: list[str] = []
    if not isinstance(wrong, Refused):
        return Complaint({}, tuple(words.on_a_page(wrong)))
    for refusal in wrong.refusals:
        about = refusal.facts.get("fact", "")
        field = alias.get(refusal.code) or alias.get(about, about)
        if field in known:
            by_field[field] = " ".join(filter(None, (by_field.get(field, ""), words.sentence(refusal))))
        else:
            general.append(words.sentence(refusal))
    return Complaint(by_field, tuple(general))


def filled(field: Field, form: Mapping[str, str]) -> Field:
    """The same question with what was answered."""
    return replace(field, value=form.get(field.name, field.value))


def with_errors(fields: Sequence[Field], found: Complaint) -> list[Field]:
    """The same questions, each with what was wrong with its answer."""
    return [replace(f, error=found.by_field.get(f.name, "")) for f in fields]
