"""Checking files before they are taken into use: against each other, and against what comes with the program."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from definitions import loader, planning, schema
from definitions.agenda import load_agenda
from definitions.source import Source
from workflow.errors import DefinitionInvalid, Problem
from workflow.lifecycle import Lifecycle


def check(sources: Sequence[Source], *, templates: Collection[str], regions: Collection[str]) -> tuple[Problem, ...]:
    """Every problem in some files, each checked against the others and against what comes with the program."""
    wrong: list[Problem] = []
    mine: dict[str, list[Source]] = {kind: [] for kind in schema.FILES}
    for source in sources:
        try:
            mine[loader.header(source).kind].append(source)
        except DefinitionInvalid as invalid:
            wrong += invalid.problems
    fragments = {**loader.by_ref(loader.packaged("fragment")), **loader.by_ref(mine["fragment"])}
    lifecycles: dict[str, Lifecycle] = {}
    for source in (*loader.packaged("lifecycle"), *mine["lifecycle"]):
        try:
            loaded = loader.load_lifecycle(source, fragments, templates=templates)
            lifecycles[loaded.id] = loaded
        except DefinitionInvalid as invalid:
            wrong += invalid.problems
    for source in mine["organisation"]:
        try:
            loader.load_organisation(source)
        except DefinitionInvalid as invalid:
            wrong += invalid.problems
    for source in mine["agenda"]:
        try:
            load_agenda(
                source, frozenset(t.trigger for lifecycle in lifecycles.values() for t in lifecycle.transitions)
            )
        except DefinitionInvalid as invalid:
            wrong += invalid.problems
    for source in mine["plan"]:
        try:
            planning.load_plan(source, lifecycles, regions)
        except DefinitionInvalid as invalid:
            wrong += invalid.problems
    return tuple(sorted(set(wrong)))
