"""What somebody asks for. A command is refused or carried out as a whole; text in it is still as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from hashlib import sha256

from workflow.calendar import Span
from workflow.events import Event, Recorded
from workflow.model import Actor, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Who asks, and `on`: the local date when it happened in the world, None where nobody has stated it.

    `backfill` says that it happened before the system was there: what is no longer known may be left out.
    """

    actor: Actor
    on: date | None = None
    backfill: bool = False

    def digest(self) -> str:
        """SHA-256 in hex of what is asked for; a field at its default does not count, so that new ones may come. Nor
        does who asks: the key that a digest is kept with belongs to somebody already."""
        parts = [type(self).__name__]
        for name, default in _defaults(type(self)):
            value = getattr(self, name)
            if value != default:
                parts.append(f"{name}={sorted(value.items()) if isinstance(value, dict) else value!r}")
        return sha256("\x1f".join(parts).encode()).hexdigest()


_DEFAULTS: dict[type[Command], tuple[tuple[str, object], ...]] = {}


def _defaults(kind: type[Command]) -> tuple[tuple[str, object], ...]:
    """The fields of a kind of command, each with its default; MISSING where there is none."""
    found = _DEFAULTS.get(kind)
    if found is None:
        found = _DEFAULTS[kind] = tuple(
            (f.name, f.default if f.default_factory is MISSING else f.default_factory())
            for f in fields(kind)
            if f.name != "actor"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify(Command):
    """A need is known. `id` is given by the service; `times` maps deadline ids to spans."""

    id: str
    title: str
    neutral_title: str = ""
    sensitive: bool = False
    source: str = ""
    section: str = ""
    parent: str = ""
    owner: str = ""
    dnr: str = ""
    directive: str = ""
    plan: str = ""
    notes: str = ""
    regions: tuple[str, ...] = ()
    times: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance(Command):
    """Pull a declared trigger, with the facts that it asks for."""

    trigger: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceRegion(Command):
    """Pull a trigger on one region's own track."""

    region: str
    trigger: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Command):
    """Register what a region has decided. `proposal_version` None: the version that the region was sent.

    `links` as `AU:2026-03-10:45`, divided by comma or semicolon. `missing`, `task_owner` and `task_due` are for the
    outcomes that leave the kansli a task; the owner is the uppdrag's where nobody else is named.
    """

    region: str
    outcome: str
    body: str = ""
    paragraph: str = ""
    dnr: str = ""
    adaptation: str = ""
    note: str = ""
    source: str = ""
    proposal_version: int | None = None
    complete: bool = True
    kind: str = "beslut"
    links: str = ""
    justerat: date | None = None
    tillkannagivet: date | None = None
    delegationspunkt: str = ""
    reported_to: str = ""
    reported_on: date | None = None
    missing: str = ""
    task_owner: str = ""
    task_due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Command):
    """Change attributes of an uppdrag because its plan was revised or rolled over. Texts as in the plan."""

    why: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    sensitive: bool | None = None
    times: Mapping[str, Span] | None = None
    regions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Command):
    """Replace what was entered wrongly in `replaces`, or withdraw it.

    `replaces` is the event as corrected so far; `before` the matter as it stood just before it; `since` what has
    happened after it and still stands.
    """

    replaces: Recorded
    before: Matter
    since: tuple[Event, ...]
    why: str
    changes: Mapping[str, str] = field(default_factory=dict)
    withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate(Command):
    """Pin the uppdrag to another version of its lifecycle, in which its state is `final` or not."""

    version: int
    final: bool


AnyCommand = Identify | Advance | AdvanceRegion | Decide | Change | Correct | Migrate
