"""Reading the form of chefsgruppen's agenda: every step in it exists, every text can be filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from string import Formatter

from definitions.loader import shape
from definitions.schema import AgendaFile, DirectivePart, SectionPart, StandingPart
from definitions.source import Source, Tree, read
from workflow.agenda_form import (
    DIRECTIVE_NAMES,
    PROPOSAL_NAMES,
    AgendaForm,
    Body,
    DirectiveForm,
    Rhythm,
    Section,
    Standing,
    Yearly,
)
from workflow.errors import DefinitionInvalid, Problem

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag")


def load_agenda(source: Source, triggers: Collection[str]) -> AgendaForm:
    """The form of an agenda. `triggers` are the steps that lifecycles have.

    Raises DefinitionInvalid with every problem.
    """
    tree = read(source)
    part = shape(source, tree)
    if not isinstance(part, AgendaFile):
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), "kind ska vara agenda")])
    if wrong := list(_faults(source, tree, part, triggers)):
        raise DefinitionInvalid(wrong)
    months = tuple(sorted(set(part.rhythm.months)))
    rhythm = {**part.rhythm.model_dump(), "weekday": WEEKDAYS.index(part.rhythm.weekday), "months": months}
    return AgendaForm(
        rhythm=Rhythm(**rhythm),
        opening=tuple(Standing(**s.model_dump()) for s in part.opening),
        sections=tuple(
            Section(
                **{**s.model_dump(), "triggers": tuple(s.triggers),
                   "yearly": tuple(Yearly(**y.model_dump()) for y in s.yearly)}
            )
            for s in part.sections
        ),
        closing=tuple(Standing(**s.model_dump()) for s in part.closing), proposals=part.proposals,
        directive=DirectiveForm(**part.directive.model_dump()) if part.directive else None,
        handoff=tuple(Body(**b.model_dump()) for b in part.handoff),
    )  # fmt: skip


@cache
def agenda_form(file: str, text: str, triggers: frozenset[str]) -> AgendaForm:
    """The same, read once for each text and the steps that lifecycles have."""
    return load_agenda(Source(file, text), triggers)


def _faults(source: Source, tree: Tree, part: AgendaFile, triggers: Collection[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    named: list[tuple[tuple[str | int, ...], StandingPart | SectionPart]] = []
    named += [(("opening", i), one) for i, one in enumerate(part.opening)]
    named += [(("sections", i), one) for i, one in enumerate(part.sections)]
    named += [(("closing", i), one) for i, one in enumerate(part.closing)]
    named += [(("sections", i, "yearly", j), y) for i, s in enumerate(part.sections) for j, y in enumerate(s.yearly)]
    for path, one in named:
        if one.id in seen:
            yield Problem(source.file, tree.line((*path, "id")), f'"{one.id}" står två gånger; ge punkten ett eget id')
        seen.add(one.id)
        line = tree.line((*path, "proposal"))
        if "{" in one.proposal and (isinstance(one, StandingPart) or one.takes == "regions"):
            yield Problem(source.file, line, "punkten gäller inte ett uppdrag; skriv texten utan klamrar")
        yield from _text(source, line, one.proposal)
    for i, s in enumerate(part.sections):
        line = tree.line(("sections", i))
        if (s.takes == "step") != bool(s.triggers):
            yield Problem(source.file, line, "triggers anges när takes är step, och bara då")
        if (s.takes == "yearly") != bool(s.yearly):
            yield Problem(source.file, line, "yearly anges när takes är yearly, och bara då")
        yield from _steps(source, tree, ("sections", i, "triggers"), s.triggers, triggers)
    for step, text in part.proposals.items():
        yield from _steps(source, tree, ("proposals", step), [step], triggers)
        yield from _text(source, tree.line(("proposals", step)), text)
    for i, body in enumerate(part.handoff):
        if body.id in {b.id for b in part.handoff[:i]}:
            yield Problem(source.file, tree.line(("handoff", i, "id")), f'"{body.id}" står två gånger under handoff')
    if part.directive is not None:
        yield from _directive(source, tree, part.directive, {s.id for s in part.sections}, triggers)


def _directive(
    source: Source, tree: Tree, part: DirectivePart, sections: Collection[str], triggers: Collection[str]
) -> Iterator[Problem]:
    yield from _steps(source, tree, ("directive", "trigger"), [part.trigger], triggers)
    if part.section not in sections:
        told = f'rubriken "{part.section}" finns inte; de som finns: {", ".join(sorted(sections))}'
        yield Problem(source.file, tree.line(("directive", "section")), told)
    for name in ("title", "proposal", "alone"):
        known = DIRECTIVE_NAMES if name == "proposal" else DIRECTIVE_NAMES - {"uppdragen"}
        yield from _text(source, tree.line(("directive", name)), getattr(part, name), known)


def _steps(
    source: Source, tree: Tree, path: tuple[str | int, ...], steps: list[str], known: Collection[str]
) -> Iterator[Problem]:
    for step in steps:
        if step not in known:
            told = ", ".join(sorted(known))
            yield Problem(
                source.file, tree.line(path), f'steget "{step}" finns inte i någon ärendegång; de som finns: {told}'
            )


def _text(
    source: Source, line: int, text: str, known: Collection[str] = PROPOSAL_NAMES
) -> Iterator[Problem]:  # fmt: skip
    try:
        found = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        yield Problem(source.file, line, "klamrarna går inte att läsa; skriv till exempel {titel}")
        return
    for name, spec, conversion in found:
        if name not in known or spec or conversion:
            told = ", ".join(sorted(known))
            yield Problem(source.file, line, f'"{{{name}}}" kan inte fyllas i; det som kan: {told}')
