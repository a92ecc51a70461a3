"""Reading the template of an uppdragsdirektiv, and the sections of one as the kansli writes them in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from string import Formatter
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from definitions import problems
from definitions.schema import Id, LongText, Part, Text, UppdragId
from definitions.source import Source, read
from workflow.direktiv import DirectiveText, Section
from workflow.errors import DefinitionInvalid, Problem
from workflow.facts import BadFact, clean_text

KNOWN_NAMES = frozenset({"uppdragen", "ursprung", "forankring", "regionbeslut", "tider", "ledare"})
"""What the template may name in braces."""


class SectionPart(Part):
    id: Id
    label: Text
    text: LongText


class TemplateFile(Part):
    """Mallen för ett uppdragsdirektiv."""

    kind: Literal["direktiv"]
    id: Id
    label: Text
    sections: list[SectionPart] = Field(min_length=1)


class DirectiveFile(Part):
    """Ett uppdragsdirektiv, eller en del av det."""

    rubrik: str | None = None
    diarienummer: str | None = None
    uppdrag: list[UppdragId] | None = None
    avsnitt: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What somebody states of a directive; None and what is not named stays. `sections` are texts by id."""

    title: str | None = None
    number: str | None = None
    uppdrag: tuple[str, ...] | None = None
    sections: Mapping[str, str] = field(default_factory=dict)


def load_template(source: Source) -> tuple[Section, ...]:
    """The sections of a template, with names in braces. Raises DefinitionInvalid with every problem."""
    tree = read(source)
    try:
        part = TemplateFile.model_validate(tree.values)
    except ValidationError as invalid:
        raise DefinitionInvalid(problems.of_shape(source, tree, invalid)) from None
    wrong: list[Problem] = []
    seen: set[str] = set()
    for i, s in enumerate(part.sections):
        if s.id in seen:
            wrong.append(Problem(source.file, tree.line(("sections", i, "id")), f'"{s.id}" står två gånger'))
        seen.add(s.id)
        wrong += _unfillable(source, tree.line(("sections", i, "text")), s.text)
    if wrong:
        raise DefinitionInvalid(wrong)
    return tuple(Section(s.id, s.label, s.text.strip()) for s in part.sections)


@cache
def template() -> tuple[Section, ...]:
    """The sections of the template that comes with the program."""
    file = resources.files("definitions").joinpath("direktiv", "uppdragsdirektiv.yaml")
    return load_template(Source(file.name, file.read_text(encoding="utf-8")))


def load_directive(source: Source, sections: Sequence[Section]) -> Stated:
    """What a file states of a directive that has these sections. Raises DefinitionInvalid with every problem."""
    tree = read(source)
    try:
        part = DirectiveFile.model_validate(tree.values)
    except ValidationError as invalid:
        raise DefinitionInvalid(problems.of_shape(source, tree, invalid)) from None
    wrong: list[Problem] = []
    known = [s.id for s in sections]
    for id in part.avsnitt:
        if id not in known:
            told = f'avsnittet "{id}" finns inte; de som finns: {", ".join(known)}'
            wrong.append(Problem(source.file, tree.line(("avsnitt", id)), told))

    def clean(value: str | None, *path: str, long: bool = False) -> str | None:
        if value is None:
            return None
        try:
            return clean_text(value, long=long)
        except BadFact as bad:
            wrong.append(Problem(source.file, tree.line(path), f"{path[-1]}: {_WRONG[bad.code]} {bad.expected}"))
            return None

    stated = Stated(
        title=clean(part.rubrik, "rubrik"), number=clean(part.diarienummer, "diarienummer"),
        uppdrag=None if part.uppdrag is None else tuple(dict.fromkeys(map(str, part.uppdrag))),
        sections={id: clean(text, "avsnitt", id, long=True) or "" for id, text in part.avsnitt.items()},
    )  # fmt: skip
    if wrong:
        raise DefinitionInvalid(wrong)
    return stated


def write_directive(text: DirectiveText) -> str:
    """A directive as the file that `load_directive` reads: YAML, the texts as they are read."""
    values = {
        "rubrik": text.title, "diarienummer": text.number, "uppdrag": list(text.uppdrag),
        "avsnitt": {s.id: s.text for s in text.sections},
    }  # fmt: skip
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as blocks, which people can edit."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _unfillable(source: Source, line: int, text: str) -> list[Problem]:
    try:
        found = [(name, spec, turn) for _, name, spec, turn in Formatter().parse(text) if name is not None]
    except ValueError:
        return [Problem(source.file, line, "klamrarna går inte att läsa; skriv till exempel {tider}")]
    told = ", ".join(sorted(KNOWN_NAMES))
    return [
        Problem(source.file, line, f'"{{{name}}}" kan inte fyllas i; det som kan: {told}')
        for name, spec, turn in found
        if name not in KNOWN_NAMES or spec or turn
    ]


_WRONG = {
    "control_character": "texten har ett dolt tecken:",
    "text_too_long": "texten är för lång; högst antal tecken:",
}
