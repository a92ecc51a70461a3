"""Be om uppgift: somebody at the kansli asks the regions that have not answered; who was asked when is in the log.

Each question is a step on the region's own track, kept together with its mail. An address gets at most one mail a week,
reminders counted in, unless somebody insists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from definitions.holidays import work_calendar
from notifications.compose import Facts, compose
from storage import intents, log, mailed, outbox, people, uppdrag
from storage.database import Session
from uppdrag.service import commands, heads, missing, planning
from uppdrag.service.addressing import Addresses
from uppdrag.service.commands import Answer
from uppdrag.service.composing import WEEK
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.service.wanted import ASKED
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.commands import AdvanceRegion
from workflow.errors import KeyReused, Refusal, Refused
from workflow.following import window
from workflow.message import Intent, Message, Occasion
from workflow.model import Actor, Matter, Regionbeslut
from workflow.people import Holder, registry
from workflow.planning import Verdict
from workflow.reminders import silent_until
from workflow.sendout import ASK

_NEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask: open regions in these states and samverkansregioner and with these verdicts of the plan, where any
    are named. `regions`: länskoder, None for all. `again`: also who had a mail this week."""

    actor: Actor
    states: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] | None = None
    verdicts: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """To one region: the post it goes to and the mail."""

    region: str
    to: str
    office: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What asking would do: the mails, the moment (UTC) at which they leave, whom it leaves out and why."""

    uppdrag: str
    title: str
    questions: tuple[Question, ...]
    leaves_at: datetime
    left_out: tuple[tuple[str, Refusal], ...]
    warnings: tuple[Refusal, ...]


def plan(house: House, id: str, asking: Asking, settings: Settings, *, now: datetime) -> Plan:
    """Who would be asked. Changes nothing. Raises NotFound or Refused."""
    asking = _judged(house, id, asking, now)
    with house.database.reading() as session:
        return _Desk(house, session, id, asking, settings, now).plan()


@persevering
def ask(
    house: House, id: str, asking: Asking, settings: Settings, *, now: datetime, key: str = "",
    shown: Plan | None = None,
) -> tuple[Answer, ...]:  # fmt: skip
    """Record every question and queue its mail: all of it, or nothing.

    `shown` is what somebody has confirmed: where it is no longer what would be done, Refused. The same `key` again is
    the same answers, whoever is left to ask by now. Raises KeyReused where it belongs to other regions' questions.
    Otherwise as `plan`.
    """
    if done := asked(house, id, asking, key):
        return done
    asking = _judged(house, id, asking, now)
    with commands.writing(house) as session:
        log.lock(session, id)
        if done := _asked(session, id, asking, key):  # by the same form, a moment ago
            return done
        desk = _Desk(house, session, id, asking, settings, now)
        planned = desk.plan()
        if shown is not None and shown != planned:
            raise Refused([Refusal.of("dispatch_changed")], subject=id)
        answers = []
        for question in planned.questions:
            command = desk.command(question)
            its_key = f"{key}:{question.region}" if key else ""
            answer = commands.handle_within(house, session, id, command, now=now, key=its_key)
            desk.queue(question, answer.events[0].seq)
            answers.append(answer)
        return tuple(answers)


def asked(house: House, id: str, asking: Asking, key: str) -> tuple[Answer, ...]:
    """What was asked under a key; nothing where it is new. Raises KeyReused as `ask` does."""
    with house.database.reading() as session:
        return _asked(session, id, asking, key)


def _asked(session: Session, id: str, asking: Asking, key: str) -> tuple[Answer, ...]:
    """The questions that were put under a key; none where it is new. One transaction put them all, or none."""
    if not key:
        return ()
    concerned = uppdrag.load(session, id, seq=0).uppdrag.concerned
    done = {r: a for r in concerned if (a := commands.recorded(session, asking.actor, f"{key}:{r}"))}
    for lanskod, answer in done.items():
        if answer.uppdrag != id or (asking.regions is not None and lanskod not in asking.regions):
            raise KeyReused(key, answer.uppdrag, answer.events[0].seq)
    return tuple(done.values())


def _judged(house: House, id: str, asking: Asking, now: datetime) -> Asking:
    """The same with the länskoder of the regions that the plan judges so."""
    if not asking.verdicts:
        return asking
    known = get_args(Verdict)
    unknown = [v for v in asking.verdicts if v not in known]
    if unknown:
        expected = ", ".join(known)
        raise Refused([Refusal.of("not_a_choice", label="verdict", value=v, expected=expected) for v in unknown])
    judged = [p.region for p in planning.plan(house, id, now=now).plans if p.verdict in asking.verdicts]
    return replace(asking, regions=tuple(r for r in judged if asking.regions is None or r in asking.regions))


class _Desk:
    """One asking: what is known, and the mails that come of it. Good for one transaction."""

    def __init__(
        self, house: House, session: Session, id: str, asking: Asking, settings: Settings, now: datetime
    ) -> None:
        self._session, self._asking, self._settings, self._now = session, asking, settings, now
        self._today = local_date(now)
        self._matter: Matter = uppdrag.load(session, id, seq=0, regions="*")
        u = self._matter.uppdrag
        self._engine = house.engine(session, u.lifecycle, u.lifecycle_version)
        self._holders = people.all_holders(session)
        regions = house.regions(session)
        self._groups = {r.lanskod: r.samverkansregioner for r in regions}
        self._addresses = Addresses(self._holders, regions, self._today)
        self._calendar = work_calendar()
        self._leaves_at = self._calendar.next_opening(now)
        self._last = mailed.last_reminded(session, self._leaves_at - WEEK - timedelta(days=1), self._leaves_at)

    def plan(self) -> Plan:
        """Who would be asked, or every reason why nobody can be."""
        u, questions, left_out, warnings = self._matter.uppdrag, [], [], []
        refused = self._unable()
        for rb in [] if refused else self._chosen():
            holder = registry(self._holders, rb.region, self._today)
            why = self._needless(rb, holder)
            if why is not None or holder is None:
                left_out.append((rb.region, why or Refusal.of("unreachable", name=self._name(rb))))
                continue
            question = self._question(rb, holder)
            try:
                self._engine.decide(self._matter, self.command(question), self._now)
            except Refused as no:
                refused += no.refusals
            self._last[holder.email.casefold()] = self._leaves_at
            questions.append(question)
            if not rb.sent_version:
                warnings.append(Refusal.of("not_yet_sent", name=self._name(rb)))
        if refused:
            raise Refused(list(dict.fromkeys(refused)), subject=u.id)
        return Plan(
            uppdrag=u.id, title=u.neutral_title if u.sensitive else u.title, questions=tuple(questions),
            leaves_at=self._leaves_at, left_out=tuple(left_out), warnings=tuple(warnings),
        )  # fmt: skip

    def command(self, question: Question) -> AdvanceRegion:
        """The step that a question is."""
        to = f"{question.to} ({question.message.recipient})"
        return AdvanceRegion(
            actor=self._asking.actor, on=self._today, region=question.region, trigger=ASK, facts={"mottagare": to}
        )  # fmt: skip

    def queue(self, question: Question, event: int) -> None:
        """Queue a region's mail, under an occasion of its own."""
        u = self._matter.uppdrag
        occasion = Occasion(uppdrag=u.id, region=question.region, step=f"{ASK}:{event}", round=u.round,
                            office=question.office)  # fmt: skip
        rb, holder = self._matter.regions[question.region], registry(self._holders, question.region, self._today)
        if holder is None:
            raise ValueError(f"{question.region}: nobody to ask")
        id = intents.id_of(occasion)
        message = self._mail(rb, holder, id)
        intents.add(self._session, [Intent(
            id=id, occasion=occasion, template=ASKED, send_on=local_date(self._leaves_at), status="skriven",
            reason=f"{self._asking.actor.name} ber om uppgift", message=message.id,
        )], self._now)  # fmt: skip
        outbox.enqueue(
            self._session, heads.told(self._session, message), office=question.office, region=question.region,
            uppdrag=u.id, now=self._now, not_before=self._leaves_at,
        )  # fmt: skip

    def _unable(self) -> list[Refusal]:
        u, lifecycle = self._matter.uppdrag, self._engine.lifecycle
        if lifecycle.track is None:
            return [Refusal.of("no_track", lifecycle=lifecycle.label)]
        if u.paused:
            return [Refusal.of("paused")]
        if u.final or u.state not in lifecycle.track.open_in:
            return [Refusal.of("nothing_to_ask", state=lifecycle.label_of(u.state))]
        concerned = ", ".join(u.concerned)
        strangers = [r for r in self._asking.regions or () if r not in self._matter.regions]
        unknown = [s for s in self._asking.states if s not in {state.id for state in lifecycle.track.states}]
        states = ", ".join(s.id for s in lifecycle.track.states)
        groups = sorted({g for of in self._groups.values() for g in of})
        return [
            *(Refusal.of("region_not_concerned", region=r, concerned=concerned) for r in strangers),
            *(Refusal.of("not_a_choice", label="state", value=s, expected=states) for s in unknown),
            *(
                Refusal.of("not_a_choice", label="samverkansregion", value=g, expected=", ".join(groups))
                for g in self._asking.groups if g not in groups
            ),
        ]  # fmt: skip

    def _chosen(self) -> list[Regionbeslut]:
        """The open regions that the asking is about."""
        a = self._asking
        return [
            rb for lanskod, rb in sorted(self._matter.regions.items())
            if not rb.concluded and (a.regions is None or lanskod in a.regions)
            and (not a.states or rb.state in a.states)
            and (not a.groups or set(a.groups) & set(self._groups.get(lanskod, ())))
        ]  # fmt: skip

    def _needless(self, rb: Regionbeslut, holder: Holder | None) -> Refusal | None:
        """Why a region is left in peace."""
        until = silent_until(rb, self._calendar)
        if until is not None and self._today <= until:
            return Refusal.of("region_has_stated", name=self._name(rb), date=rb.planned_on)
        last = self._last_mail(holder.email) if holder else None
        if last is None or self._asking.again or local_date(self._leaves_at) >= local_date(last) + WEEK:
            return None
        return Refusal.of("asked_this_week", name=self._name(rb), date=local_date(last))

    def _last_mail(self, address: str) -> datetime | None:
        """When an address last had a mail, or is to have one: a reminder, or whatever else left this week."""
        found = [self._last[address.casefold()]] if address.casefold() in self._last else []
        found += [
            m.sent_at or m.not_before for m in outbox.newest(self._session, recipient=address, limit=_NEWEST)
            if m.status != "avbruten"
        ]  # fmt: skip
        return max(found, default=None)

    def _name(self, rb: Regionbeslut) -> str:
        return self._addresses.region(rb.region)

    def _question(self, rb: Regionbeslut, holder: Holder) -> Question:
        return Question(
            region=rb.region, to=self._addresses.post(holder), office=holder.office,
            message=self._mail(rb, holder, "förhandsvisning"),
        )  # fmt: skip

    def _mail(self, rb: Regionbeslut, holder: Holder, occasion: str) -> Message:
        u, lifecycle, settings = self._matter.uppdrag, self._engine.lifecycle, self._settings
        told = missing.of_region(ASKED, u, rb, window(lifecycle, self._matter), lifecycle, self._addresses)
        ask, ask_at = self._addresses.ask(u, holder.email, settings.mail_answers_to)
        return compose(ASKED, Facts(
            recipient=holder.email, occasions=(occasion,), today=self._today, ask=ask, ask_at=ask_at,
            link=f"{settings.url}/svar/{u.id}/{rb.region}", sender=settings.mail_from, domain=settings.mail_domain,
            missing=(told,), office=self._addresses.post(holder), reply_to=settings.mail_reply_to,
            references=outbox.thread(self._session, u.id, rb.region, holder.email).references,
        ))  # fmt: skip
