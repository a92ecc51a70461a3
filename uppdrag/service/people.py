"""Befattningshavare: read a list in, let a successor take over, note an address that mail does not reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_values
from datetime import date, datetime, timedelta

from storage import intents, log, people, queries
from storage.database import Session
from uppdrag.intake import people as intake
from uppdrag.service.commands import writing
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.persevering import persevering
from uppdrag.service.wanted import readdress
from workflow.appointments import (
    CHANGEABLE,
    Alter,
    Appoint,
    Clear,
    End,
    Flag,
    HolderCommand,
    called,
    decide,
    next_id,
)
from workflow.calendar import local_date
from workflow.errors import LinesRefused, NotFound, Refusal, Refused
from workflow.message import NONE, Intent, Occasion
from workflow.model import Actor, Region
from workflow.people import OFFICES, REGION_OFFICES, Holder, HolderPatch, unreachable
from workflow.roster import compare
from workflow.status import StatusFilter

INTRODUCTION = "introduktion"
_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class PeopleReport:
    """What reading a list in did, or would do. `left_out` hold an office, are not in the list, and stay.
    `rewritten`: how many mails that had not left or not arrived are written anew, to whoever holds the office then."""

    file: str
    new: list[Holder] = field(default_factory=list)
    changed: list[tuple[Holder, Holder]] = field(default_factory=list)
    ended: list[Holder] = field(default_factory=list)
    unchanged: list[Holder] = field(default_factory=list)
    left_out: list[Holder] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    rewritten: int = 0
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What a change of holder came to: who left, who came, which uppdrag are open in the region.

    `repeated`: it had been done already. `introduced`: the successor is to be mailed an introduction. `rewritten`: how
    many mails that had not left or not arrived are written anew, to whoever holds the office then.
    """

    ended: tuple[Holder, ...]
    successor: Holder
    open: tuple[str, ...]
    introduced: bool
    rewritten: int = 0
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A holder before and after a correction. `rewritten` as in Replacement."""

    before: Holder
    after: Holder
    rewritten: int


class _Desk:
    """Holders being changed in one transaction: each command decided, saved and appended."""

    def __init__(self, session: Session, regions: Sequence[Region], actor: Actor, now: datetime) -> None:
        log.lock(session, SYSTEM_STREAM)  # two lists at once would each see the other's holders as missing
        self.session = session
        self.holders = people.all_holders(session)
        self._regions = {r.lanskod for r in regions}
        self._actor = actor
        self._now = now

    def carry_out(self, id: str, before: Holder | None, command: HolderCommand) -> Holder:
        """The holder after a command. Raises Refused."""
        events = decide(before, command, self._regions)
        if not events and before is not None:
            return before
        return people.save(self.session, id, before, events, self._actor, self._now)


def import_people(
    house: House, file: str, content: bytes, *, actor: Actor, now: datetime, dry_run: bool = False,
    complete: bool = False,
) -> PeopleReport:  # fmt: skip
    """Read a CSV or XLSX file of holders in; all or nothing, and the same file twice changes nothing.

    Who holds an office and is not in the file stays, unless the file is `complete`: then the time in office ends the
    day before. Raises LinesRefused with every bad line.
    """
    today = local_date(now)
    with writing(house, dry_run=dry_run) as session:
        regions = house.regions(session)
        rows, refused = intake.read(content, regions)
        desk = _Desk(session, regions, actor, now)
        found = compare(desk.holders, rows, today)
        report = PeopleReport(file=file, dry_run=dry_run, unchanged=list(found.unchanged))
        refused += [
            (s.number, Refusal.of("holder_twice", who=called(s.holder), line=first)) for s, first in found.twice
        ]
        for s, holder, patch in found.changed:
            try:
                report.changed.append((holder, desk.carry_out(holder.id, holder, Alter(patch))))
            except Refused as no:
                refused += [(s.number, refusal) for refusal in no.refusals]
        if refused:
            raise LinesRefused(file, sorted(refused, key=lambda r: r[0]))
        report.new = [desk.carry_out(holder.id, None, Appoint(holder)) for _, holder in found.new]
        if complete:
            report.ended = [desk.carry_out(h.id, h, End(max(today - _DAY, h.first or today - _DAY)))
                            for h in found.absent]  # fmt: skip
        else:
            report.left_out = list(found.absent)
        report.rewritten = readdress(session, now)
        report.warnings = [
            Refusal.of("already_ended", who=called(h), office=OFFICES[h.office], last=h.last) for h in found.left
        ]
    return report


@persevering
def replace(
    house: House, successor: Mapping[str, str], *, actor: Actor, now: datetime, who: str = "", keep: bool = False,
    dry_run: bool = False,
) -> Replacement:  # fmt: skip
    """Let a successor take an office over: whoever holds it ends the day before, and an introduction is to be mailed.

    `successor` is stated by the columns of a file (`office`, `region`, `name`, `email`, `capacity`, `first` ...) as
    typed; a vacancy succeeds likewise, without introduction. `who` (id, name or address) says whom, where several hold
    the office; with `keep` nobody ends. A substitute takes over from a substitute only. Doing it again changes nothing.
    Raises Refused.
    """
    today = local_date(now)
    with writing(house, dry_run=dry_run) as session:
        regions = house.regions(session)
        wanted, wrong = intake.read_one(successor, regions)
        if not successor.get("first"):
            wrong.append(Refusal.of("fact_missing", fact="first", label="Första dagen"))
        if wrong or wanted.first is None:
            raise Refused(wrong)
        desk = _Desk(session, regions, actor, now)
        waiting = _open_in(house, session, wanted.region, today)
        if there := _already(desk.holders, wanted):
            return Replacement(ended=(), successor=there, open=waiting, introduced=False, repeated=True)
        leaving = [] if keep else _leaving(desk.holders, wanted, wanted.first, who)
        ended = tuple(desk.carry_out(h.id, h, End(wanted.first - _DAY)) for h in leaving)
        id = next_id((h.id for h in desk.holders), wanted.office, wanted.region)
        after = desk.carry_out(id, None, Appoint(with_values(wanted, id=id)))
        introduced = bool(after.email) and not after.vacant
        if introduced:
            intents.add(session, [_introduction(after, waiting, max(wanted.first, today))], now)
        return Replacement(
            ended=ended, successor=after, open=waiting, introduced=introduced, rewritten=readdress(session, now)
        )  # fmt: skip


@persevering
def change(
    house: House, id: str, stated: Mapping[str, str], *, actor: Actor, now: datetime, dry_run: bool = False
) -> Change:  # fmt: skip
    """Correct what is known of a holder: the columns of CHANGEABLE that are `stated`, as typed.

    Doing it again changes nothing. Raises NotFound or Refused.
    """
    with writing(house, dry_run=dry_run) as session:
        regions = house.regions(session)
        desk = _Desk(session, regions, actor, now)
        holder = next((h for h in desk.holders if h.id == id), None)
        if holder is None:
            raise NotFound("holder", id)
        kept = {"office": holder.office, "region": holder.region or "-", "capacity": holder.capacity}
        wanted, wrong = intake.read_one({**kept, **stated}, regions)
        if wrong:
            raise Refused(wrong)
        values: HolderPatch = {n: getattr(wanted, n) for n in CHANGEABLE if n in stated}  # type: ignore[assignment]  # CHANGEABLE are its names
        after = desk.carry_out(id, holder, Alter(values))
        return Change(before=holder, after=after, rewritten=readdress(session, now) if after != holder else 0)


def substitute(
    house: House, office: str, region: str, stated: Mapping[str, str], *, actor: Actor, now: datetime,
    dry_run: bool = False,
) -> Replacement:  # fmt: skip
    """Let somebody of a region name a substitute for an office there: `name`, `email`, `first` and `last` as typed.

    Only an address of a domain that the region's addresses already have, for whoever has the address can log in.
    Raises Refused.
    """
    if office not in REGION_OFFICES:
        raise Refused([Refusal.of("office_unknown")])
    with house.database.reading() as session:
        known = {h.email.rpartition("@")[2].casefold() for h in people.all_holders(session) if h.region == region}
    domain = stated.get("email", "").strip().rpartition("@")[2].casefold()
    missing = [
        Refusal.of("fact_missing", fact=name, label=label)
        for name, label in (("name", "Namnet"), ("email", "E-postadressen"), ("last", "Sista dagen"))
        if not stated.get(name, "").strip()
    ]
    if domain and domain not in known:
        told = ", ".join(f"@{d}" for d in sorted(known) if d) or "ingen"
        missing.append(Refusal.of("address_elsewhere", fact="email", value=stated["email"].strip(), known=told))
    if missing:
        raise Refused(missing)
    wanted = {**stated, "office": office, "region": region, "capacity": "ersättare"}
    return replace(house, wanted, actor=actor, now=now, dry_run=dry_run)


def flag_address(session: Session, address: str, why: str, actor: Actor, now: datetime) -> list[Holder]:
    """Note that mail to an address no longer arrives; the holders who have it and were not flagged already."""
    return _at_address(session, address, Flag(why), actor, now)


def clear_address(session: Session, address: str, actor: Actor, now: datetime) -> list[Holder]:
    """Note that mail may be sent to an address again; the holders who were flagged."""
    return _at_address(session, address, Clear(), actor, now)


def listed(house: House, *, now: datetime, region: str = "", ended: bool = False) -> list[Holder]:
    """The holders by region and office, national offices first; those who have left only where asked for."""
    today = local_date(now)
    order = list(OFFICES)
    with house.database.reading() as session:
        found = people.all_holders(session)
    chosen = [
        h for h in found if (not region or h.region == region) and (ended or h.last is None or h.last >= today)
    ]  # fmt: skip
    return sorted(chosen, key=lambda h: (h.region, order.index(h.office), h.first or date.min, h.id))


def without_address(house: House, *, now: datetime) -> list[Region]:
    """The regions to which no mail can be sent; none as long as no holders at all are registered."""
    with house.database.reading() as session:
        holders = people.all_holders(session)
        regions = {r.lanskod: r for r in house.regions(session)} if holders else {}
    return [regions[lanskod] for lanskod in unreachable(holders, regions, local_date(now))]


def _at_address(
    session: Session, address: str, command: Flag | Clear, actor: Actor, now: datetime
) -> list[Holder]:  # fmt: skip
    desk = _Desk(session, (), actor, now)
    wanted, today = address.strip().casefold(), local_date(now)
    changed = []
    for h in desk.holders:
        if h.email.casefold() == wanted and (h.last is None or h.last >= today):
            after = desk.carry_out(h.id, h, command)
            if after != h:
                changed.append(after)
    readdress(session, now)
    return changed


def _already(holders: Iterable[Holder], wanted: Holder) -> Holder | None:
    """The successor, where the same change was made before."""
    return next((h for h in holders if _identity(h) == _identity(wanted)), None)


def _identity(h: Holder) -> tuple[object, ...]:
    return h.office, h.region, h.capacity, h.first, h.name, h.email, h.vacant


def _leaving(holders: Iterable[Holder], wanted: Holder, first: date, who: str) -> list[Holder]:
    """Those whom a successor takes over from. Raises Refused where it cannot be told."""
    substitute = wanted.capacity == "ersattare"
    held = [
        h for h in holders
        if (h.office, h.region) == (wanted.office, wanted.region) and h.holds(first)
        and (h.capacity == "ersattare") == substitute
    ]  # fmt: skip
    if who:
        word = who.strip().casefold()
        chosen = [h for h in held if word in (h.id, h.name.casefold(), h.email.casefold())]
        if not chosen:
            names = ", ".join(called(h) for h in held) or "ingen"
            raise Refused([Refusal.of("nobody_holds", who=who.strip(), on=first, holders=names)])
        return chosen
    for capacity in {h.capacity for h in held}:
        rivals = [h for h in held if h.capacity == capacity and not h.vacant]
        if len(rivals) > 1:
            raise Refused([Refusal.of("several_hold", who=", ".join(called(h) for h in rivals))])
    return held


def _open_in(house: House, session: Session, region: str, today: date) -> tuple[str, ...]:
    """The uppdrag that a region has been asked to decide and has not concluded."""
    if not region:
        return ()
    asked = []
    for row in queries.status(session, StatusFilter(today=today, region=region)):
        track = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle.track
        if track is not None and row.state in track.open_in and not (row.final or row.paused):
            asked.append(row.id)
    concluded = {c.uppdrag for c in queries.cells(session) if c.region == region and c.category}
    return tuple(id for id in asked if id not in concluded)


def _introduction(holder: Holder, waiting: Sequence[str], send_on: date) -> Intent:
    occasion = Occasion(region=holder.region or NONE, step=f"{INTRODUCTION}:{holder.id}", office=holder.office)
    reason = f"ny {OFFICES[holder.office]} från {holder.first}"
    if waiting:
        reason += f"; öppet i regionen: {', '.join(waiting)}"
    return Intent(
        id=intents.id_of(occasion), occasion=occasion, template=INTRODUCTION, send_on=send_on, reason=reason
    )  # fmt: skip
