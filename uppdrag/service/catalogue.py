"""The definitions at work: check, list, show, draw, publish, and move running uppdrag to a new version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from definitions import check as checking
from definitions import diagram, loader, schema
from definitions.source import Source
from notifications.catalogue import TEMPLATES
from storage import definitions, log, queries, uppdrag
from storage.database import Session
from uppdrag.service import setup, sources
from uppdrag.service.commands import advance, writing
from uppdrag.service.house import House
from workflow.commands import Migrate
from workflow.errors import NotFound, Problem, Refused
from workflow.lifecycle import Lifecycle
from workflow.migration import Move, plan_move
from workflow.model import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A published version, and how many uppdrag follow it."""

    kind: str
    id: str
    version: int
    label: str
    digest: str
    uppdrag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What moving the uppdrag of a lifecycle to a version does, or would do: one Move each."""

    lifecycle: str
    version: int
    published: tuple[str, ...]
    moves: tuple[Move, ...]
    dry_run: bool


def check(sources: Sequence[Source]) -> tuple[Problem, ...]:
    """Every problem in some files; with none, in the definitions that come with the program."""
    regions = [
        r.lanskod for source in loader.packaged("organisation") for r in loader.load_organisation(source).regions
    ]
    kinds = ("organisation", "fragment", "lifecycle", "plan", "agenda")
    chosen = list(sources) or [s for kind in kinds for s in loader.packaged(kind) if kind != "fragment"]
    return checking.check(chosen, templates=TEMPLATES, regions=regions)


def listed(house: House) -> list[Listed]:
    """Everything published, by kind, id and version."""
    with house.database.reading() as session:
        used = definitions.in_use(session)
        return [
            Listed(
                kind=kind, id=id, version=version, label=house.label(session, id, version, digest), digest=digest,
                uppdrag=used.get((id, version), 0) if kind == "lifecycle" else 0,
            )
            for (kind, id, version), digest in sorted(definitions.digests(session).items())
        ]  # fmt: skip


def newest(house: House) -> list[Lifecycle]:
    """The newest version of every lifecycle, in the order of what people call them."""
    with house.database.reading() as session:
        ids = {id for kind, id, _ in definitions.digests(session) if kind == "lifecycle"}
        return sorted((house.newest(session, id).lifecycle for id in ids), key=lambda lc: lc.label)


def groups(house: House) -> Mapping[str, str]:
    """The samverkansregioner by id, and what people call them, as the newest published organisation has it."""
    with house.database.reading() as session:
        found = definitions.published(session, kind="organisation")
    newest = max(found, key=lambda d: d.version, default=None)
    return _groups(newest.file, newest.source) if newest else {}


@cache
def _groups(file: str, source: str) -> Mapping[str, str]:
    return {g.id: g.name for g in loader.load_organisation(Source(file, source)).groups}


def source(house: House, ref: str) -> str:
    """The text of a published definition, by `id` (its newest version) or `id/version`. Raises NotFound."""
    id, _, version = ref.partition("/")
    with house.database.reading() as session:
        found = [d for d in definitions.published(session) if d.id == id and (not version or str(d.version) == version)]
    if not found:
        raise NotFound("definition", ref)
    return max(found, key=lambda d: d.version).source


def lifecycle(house: House, ref: str) -> Lifecycle:
    """A published lifecycle by `id` or `id/version`. Raises NotFound."""
    id, _, version = ref.partition("/")
    with house.database.reading() as session:
        if version:
            return house.engine(session, id, int(version) if version.isdigit() else 0).lifecycle
        return house.newest(session, id).lifecycle


def draw(house: House | None, names: Sequence[str]) -> list[str]:
    """Lifecycles as Mermaid text: published ones by `id` or `id/version`, files by path, without names all in use.

    `house` may be None where every name is a file. Raises NotFound or DefinitionInvalid.
    """
    if house is not None and not names:
        names = [f"{d.id}/{d.version}" for d in listed(house) if d.kind == "lifecycle"]
    return [diagram.mermaid(_lifecycle_at(house, name)) for name in names]


def _lifecycle_at(house: House | None, name: str) -> Lifecycle:
    if house is not None and not Path(name).is_file():
        return lifecycle(house, name)
    fragments = loader.by_ref(loader.packaged("fragment"))
    return loader.load_lifecycle(sources.file(name), fragments, templates=TEMPLATES)


def json_schema() -> dict[str, object]:
    """The JSON Schema of every kind of definition file."""
    return schema.json_schema()


def publish(house: House, sources: Sequence[Source], *, now: datetime) -> list[str]:
    """Take definitions into use; all of them or none. Raises DefinitionInvalid or DefinitionEdited."""
    return setup.publish_files(house, sources, now=now)


def migrate(
    house: House, targets: Sequence[str], *, actor: Actor, now: datetime, dry_run: bool
) -> tuple[Migration, ...]:
    """Move every uppdrag of some lifecycles to one version each; all or none.

    A target is `id/version`, an `id` (its newest version), or a file, which is then published first in the same
    transaction; with a dry run nothing is kept. Raises Refused, with each uppdrag that cannot be moved and why.
    """
    files = [sources.file(t) for t in targets if Path(t).is_file()]
    with _forgetting(house), writing(house, dry_run=dry_run) as session:
        session.alone()
        published = setup.publish_checked(house, session, files, now) if files else []
        refs = [t for t in targets if not Path(t).is_file()]
        refs += [f"{h.id}/{h.version}" for h in map(loader.header, files) if h.kind == "lifecycle"]
        moves = {ref: _moves(house, session, ref) for ref in refs}
        stuck = [r for _, its in moves.values() for move in its for r in move.refusals]
        if stuck and not dry_run:
            raise Refused(stuck)
        for _, its in moves.values():
            for move in its:
                if not move.refusals:
                    command = Migrate(actor=actor, version=move.to_version, final=move.final)
                    advance(house, session, move.uppdrag, command, now)
    return tuple(
        Migration(lifecycle=to.id, version=to.version, published=tuple(published), moves=its, dry_run=dry_run)
        for to, its in moves.values()
    )


@contextmanager
def _forgetting(house: House) -> Iterator[None]:
    """What was published on trial, or by a move that was refused, is not remembered."""
    try:
        yield
    finally:
        house.forget()


def _moves(house: House, session: Session, ref: str) -> tuple[Lifecycle, tuple[Move, ...]]:
    id, _, version = ref.partition("/")
    engine = house.engine(session, id, int(version)) if version.isdigit() else house.newest(session, id)
    to = engine.lifecycle
    return to, tuple(_move(house, session, one, to) for one in queries.following(session, to.id, to.version))


def _move(house: House, session: Session, id: str, to: Lifecycle) -> Move:
    head = log.lock(session, id)
    matter = uppdrag.load(session, id, seq=head.seq, regions="*")
    u = matter.uppdrag
    return plan_move(matter, house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle, to)
