"""Expediering: the approved proposal goes to the regions, each mail kept together with the step that tells of it.

Seen first, then done: what was shown is what leaves, or nothing does. A missiv is no reminder: a person has sent it,
and no decision, hour or quiet week holds it back. So no intent stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifications.compose import Facts, Proposal, compose, day
from storage import log, outbox, people, uppdrag
from storage.database import Session
from uppdrag.service import commands, heads, justering, missing
from uppdrag.service.addressing import Addresses
from uppdrag.service.commands import Answer
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.commands import AdvanceRegion
from workflow.engine import Engine
from workflow.errors import KeyReused, Refusal, Refused
from workflow.events import RegionAdvanced
from workflow.following import recommendation, window
from workflow.lifecycle import Lifecycle
from workflow.message import Message
from workflow.model import Actor, Matter, Regionbeslut, Uppdrag
from workflow.people import Holder, registry
from workflow.sendout import sending

MAIL = "epost"
"""The channel by which the program itself sends. Any other is a person's word that it has been done."""
_PAPERS = ("rapport", "konsekvensanalys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be sent out. `regions` None: every concerned one; those in `without` get nothing. `version` None: the
    approved one. `papers` empty: what was stated when the proposal was reported. `on`: a local day, None for today."""

    actor: Actor
    regions: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    channel: str = MAIL
    version: int | None = None
    papers: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To one region: the post it goes to, and the mail, None where it goes by another channel."""

    region: str
    to: str
    office: str
    message: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a dispatch would do. `left_out` says of which region and why; `done` are those whose step was recorded under
    the same key before; `warnings` deserve a look first."""

    uppdrag: str
    title: str
    version: int
    channel: str
    on: date
    letters: tuple[Letter, ...]
    left_out: tuple[tuple[str, Refusal], ...]
    done: tuple[Answer, ...]
    warnings: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """What a dispatch did: the steps recorded, and the ids of the mails queued."""

    plan: Plan
    answers: tuple[Answer, ...]
    messages: tuple[str, ...]


def plan(house: House, id: str, wanted: Wanted, settings: Settings, *, now: datetime, key: str = "") -> Plan:
    """What would be sent to whom. Changes nothing.

    Raises NotFound, KeyReused, or Refused with every reason why not: among them each region that no mail reaches.
    """
    with house.database.reading() as session:
        return _Desk(house, session, id, wanted, settings, now).plan(key)


@persevering
def dispatch(
    house: House, id: str, wanted: Wanted, settings: Settings, *, now: datetime, key: str = "",
    shown: Plan | None = None,
) -> Dispatched:  # fmt: skip
    """Record the step of every region and queue its mail: all of it, or nothing.

    `shown` is what somebody has confirmed: where it is no longer what would be sent, `Refused`. Otherwise as `plan`.
    """
    with commands.writing(house) as session:
        log.lock(session, id)
        desk = _Desk(house, session, id, wanted, settings, now)
        planned = desk.plan(key)
        already = bool(planned.done) and not planned.letters  # by the same key, as when somebody clicks twice
        if shown is not None and shown != planned and not already:
            raise Refused([Refusal.of("dispatch_changed")], subject=id)
        answers, messages = [], []
        for letter in planned.letters:
            command = desk.command(letter.region, planned.version)
            its_key = f"{key}:{letter.region}" if key else ""
            answer = commands.handle_within(house, session, id, command, now=now, key=its_key)
            answers.append(answer)
            if letter.message is not None:
                messages.append(desk.queue(letter, answer.events[0].id))
        return Dispatched(plan=planned, answers=(*planned.done, *answers), messages=tuple(messages))


def not_approved(lifecycle: Lifecycle, u: Uppdrag) -> Refusal | None:
    """Why there is no proposal for the regions to decide on."""
    if lifecycle.track is None:
        return Refusal.of("no_track", lifecycle=lifecycle.label)
    if u.state not in lifecycle.track.open_in or u.final:
        return Refusal.of("dispatch_not_approved", state=lifecycle.label_of(u.state))
    return None if u.proposal_version else Refusal.of("no_approved_version")


def approved_on(lifecycle: Lifecycle, matter: Matter) -> str:
    """When and under which § the proposal was approved: `27 mars 2026, § 19`. Empty where it is not known."""
    approved = recommendation(lifecycle, matter)
    parts = [day(date.fromisoformat(approved.on))] if approved.on else []
    return ", ".join([*parts, f"§ {approved.paragraph}"] if approved.paragraph else parts)


def papers_of(u: Uppdrag) -> tuple[str, ...]:
    """The papers that were referred to when the proposal was reported."""
    found = (str(facts[name]) for facts in u.facts.values() for name in _PAPERS if facts.get(name))
    return tuple(dict.fromkeys(found))


class _Desk:
    """One dispatch: what is known, and the letters that come of it. Good for one transaction."""

    def __init__(
        self, house: House, session: Session, id: str, wanted: Wanted, settings: Settings, now: datetime
    ) -> None:
        self._house, self._session, self._wanted, self._settings, self._now = house, session, wanted, settings, now
        self._today = local_date(now)
        self._on = wanted.on or self._today
        self._matter: Matter = uppdrag.load(session, id, seq=0, regions="*")
        u = self._matter.uppdrag
        self._engine: Engine = house.engine(session, u.lifecycle, u.lifecycle_version)
        self._holders = people.all_holders(session)
        self._addresses = Addresses(self._holders, house.regions(session), self._today)

    def plan(self, key: str) -> Plan:
        """What would be sent, or every reason why not."""
        u, version, letters, left_out, done = self._matter.uppdrag, self._version(), [], [], []
        refused: list[Refusal] = []
        for lanskod in self._chosen():
            rb = self._matter.regions[lanskod]
            if key and (answer := self._recorded(f"{key}:{lanskod}", lanskod, version)):
                done.append(answer)
            elif why := self._needless(rb, version):
                left_out.append((lanskod, why))
            else:
                letter, no = self._letter(rb, version)
                letters += [letter] if letter else []
                refused += no
        if refused:
            raise Refused(list(dict.fromkeys(refused)), subject=u.id)
        return Plan(
            uppdrag=u.id, title=u.neutral_title if u.sensitive else u.title, version=version,
            channel=self._wanted.channel, on=self._on, letters=tuple(letters), left_out=tuple(left_out),
            done=tuple(done), warnings=self._warnings(),
        )  # fmt: skip

    def command(self, lanskod: str, version: int) -> AdvanceRegion:
        """The step that a region takes."""
        step = sending(self._engine.lifecycle)
        if step is None:
            raise Refused([Refusal.of("no_track", lifecycle=self._engine.lifecycle.label)])
        said = {"sent_version": str(version), "channel": self._wanted.channel}
        facts = {f.name: said[f.sets] for f in step.facts if f.sets in said}
        return AdvanceRegion(
            actor=self._wanted.actor, on=self._on, region=lanskod, trigger=step.trigger, facts=facts
        )  # fmt: skip

    def queue(self, letter: Letter, event: str) -> str:
        """Queue a region's mail; its id. The event that it belongs to makes it another mail than any before it."""
        rb = self._matter.regions[letter.region]
        message = self._mail(rb, self._holder(letter.region), self._version(), occasion=f"expediering {event}")
        outbox.enqueue(
            self._session, heads.told(self._session, message), office=letter.office, region=letter.region,
            uppdrag=self._matter.uppdrag.id, now=self._now, not_before=self._now,
        )  # fmt: skip
        return message.id

    def _version(self) -> int:
        """The approved version. Raises Refused where there is none, or another is asked for."""
        u, asked, refused = self._matter.uppdrag, self._wanted.version, []
        if no := not_approved(self._engine.lifecycle, u):
            refused.append(no)
        elif u.paused:
            refused.append(Refusal.of("paused"))
        elif asked is not None and asked != u.proposal_version:
            refused.append(Refusal.of("version_not_approved", version=asked, approved=u.proposal_version))
        refused += justering.awaited(self._session, self._engine.lifecycle, self._matter)
        if self._wanted.channel == MAIL and self._on != self._today:
            refused.append(Refusal.of("mail_leaves_today", today=self._today))
        if refused:
            raise Refused(refused, subject=u.id)
        return u.proposal_version

    def _chosen(self) -> Sequence[str]:
        u, wanted = self._matter.uppdrag, self._wanted
        if not u.concerned:
            raise Refused([Refusal.of("no_regions")], subject=u.id)
        chosen = sorted(set(u.concerned if wanted.regions is None else wanted.regions))
        concerned = ", ".join(u.concerned)
        strangers = [r for r in (*chosen, *wanted.without) if r not in self._matter.regions]
        if strangers:
            refused = [Refusal.of("region_not_concerned", region=r, concerned=concerned) for r in strangers]
            raise Refused(refused, subject=u.id)
        return [r for r in chosen if r not in wanted.without]

    def _needless(self, rb: Regionbeslut, version: int) -> Refusal | None:
        """Why a region is left out."""
        region, step = self._addresses.region(rb.region), sending(self._engine.lifecycle)
        if rb.concluded:
            decided = rb.deciding
            return Refusal.of("region_has_concluded", name=region, version=decided.proposal_version if decided else 0)
        if rb.sent_version == version:
            return Refusal.of("sent_already", name=region, version=version)
        if step is not None and rb.state not in step.sources:
            states = self._engine.lifecycle.track.states if self._engine.lifecycle.track else ()
            state = next((s.label for s in states if s.id == rb.state), rb.state)
            return Refusal.of("not_sent_in_state", name=region, state=state)
        return None

    def _letter(self, rb: Regionbeslut, version: int) -> tuple[Letter | None, list[Refusal]]:
        """What goes to a region, or why nothing can."""
        refused: list[Refusal] = []
        try:
            self._engine.decide(self._matter, self.command(rb.region, version), self._now)
        except Refused as no:
            refused += no.refusals
        if self._wanted.channel != MAIL:
            return Letter(region=rb.region, to="", office="", message=None), refused
        holder = registry(self._holders, rb.region, self._today)
        if holder is None:
            return None, [*refused, Refusal.of("region_without_address", name=self._addresses.region(rb.region))]
        message = self._mail(rb, holder, version, occasion="förhandsvisning")
        to = self._addresses.post(holder)
        return Letter(region=rb.region, to=to, office=holder.office, message=message), refused

    def _holder(self, lanskod: str) -> Holder:
        holder = registry(self._holders, lanskod, self._today)
        if holder is None:
            raise ValueError(f"{lanskod}: nobody to send to")
        return holder

    def _mail(self, rb: Regionbeslut, holder: Holder, version: int, *, occasion: str) -> Message:
        u, settings = self._matter.uppdrag, self._settings
        lifecycle = self._engine.lifecycle
        told = missing.of_uppdrag(
            "missiv", u, window(lifecycle, self._matter), region=self._addresses.region(rb.region)
        )
        ask, ask_at = self._addresses.ask(u, holder.email, settings.mail_answers_to)
        proposal = Proposal(
            version=version, replaces=rb.sent_version if rb.sent_version != version else 0,
            approved=approved_on(lifecycle, self._matter), papers=self._wanted.papers or papers_of(u),
        )  # fmt: skip
        return compose("missiv", Facts(
            recipient=holder.email, occasions=(occasion, u.id, rb.region), today=self._today, proposal=proposal,
            link=f"{settings.url}/svar/{u.id}/{rb.region}", ask=ask, ask_at=ask_at, sender=settings.mail_from,
            domain=settings.mail_domain, missing=(told,), office=self._addresses.post(holder),
            reply_to=settings.mail_reply_to,
            references=outbox.thread(self._session, u.id, rb.region, holder.email).references,
        ))  # fmt: skip

    def _recorded(self, key: str, lanskod: str, version: int) -> Answer | None:
        """The answer that the same dispatch was given under the same key, whatever day that was. Raises KeyReused."""
        done = commands.recorded(self._session, self._wanted.actor, key)
        if done is None:
            return None
        event = done.events[0].event
        asked: Mapping[str, str] = self.command(lanskod, version).facts
        same = isinstance(event, RegionAdvanced) and {n: str(v) for n, v in event.facts.items()} == asked
        if done.uppdrag != self._matter.uppdrag.id or not same:
            raise KeyReused(key, done.uppdrag, done.events[0].seq)
        return done

    def _warnings(self) -> tuple[Refusal, ...]:
        warnings = []
        lifecycle = self._engine.lifecycle
        stated = recommendation(lifecycle, self._matter).justerad
        by_statement = bool(stated) and date.fromisoformat(stated) <= self._today
        if not (by_statement or justering.is_justerad(self._session, lifecycle, self._matter)):
            told = approved_on(lifecycle, self._matter) or "dag och paragraf är inte kända"
            warnings.append(Refusal.of("approval_not_known_adjusted", approved=told))
        if self._wanted.channel == MAIL and not (self._wanted.papers or papers_of(self._matter.uppdrag)):
            warnings.append(Refusal.of("no_papers"))
        return tuple(warnings)
