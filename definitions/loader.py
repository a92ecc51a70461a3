"""YAML → workflow types; every problem at once, with file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from pydantic import ValidationError

from definitions import problems, schema
from definitions.source import Source, Tree, read
from workflow.correction import DECISION_FACTS
from workflow.errors import DefinitionInvalid, Problem
from workflow.guards import GUARDS
from workflow.lifecycle import (
    AUDIENCES,
    Deadline,
    Fact,
    Lifecycle,
    Outcome,
    RegionTrack,
    RegionTransition,
    ReminderStep,
    State,
    Transition,
)  # fmt: skip
from workflow.model import BODIES, ROLES, Region
from workflow.plan import Samverkansregion
from workflow.soundness import Flaw, unsound


@dataclass(frozen=True, slots=True)
class Organisation:
    """The regions and the groups they work in."""

    version: int
    regions: tuple[Region, ...]
    groups: tuple[Samverkansregion, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What a definition says it is: kind, id, version (1 for a plan: its revisions are counted as they are read in)."""

    kind: str
    id: str
    version: int


_FOLDERS = {
    "lifecycle": "lifecycles", "fragment": "lifecycles", "organisation": "organisation", "plan": "plans",
    "agenda": "dagordning",
}  # fmt: skip


def packaged(kind: str) -> tuple[Source, ...]:
    """The definitions that come with the program, of one kind, by name."""
    files = sorted(resources.files("definitions").joinpath(_FOLDERS[kind]).iterdir(), key=lambda f: f.name)
    sources = [Source(f.name, f.read_text(encoding="utf-8")) for f in files if f.name.endswith(".yaml")]
    return tuple(s for s in sources if f"\nkind: {kind}\n" in f"\n{s.text}")


def header(source: Source) -> Header:
    """Kind, id and version of a definition. Raises DefinitionInvalid."""
    part = shape(source, read(source))
    return Header(getattr(part, "kind", ""), getattr(part, "id", ""), getattr(part, "version", 1))


def label(source: Source) -> str:
    """What people call it."""
    part = shape(source, read(source))
    return str(getattr(part, "label", "") or getattr(part, "title", ""))


def by_ref(sources: Iterable[Source]) -> dict[str, Source]:
    """Sources under their `id/version`. Raises DefinitionInvalid where two claim the same, or one cannot be read."""
    found: dict[str, Source] = {}
    for source in sources:
        head = header(source)
        ref = f"{head.id}/{head.version}"
        if ref in found:
            raise DefinitionInvalid([Problem(source.file, 1, f"{ref} finns redan i {found[ref].file}")])
        found[ref] = source
    return found


def load_lifecycle(source: Source, fragments: Mapping[str, Source], *, templates: Collection[str]) -> Lifecycle:
    """A sound lifecycle. Raises DefinitionInvalid with every problem, in the file and in the fragments it includes.

    `templates` are the names of the mails that a reminder step may ask for.
    """
    tree = read(source)
    part = shape(source, tree)
    if not isinstance(part, schema.LifecycleFile):
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), "kind ska vara lifecycle")])
    wrong: list[Problem] = []
    origin = [(source, tree, ("transitions", i)) for i in range(len(part.transitions))]
    parts = list(part.transitions)
    for i, ref in enumerate(part.includes):
        if ref not in fragments:
            line = tree.line(("includes", i))
            known = ", ".join(sorted(fragments)) or "inga"
            wrong.append(Problem(source.file, line, f'"{ref}" finns inte; det som finns: {known}'))
            continue
        piece, piece_tree = fragments[ref], read(fragments[ref])
        its_shape = shape(piece, piece_tree)
        if isinstance(its_shape, schema.FragmentFile):
            parts += its_shape.transitions
            origin += [(piece, piece_tree, ("transitions", i)) for i in range(len(its_shape.transitions))]
    lifecycle = _lifecycle(part, parts)
    wrong += _names(source, tree, part, templates)
    for (where, its_tree, path), t in zip(origin, parts, strict=True):
        wrong += _transition_names(where, its_tree, path, t)
    for flaw in unsound(lifecycle):
        if flaw.path[0] == "transitions" and len(flaw.path) > 1:
            where, its_tree, path = origin[int(flaw.path[1])]
            placed = Flaw((*path, *flaw.path[2:]), flaw.code, flaw.about)
            wrong.append(problems.of_flaw(where, its_tree, placed))
        else:
            wrong.append(problems.of_flaw(source, tree, flaw))
    if wrong:
        raise DefinitionInvalid(wrong)
    return lifecycle


def load_organisation(source: Source) -> Organisation:
    """The regions and samverkansregioner. Raises DefinitionInvalid."""
    tree = read(source)
    part = shape(source, tree)
    if not isinstance(part, schema.OrganisationFile):
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), "kind ska vara organisation")])
    groups = [g.id for g in part.samverkansregioner]
    wrong = [*_twice(source, tree, ("samverkansregioner",), groups),
             *_twice(source, tree, ("regions",), [r.lanskod for r in part.regions])]  # fmt: skip
    for i, r in enumerate(part.regions):
        for j, g in enumerate(r.samverkansregioner):
            if g not in groups:
                line = tree.line(("regions", i, "samverkansregioner", j))
                wrong.append(Problem(source.file, line, f'samverkansregionen "{g}" finns inte'))
    if wrong:
        raise DefinitionInvalid(wrong)
    regions = (Region(**{**r.model_dump(), "samverkansregioner": tuple(r.samverkansregioner)}) for r in part.regions)
    return Organisation(
        version=part.version,
        regions=tuple(regions),
        groups=tuple(Samverkansregion(id=g.id, name=g.name) for g in part.samverkansregioner),
    )


def shape(source: Source, tree: Tree) -> schema.Part:
    """A definition of its declared kind. Raises DefinitionInvalid with every fault of shape."""
    kind = tree.values.get("kind") if isinstance(tree.values, dict) else None
    if not isinstance(kind, str) or kind not in schema.FILES:
        known = ", ".join(schema.FILES)
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), f"kind ska vara ett av: {known}")])
    try:
        return schema.FILES[kind].model_validate(tree.values)
    except ValidationError as invalid:
        raise DefinitionInvalid(problems.of_shape(source, tree, invalid)) from None


def _lifecycle(part: schema.LifecycleFile, parts: Sequence[schema.TransitionPart]) -> Lifecycle:
    still_open = tuple(s.id for s in part.states if not s.final)
    deadlines = {d.id: d.label for d in part.deadlines}
    return Lifecycle(
        id=part.id, version=part.version, label=part.label, description=part.description.strip(),
        states=tuple(_state(s) for s in part.states),
        transitions=tuple(
            Transition(
                trigger=t.trigger, label=t.label, target=t.target, roles=tuple(t.roles), guards=tuple(t.guards),
                sources=still_open if t.sources == "open" else tuple(t.sources),
                facts=tuple(_fact(f, deadlines) for f in t.facts), effect=t.effect, meets=t.meets,
                automatic=t.automatic, while_paused=t.while_paused, done=t.done,
            )
            for t in parts
        ),
        deadlines=tuple(
            Deadline(id=d.id, label=d.label, regional=d.regional, at_meeting=d.at_meeting) for d in part.deadlines
        ),
        reminders=tuple(
            ReminderStep(**{**r.model_dump(), "audience": tuple(r.audience)}) for r in part.reminders
        ),
        track=_track(part.region_track) if part.region_track else None,
    )  # fmt: skip


def _state(s: schema.StatePart) -> State:
    return State(id=s.id, label=s.label, initial=s.initial, final=s.final, means=s.means.strip())


def _fact(f: schema.FactPart, deadlines: Mapping[str, str]) -> Fact:
    choices: Mapping[str, str] = deadlines if f.type == "deadline" else f.choices
    return Fact(
        name=f.name, type=f.type, label=f.label, required=f.required, choices=choices, sets=f.sets, help=f.help
    )  # fmt: skip


def _track(part: schema.TrackPart) -> RegionTrack:
    return RegionTrack(
        states=tuple(_state(s) for s in part.states),
        transitions=tuple(
            RegionTransition(
                trigger=t.trigger, label=t.label, sources=tuple(t.sources), target=t.target, roles=tuple(t.roles),
                facts=tuple(_fact(f, {}) for f in t.facts), effect=t.effect, done=t.done,
            )
            for t in part.transitions
        ),
        outcomes=tuple(Outcome(**{**o.model_dump(), "requires": tuple(o.requires)}) for o in part.outcomes),
        roles=tuple(part.roles), open_in=tuple(part.open_in), decided=part.decided, partly=part.partly,
        amounts_to=tuple(part.amounts_to), bodies=tuple(part.bodies), delegable=part.delegable,
    )  # fmt: skip


Path = tuple[str | int, ...]


def _unknown(
    source: Source, tree: Tree, path: Path, what: str, names: Iterable[str], known: Collection[str]
) -> list[Problem]:
    listed = ", ".join(sorted(known)) or "inga"
    return [Problem(source.file, tree.line((*path, i)), f'{what} "{n}" finns inte; de som finns: {listed}')
            for i, n in enumerate(names) if n not in known]  # fmt: skip


def _twice(source: Source, tree: Tree, path: Path, names: Sequence[str]) -> list[Problem]:
    return [Problem(source.file, tree.line((*path, i)), f'"{name}" står två gånger')
            for i, name in enumerate(names) if name in names[:i]]  # fmt: skip


def _names(source: Source, tree: Tree, part: schema.LifecycleFile, templates: Collection[str]) -> list[Problem]:
    wrong = [*_twice(source, tree, ("states",), [s.id for s in part.states]),
             *_twice(source, tree, ("deadlines",), [d.id for d in part.deadlines]),
             *_twice(source, tree, ("reminders",), [r.id for r in part.reminders])]  # fmt: skip
    for i, r in enumerate(part.reminders):
        wrong += _unknown(source, tree, ("reminders", i, "audience"), "mottagaren", r.audience, AUDIENCES)
        if r.template not in templates:
            line = tree.line(("reminders", i, "template"))
            known = ", ".join(sorted(templates)) or "inga"
            wrong.append(Problem(source.file, line, f'mejlmallen "{r.template}" finns inte; de som finns: {known}'))
    if track := part.region_track:
        at: Path = ("region_track",)
        wrong += _unknown(source, tree, (*at, "roles"), "rollen", track.roles, ROLES)
        wrong += _unknown(source, tree, (*at, "bodies"), "instansen", track.bodies, BODIES)
        wrong += _twice(source, tree, (*at, "states"), [s.id for s in track.states])
        wrong += _twice(source, tree, (*at, "outcomes"), [o.id for o in track.outcomes])
        for i, o in enumerate(track.outcomes):
            wrong += _unknown(source, tree, (*at, "outcomes", i, "requires"), "uppgiften", o.requires, DECISION_FACTS)
        for i, t in enumerate(track.transitions):
            wrong += _step_names(source, tree, (*at, "transitions", i), t)
    return wrong


def _transition_names(source: Source, tree: Tree, path: Path, t: schema.TransitionPart) -> list[Problem]:
    return [
        *_unknown(source, tree, (*path, "guards"), "villkoret", t.guards, GUARDS),
        *_step_names(source, tree, path, t),
    ]


def _step_names(source: Source, tree: Tree, path: Path, t: Any) -> list[Problem]:
    wrong = _unknown(source, tree, (*path, "roles"), "rollen", t.roles, ROLES)
    for i, f in enumerate(t.facts):
        line = tree.line((*path, "facts", i))
        if f.type == "choice" and not f.choices:
            wrong.append(Problem(source.file, line, f"{f.name} har typen choice och måste ange choices"))
        if f.type != "choice" and f.choices:
            wrong.append(Problem(source.file, line, f"{f.name} anger choices men har typen {f.type}"))
    return wrong
