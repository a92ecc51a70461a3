"""A meeting of chefsgruppen: where it is held, what stands on its agenda, what was noted. Frozen values.

The date itself, the last day for papers and the day of the kallelse stand in chefsgruppen's calendar of meetings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from workflow.aftermath import HandOff, Returned, Settled, SignedFile
from workflow.circulation import Circulation
from workflow.summons import CalledOff, Summons

STREAM = re.compile(r"mote:(\d{4}-\d{2}-\d{2})", re.ASCII)
"""The name of a meeting's stream: `mote:2026-03-27`."""

DIRECTIVE = re.compile(r"D\d{4}-\d{2,6}", re.ASCII)
"""The id of an uppdragsdirektiv, and the key of the item that decides on it: `D2026-01`."""

Kind = Literal["formalia", "beslut", "information"]
KINDS: tuple[Kind, ...] = ("formalia", "beslut", "information")
Outcome = Literal["bifall", "avslag", "aterremiss", "bordlagd", "antecknad", "utgar"]
OUTCOMES: tuple[Outcome, ...] = ("bifall", "avslag", "aterremiss", "bordlagd", "antecknad", "utgar")
"""How a matter can end at the meeting. `bifall` takes the step that the item is about; `aterremiss` and `bordlagd`
leave a task; the others move nothing by themselves."""
BY_HAND = "egen"
"""What the keys of items begin with that somebody has added: `egen-1`."""


def id_of(day: date) -> str:
    """The name of the stream of the meeting on a day."""
    return f"mote:{day.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Where and at what time, local (`09.00`), and the last day for justering; empty and None where not yet known."""

    place: str = ""
    link: str = ""
    starts: str = ""
    ends: str = ""
    adjust_by: date | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What brought an item to the agenda: a code, and the facts that a sentence about it needs."""

    code: str
    about: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str, **about: object) -> Why:
        return cls(code, tuple((name, str(value)) for name, value in about.items()))

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One item. `key` is what it is known by within its meeting, whatever its place.

    `covers`: the uppdrag that an item about several is about. `trigger` is the step that a bifall takes. `minutes` is
    the time set aside, 0 where none is. `number` is 0 until the kallelse has gone out; then it never changes. `late`:
    it came after the kallelse. `edited`: by hand, so that it stays although no rule names it. `withdrawn`: it fell
    away after the kallelse, and keeps its number.
    """

    key: str
    section: str
    kind: Kind
    title: str
    why: Why
    uppdrag: str = ""
    covers: tuple[str, ...] = ()
    dnr: str = ""
    trigger: str = ""
    presenter: str = ""
    proposal: str = ""
    documents: tuple[str, ...] = ()
    minutes: int = 0
    number: int = 0
    late: bool = False
    edited: bool = False
    withdrawn: bool = False

    @property
    def directive(self) -> str:
        """The uppdragsdirektiv that the item decides on, or empty."""
        return self.key if DIRECTIVE.fullmatch(self.key) else ""

    @property
    def decides(self) -> tuple[str, ...]:
        """The uppdrag that an outcome of the item is about: one, or every one that shares its directive."""
        return (self.uppdrag,) if self.uppdrag else self.covers if self.directive else ()


def named(items: Iterable[AgendaItem]) -> set[str]:
    """The uppdrag that some items are about."""
    return {id for i in items for id in (i.uppdrag, *i.covers) if id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody at the meeting; `left` is the local time when she or he left (`14.10`), empty: stayed to the end."""

    name: str
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody took upon themselves, and by which local day."""

    what: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprioritised:
    """Uppdrag whose planned time one § moves. `span` in words, `deadline` empty for the one that is next."""

    uppdrag: tuple[str, ...]
    span: str
    deadline: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was decided on one item, by its key. `outcome` empty: nothing yet.

    `trigger` is a step that is taken instead of the one that the item and outcome would give. `facts` are those that
    the step asks for, as typed. `paragraph` is 0 until the meeting is closed.
    """

    item: str
    outcome: Outcome | Literal[""] = ""
    decision: str = ""
    dissent: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    trigger: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    reprioritised: Reprioritised | None = None
    paragraph: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What was noted at the meeting. `first_paragraph` 0: the § after the year's last."""

    present: tuple[Present, ...] = ()
    adjungerade: tuple[Present, ...] = ()
    chair: str = ""
    secretary: str = ""
    adjusters: tuple[str, ...] = ()
    first_paragraph: int = 0
    notes: tuple[Note, ...] = ()

    def of(self, item: str) -> Note | None:
        """What was noted on an item."""
        return next((n for n in self.notes if n.item == item), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The justering of one §: the local day, by whom, and the SHA-256 in hex of what the § then said."""

    paragraph: int
    on: date
    by: str
    digest: str


Status = Literal["planerat", "kallat", "avslutat", "justerat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Everything that is known of one meeting. `version` is the number of its last event.

    `items` are those that somebody has kept; while `kept` is False the agenda is only proposed. `removed` are the keys
    of those that somebody took away. `agenda_version` counts how often the kept items have changed. `circulation`: it
    is no meeting but a decision per capsulam, and `day` is the last day to answer. Of `signed` the last one counts; the
    others are those it replaced. `summons` is the kallelse as last mailed, None where it never was. `called_off`: it is
    not held on this day.
    """

    day: date
    version: int = 0
    arrangement: Arrangement = Arrangement()
    kept: bool = False
    items: tuple[AgendaItem, ...] = ()
    removed: tuple[str, ...] = ()
    agenda_version: int = 0
    summoned_on: date | None = None
    minutes: Minutes | None = None
    closed_on: date | None = None
    approvals: tuple[Approval, ...] = ()
    digest: str = ""
    circulation: Circulation | None = None
    signed: tuple[SignedFile, ...] = ()
    settled: tuple[Settled, ...] = ()
    handoffs: tuple[HandOff, ...] = ()
    returned: tuple[Returned, ...] = ()
    summons: Summons | None = None
    called_off: CalledOff | None = None

    @property
    def status(self) -> Status:
        if self.digest:
            return "justerat"
        if self.closed_on:
            return "avslutat"
        return "kallat" if self.summoned_on else "planerat"

    @property
    def decided_on(self) -> date:
        """The local day that its decisions bear: that of the meeting, or an earlier one where all had answered."""
        return min(self.day, self.closed_on) if self.closed_on else self.day

    def item(self, key: str) -> AgendaItem | None:
        return next((i for i in self.items if i.key == key), None)

    def approval(self, paragraph: int) -> Approval | None:
        return next((a for a in self.approvals if a.paragraph == paragraph), None)
