"""The composition root: a database, and the engines of the lifecycles that it holds."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from threading import Lock

from definitions import loader
from definitions.source import Source
from notifications.catalogue import TEMPLATES
from storage import definitions, log, schema
from storage.database import Database, Session
from storage.recent import Recent
from workflow.calendar import local_date
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.lifecycle import Lifecycle
from workflow.model import Region

SYSTEM_STREAM = "system"
"""The stream whose first event says when this database came into being."""


class House:
    """A database at work. Safe to share between threads; published versions never change, so engines are kept."""

    def __init__(self, url: str) -> None:
        """`url` as in UPPDRAG_DATABASE_URL. Nothing is opened yet."""
        self.database = Database(url)
        self.recent = Recent()
        self._engines: dict[tuple[str, int], Engine] = {}
        self._fragments: dict[str, Source] = {}
        self._labels: dict[str, str] = {}
        self._installed_on: date | None = None
        self._lock = Lock()

    @classmethod
    def open(cls, url: str) -> House:
        """A house whose database is there and has this program's schema. Raises StorageUnavailable."""
        house = cls(url)
        try:
            schema.check(house.database)
        except BaseException:
            house.database.close()
            raise
        return house

    def engine(self, session: Session, lifecycle: str, version: int) -> Engine:
        """The engine of a published lifecycle version. Raises NotFound."""
        engine = self._engines.get((lifecycle, version))
        if engine is None:
            with self._lock:
                engine = self._engines[lifecycle, version] = self._build(session, lifecycle, version)
        return engine

    def newest(self, session: Session, lifecycle: str) -> Engine:
        """The engine of a lifecycle's newest published version. Raises NotFound, naming those that exist."""
        versions: dict[str, int] = {}
        for kind, id, version in definitions.digests(session):
            if kind == "lifecycle":
                versions[id] = max(version, versions.get(id, 0))
        if lifecycle not in versions:
            raise NotFound("lifecycle", f"{lifecycle} ({', '.join(sorted(versions))})")
        return self.engine(session, lifecycle, versions[lifecycle])

    def lifecycles(self, session: Session) -> dict[str, Lifecycle]:
        """The newest published version of every lifecycle, by id."""
        ids = dict.fromkeys(id for kind, id, _ in definitions.digests(session) if kind == "lifecycle")
        return {id: self.newest(session, id).lifecycle for id in ids}

    def every_lifecycle(self, session: Session) -> list[Lifecycle]:
        """Every published version of every lifecycle."""
        published = [(id, version) for kind, id, version in definitions.digests(session) if kind == "lifecycle"]
        return [self.engine(session, id, version).lifecycle for id, version in published]

    def label(self, session: Session, id: str, version: int, digest: str) -> str:
        """What people call a published definition whose source has this digest; its text is read once."""
        if digest not in self._labels:
            (kept,) = definitions.published(session, id, version)
            self._labels[digest] = loader.label(Source(kept.file, kept.source))
        return self._labels[digest]

    def regions(self, session: Session) -> list[Region]:
        """The regions by länskod."""
        return definitions.all_regions(session)

    def installed_on(self, session: Session) -> date:
        """The local date on which this database came into being: what happened before is registered afterwards."""
        if self._installed_on is None:
            self._installed_on = local_date(log.read_one(session, SYSTEM_STREAM, 1).registered_at)
        return self._installed_on

    def forget(self) -> None:
        """Read the definitions anew at next use; regions may have come."""
        with self._lock:
            self._engines.clear()
            self._fragments.clear()

    def _build(self, session: Session, lifecycle: str, version: int) -> Engine:
        stored = definitions.published(session, lifecycle, version)
        if not stored or stored[0].kind != "lifecycle":
            raise NotFound("lifecycle", f"{lifecycle}/{version}")
        if not self._fragments:
            kept = definitions.published(session, kind="fragment")
            self._fragments = {f"{d.id}/{d.version}": Source(d.file, d.source) for d in kept}
        source = Source(stored[0].file, stored[0].source)
        regions = frozenset(r.lanskod for r in definitions.all_regions(session))
        return Engine(_lifecycle(source, tuple(sorted(self._fragments.items()))), regions)


@lru_cache(maxsize=64)
def _lifecycle(source: Source, fragments: tuple[tuple[str, Source], ...]) -> Lifecycle:
    """A lifecycle as it is declared: the same text is the same lifecycle in every house of a process."""
    return loader.load_lifecycle(source, dict(fragments), templates=TEMPLATES)
