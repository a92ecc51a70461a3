"""One mail of the kallelse: what it says to one person, and the invitation that goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from email.utils import parseaddr
from typing import Literal

from notifications.compose import Facts, MeetingTold, compose
from storage import motes, uppdrag
from storage.database import Session
from uppdrag.intake import icalendar
from uppdrag.intake.icalendar import Guest, Invitation
from uppdrag.service.directives_reading import directive_titles
from uppdrag.service.papers_neutral import Neutral
from uppdrag.settings import Settings
from uppdrag.words.summons import AS_WHAT
from workflow.calendar import STOCKHOLM, local_date
from workflow.meeting import AgendaItem, named
from workflow.meeting_events import AgendaKept, MeetingSummoned
from workflow.message import Attachment, CalendarPart, Message
from workflow.people import Holder
from workflow.summons import Called, CallRole

Template = Literal["kallelse", "kallelse_andrad", "kallelse_installd", "kallelse_atertagen"]
_ROLES: Mapping[CallRole, Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT"]] = {
    "ordforande": "CHAIR", "ledamot": "REQ-PARTICIPANT", "adjungerad": "REQ-PARTICIPANT",
    "ersattare": "OPT-PARTICIPANT",
}  # fmt: skip
"""RFC 5545, 3.2.16. A substitute is told for information, but NON-PARTICIPANT is a room or a projector to Outlook
(MS-OXCICAL, 2.1.3.1.1.20.2)."""
INVITATION = "inbjudan.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To one person. `earlier` is what she or he has had; `message` is without the files that go along."""

    template: Template
    name: str
    address: str
    role: CallRole
    office: str
    message: Message
    earlier: tuple[str, ...] = ()

    @property
    def cancels(self) -> bool:
        """Whether it says that the person need not come."""
        return self.template in ("kallelse_installd", "kallelse_atertagen")

    def called(self, sequence: int) -> Called:
        """The person as one who has this version."""
        return Called(
            address=self.address, name=self.name, role=self.role, sequence=sequence,
            messages=(*self.earlier, self.message.id),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """What the letters of one version have in common. `told` is the meeting; `items` as they may leave the house;
    `version` that of the meeting before it was told; `ask` whom to ask, by name and address."""

    settings: Settings
    uid: str
    sequence: int
    version: int
    told: MeetingTold
    items: Sequence[AgendaItem]
    ask: tuple[str, str]
    now: datetime

    def letter(
        self, template: Template, name: str, address: str, role: CallRole, *, office: str = "-",
        earlier: tuple[str, ...] = (),
    ) -> Letter:  # fmt: skip
        """What one person is told. Raises Unmailable."""
        s, cancels = self.settings, template in ("kallelse_installd", "kallelse_atertagen")
        page = "" if cancels else f"/{self.told.day.isoformat()}"
        message = compose(template, Facts(
            recipient=address, today=local_date(self.now), link=f"{s.url}/moten{page}", ask=self.ask[0],
            occasions=("kallelse", self.uid, str(self.sequence), template, str(self.version)), ask_at=self.ask[1],
            sender=s.mail_from, reply_to=s.mail_reply_to, domain=s.mail_domain, references=earlier,
            office=AS_WHAT[role], meeting=replace(self.told, for_information=role == "ersattare"),
        ))  # fmt: skip
        return Letter(
            template=template, name=name, address=address, role=role, office=office, message=message, earlier=earlier
        )  # fmt: skip

    def whole(self, letter: Letter, *files: Attachment) -> Message:
        """A letter with its invitation and other files, as it is to leave."""
        method: Literal["REQUEST", "CANCEL"] = "CANCEL" if letter.cancels else "REQUEST"
        content = icalendar.invite(Invitation(
            method=method, uid=self.uid, sequence=self.sequence, starts=self._at(self.told.starts),
            ends=self._at(self.told.ends), summary="Chefsgruppens möte", place=self.told.place or self.told.link,
            about=self._about(), url=f"{self.settings.url}/moten/{self.told.day.isoformat()}",
            organizer=(parseaddr(self.settings.mail_from)[0], self.settings.mail_answers_to), now=self.now,
            guest=Guest(
                name=letter.name, address=letter.address, role=_ROLES[letter.role], answers=letter.role != "ersattare"
            ),
            held=letter.template != "kallelse_installd",
        ))  # fmt: skip
        invitation = Attachment(filename=INVITATION, content_type="application/ics", content=content)
        return replace(
            letter.message, calendar=CalendarPart(method=method, content=content), attachments=(*files, invitation)
        )

    def _at(self, clock: str) -> datetime:
        hour, _, minute = clock.partition(".")
        return datetime.combine(self.told.day, time(int(hour), int(minute or 0)), STOCKHOLM)

    def _about(self) -> str:
        """What the calendar says below: where to click, and the agenda."""
        marks = {True: " (utgår)", False: ""}
        lines = [f"Digitalt: {self.told.link}"] if self.told.link else []
        lines += ["Dagordning", *(f"{i.number}. {titled(i)}{marks[i.withdrawn]}" for i in self.items)]
        return "\n".join(lines)


def agenda_of(session: Session, day: date, version: int) -> tuple[AgendaItem, ...]:
    """The agenda of a meeting in one of its versions, which are counted from 1."""
    kept = [r.event for r in motes.history(session, day) if isinstance(r.event, AgendaKept | MeetingSummoned)]
    return kept[version - 1].items


def neutral_of(session: Session, items: Sequence[AgendaItem]) -> Neutral:
    """What hides the titles of the sensitive among the uppdrag that some items are about."""
    found = [uppdrag.load(session, id, seq=0).uppdrag for id in sorted(named(items))]
    titles = {u.id: (u.title, u.neutral_title) for u in found if u.sensitive}
    return Neutral({**directive_titles(session, titles), **titles})


def titled(item: AgendaItem) -> str:
    """An item without its number: `U2026-04 Robusta kommunikationer`."""
    return " ".join(filter(None, (item.uppdrag, item.title)))


def numbered(item: AgendaItem) -> str:
    """The same with its number."""
    return f"{item.number} {titled(item)}"


def hours_of(starts: str, ends: str) -> bool:
    """Whether a meeting's hours can stand in a calendar: both known (`09.00`), and the end after the beginning."""
    return bool(starts and ends) and starts < ends


def person(holder: Holder) -> str:
    """Somebody by name, or address where no name is known."""
    return holder.name or holder.email or holder.id
