"""One mail of the clock: what it says of each thing it is about, where its link leads, and its place in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from notifications.catalogue import AT_HOME
from notifications.compose import Facts, MeetingTold, Missing, Unmailable, Unreached, compose
from storage import intents, mailed, outbox
from storage.database import Session
from uppdrag.service import heads, missing
from uppdrag.service.addressing import Addresses
from uppdrag.service.meeting_duties import day_of, meeting_told
from uppdrag.service.present import Present
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.message import NONE, Intent, Message
from workflow.people import REGION_OFFICES, Holder


class Writer:
    """The mails of one composing. `not_before`: the aware moment at which they may leave."""

    def __init__(
        self, session: Session, settings: Settings, addresses: Addresses, present: Present, *, now: datetime,
        not_before: datetime,
    ) -> None:  # fmt: skip
        self._session, self._settings, self._now = session, settings, now
        self._addresses, self._present = addresses, present
        self._not_before, self._leaves_on = not_before, local_date(not_before)
        self._domain, self._answers_to = settings.mail_domain, settings.mail_answers_to
        self._taken_back: Set[str] | None = None
        self._head = heads.newest(session)  # once: there may be a thousand mails
        self._queue: list[Mapping[str, Any]] = []
        self._written: list[tuple[Intent, str]] = []
        self._messages: list[str] = []

    def write(self, template: str, holder: Holder, served: Sequence[Intent], rows: tuple[Missing, ...]) -> str:
        """Write a mail for the outbox. Why not, where it cannot be written; else empty."""
        try:
            message, of, at = self.composed(template, holder, served, rows)
        except Exception as wrong:  # noqa: BLE001 - a poison template or title parks this mail; the others go
            return _reason(wrong)
        days = [i.expires_on for i in served if i.expires_on is not None]
        if self._taken_back is None:
            self._taken_back = mailed.taken_back(self._session)
        if message.id not in self._taken_back:
            kept = outbox.waiting(
                message, office=served[0].occasion.office, region=at, uppdrag=of, now=self._now,
                not_before=self._not_before, expires_on=min(days, default=None),
            )  # fmt: skip
            self._queue.append(kept)
        else:
            self._revive(message)
        self._written += [(i, message.id) for i in served]
        self._messages.append(message.id)
        return ""

    def keep(self) -> list[str]:
        """Put what was written into the outbox. The ids of the messages, those taken up again among them."""
        outbox.enqueue_all(self._session, self._queue)
        intents.all_written(self._session, self._written)
        return self._messages

    def why_not(self, holder: Holder, intent: Intent) -> str:
        """Why a mail about one thing alone cannot be written; empty where it can."""
        rows = self.rows([intent])
        try:
            self.composed(rows[0].template, holder, [intent], rows)
        except Exception as wrong:  # noqa: BLE001 - the same as below
            return _reason(wrong)
        return ""

    def rows(self, listed: Iterable[Intent]) -> tuple[Missing, ...]:
        return missing.gathered([(i, self._missing(i)) for i in listed], self._addresses)

    def composed(
        self, template: str, holder: Holder, served: Sequence[Intent], rows: tuple[Missing, ...]
    ) -> tuple[Message, str, str]:
        """A mail, and the uppdrag and the region that it is about (`-`: several). Raises whatever a template does."""
        settings = self._settings
        about = {i.occasion.uppdrag for i in served}
        regions = {i.occasion.region for i in served}
        of, at = about.pop() if len(about) == 1 else NONE, regions.pop() if len(regions) == 1 else NONE
        ids, u = tuple(i.id for i in served), self._present.uppdrag(served[0]) if of != NONE else None
        ask, ask_at = self._addresses.ask(u, holder.email, self._answers_to)
        facts = Facts(
            recipient=holder.email, occasions=ids, today=self._leaves_on, link=self._link(template, served, of, at),
            ask=ask, ask_at=ask_at, sender=settings.mail_from, domain=self._domain, missing=rows,
            unreached=tuple(map(self._unreached, served)) if template == "studs" else (),
            office=self._addresses.post(holder), reply_to=settings.mail_reply_to,
            references=self._present.thread(of, at, holder.email), meeting=self._meeting(served[0]),
            head="" if template in AT_HOME else self._head,
        )  # fmt: skip
        return compose(template, facts), of, at

    def _meeting(self, intent: Intent) -> MeetingTold | None:
        """The meeting that a reminder is about; None where it is about none."""
        day = day_of(intent.occasion.uppdrag)
        if day is None:
            return None
        known = self._present.rhythm(day, self._leaves_on)
        if known is None:
            raise NotFound("meeting", day.isoformat())
        return meeting_told(known.meeting, due=intent.due)

    def _revive(self, message: Message) -> None:
        """Let a message that a command took back leave after all: what it asks for is still missing."""
        outbox.move(self._session, message.id, {"avbruten"}, "koad", now=self._not_before, response="")
        outbox.replace_draft(self._session, message)

    def _link(self, template: str, served: Sequence[Intent], of: str, at: str) -> str:
        """Where what is missing is answered: the one link of a mail. A locator, not a key."""
        pages = self._settings.url
        if template == "studs":
            return f"{pages}/befattningshavare"
        if day := day_of(of):
            return f"{pages}/moten/{day.isoformat()}"
        regional = at != NONE and all(i.occasion.office in REGION_OFFICES for i in served)
        if of == NONE:
            return f"{pages}/svar/{at}" if regional else f"{pages}/att-gora"
        return f"{pages}/svar/{of}/{at}" if regional else f"{pages}/uppdrag/{of}"

    def _unreached(self, notice: Intent) -> Unreached:
        at = notice.occasion
        bounced = outbox.find(self._session, at.deadline) if at.step == "studs" else None
        office = bounced.queued.office if bounced else at.deadline
        return self._addresses.unreached(office, at.region, notice.reason)

    def _missing(self, intent: Intent) -> Missing:
        found = self._present.asked(intent)
        if found is None:
            raise NotFound("uppdrag", intent.occasion.uppdrag)
        matter, lifecycle = found
        rb = matter.regions.get(intent.occasion.region)
        return missing.of_intent(intent, matter.uppdrag, rb, lifecycle, self._addresses)


def _reason(wrong: Exception) -> str:
    return f"{wrong.header}: {wrong.why}" if isinstance(wrong, Unmailable) else type(wrong).__name__
