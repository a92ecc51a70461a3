"""Create or upgrade the database, and publish what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from definitions import loader
from definitions.agenda import load_agenda
from definitions.source import Source
from notifications.catalogue import TEMPLATES
from storage import checkpoints, definitions, log, schema
from storage.database import Database, Session
from storage.definitions import StoredDefinition
from uppdrag.service.house import SYSTEM_STREAM, House
from workflow.errors import DefinitionEdited
from workflow.events import Installed, Published
from workflow.model import SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What `init` did: revisions run, definitions published. Both empty: everything was there. `new`: there was no
    database before."""

    database: str
    new: bool
    revisions: tuple[str, ...]
    published: tuple[str, ...]


def init(url: str, *, now: datetime) -> SetUp:
    """Create the database, or bring it up to this program, and publish the definitions that come with it.

    Doing it again changes nothing. Raises StorageUnavailable, or DefinitionEdited where a published version differs.
    """
    with closing(Database(url)) as database:
        revisions = schema.upgrade(database)
        with database.transaction() as session:
            session.alone()
            new = log.peek(session, SYSTEM_STREAM) == log.EMPTY
            if new:
                entry = log.Entry(event=Installed(schema=schema.HEAD), state="", actor=SYSTEM)
                log.append(session, SYSTEM_STREAM, log.EMPTY, [entry], now)
            fresh = publish(session, _packaged(), now)
            if fresh:
                checkpoints.write(session, now)
    shown = database.url.render_as_string(hide_password=True)
    return SetUp(database=shown, new=new, revisions=tuple(revisions), published=tuple(fresh))


def upgrade(url: str) -> tuple[str, ...]:
    """Run the schema revisions that are missing."""
    with closing(Database(url)) as database:
        return tuple(schema.upgrade(database))


def publish_files(house: House, sources: Sequence[Source], *, now: datetime) -> list[str]:
    """Check definitions against each other and what is published, and take them into use; all of them or none."""
    with house.database.transaction() as session:
        return publish_checked(house, session, sources, now)


def publish_checked(house: House, session: Session, sources: Sequence[Source], now: datetime) -> list[str]:
    """The same in a transaction that is already open. Raises DefinitionInvalid with every problem."""
    session.alone()
    stored = definitions.published(session)
    fragments = loader.by_ref(
        [Source(d.file, d.source) for d in stored if d.kind == "fragment"]
        + [s for s in sources if loader.header(s).kind == "fragment" and not _is_stored(stored, s)]
    )
    for source in sources:
        if loader.header(source).kind == "lifecycle":
            loader.load_lifecycle(source, fragments, templates=TEMPLATES)
        elif loader.header(source).kind == "organisation":
            loader.load_organisation(source)
        elif loader.header(source).kind == "agenda":
            lifecycles = house.lifecycles(session).values()
            load_agenda(source, frozenset(t.trigger for lifecycle in lifecycles for t in lifecycle.transitions))
    fresh = publish(session, sources, now)
    house.forget()
    return fresh


def publish(session: Session, sources: Iterable[Source], now: datetime) -> list[str]:
    """Keep the versions that are new; their refs. Raises DefinitionEdited where a published version was edited."""
    known = definitions.digests(session)
    fresh = []
    for source in sources:
        head = loader.header(source)
        was = known.get((head.kind, head.id, head.version))
        if was == source.digest:
            continue
        if was is not None:
            raise DefinitionEdited(head.kind, head.id, head.version)
        keep(session, head, source, now)
        fresh.append(f"{head.id}/{head.version}")
        if head.kind == "organisation":
            definitions.keep_regions(session, loader.load_organisation(source).regions)
    return fresh


def keep(session: Session, head: loader.Header, source: Source, now: datetime) -> None:
    """Keep one version, and say so in the definition's own stream."""
    stream = f"definition:{head.id}"
    event = Published(kind=head.kind, id=head.id, version=head.version, file=source.file, digest=source.digest)
    entry = log.Entry(event=event, state="", actor=SYSTEM)
    log.append(session, stream, log.peek(session, stream), [entry], now)
    stored = StoredDefinition(
        kind=head.kind, id=head.id, version=head.version, file=source.file, digest=source.digest,
        source=source.text.replace("\r\n", "\n"),  # as its digest has it
    )  # fmt: skip
    definitions.publish(session, stored, now)


def _packaged() -> list[Source]:
    return [s for kind in ("organisation", "fragment", "lifecycle", "agenda") for s in loader.packaged(kind)]


def _is_stored(stored: Sequence[StoredDefinition], source: Source) -> bool:
    head = loader.header(source)
    return any((d.kind, d.id, d.version, d.digest) == (head.kind, head.id, head.version, source.digest) for d in stored)
