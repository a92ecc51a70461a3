"""Månadsbrev: drafted by the clock, written by the kansli, and sent when a person has confirmed what was shown.

What was sent stands with its figures: whatever is registered or corrected later is told of in the next letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage import letters
from storage.database import Session
from uppdrag.documents.document import Document
from uppdrag.service import catalogue, figures, reports, reports_letter
from uppdrag.service.commands import writing
from uppdrag.service.figures import Progress
from uppdrag.service.house import House
from uppdrag.service.letters_mail import Recipient, recipients
from uppdrag.service.persevering import persevering
from uppdrag.service.reports_letter import Written
from workflow import lettering
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.events import Recorded
from workflow.figures import Figures, Period
from workflow.letter import PARTS, Difference, Letter, LetterText, PartText, difference
from workflow.model import SYSTEM, Actor, Region
from workflow.paper_events import LetterDrafted, LetterHeld, LetterWritten
from workflow.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A letter as somebody sees it: as it was sent, or as it would be sent now. `digest` is what a person confirms;
    `regions` are by länskod, `document` is the letter whole; `missing` are the offices that get none, and why."""

    letter: Letter
    figures: Figures
    since: Difference
    regions: Mapping[str, Region]
    document: Document
    digest: str
    to: tuple[Recipient, ...] = ()
    missing: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the kansli writes anew; None and absent parts stay as they are. `hidden` are the parts that are left out."""

    introduction: str | None = None
    parts: tuple[PartText, ...] = ()
    hidden: tuple[str, ...] | None = None


def draft_due(house: House, calendar: WorkCalendar, *, now: datetime) -> str:
    """Draft the letter of the month gone by, on the first working day of the month or the first round after it. Once:
    the month whose letter it is, or empty. No letter is drafted for a month that was over before the database began."""
    month = lettering.due(local_date(now), calendar)
    if month is None:
        return ""
    with house.database.reading() as session:
        if letters.load(session, month.name).version or house.installed_on(session) > month.last:
            return ""
    return month.name if _draft(house, month, SYSTEM, now) else ""


def draft(house: House, month: str, *, actor: Actor, now: datetime) -> Letter:
    """Draft a month's letter by hand. Raises Refused where there is one, or the month is not over."""
    asked = reports.period(month, month=True)
    if local_date(now) <= asked.last:
        first = asked.last + timedelta(days=1)
        raise Refused([Refusal.of("letter_month_not_over", month=asked.text, first=first)])
    if not _draft(house, asked, actor, now):
        raise Refused([Refusal.of("letter_exists", month=month)])
    return one(house, month)


def every(house: House) -> list[Letter]:
    """Every letter, the newest first."""
    with house.database.reading() as session:
        return letters.every(session)


def one(house: House, month: str) -> Letter:
    """A letter that has been drafted. Raises Refused."""
    with house.database.reading() as session:
        return _opened(session, month)


def history(house: House, month: str) -> list[Recorded]:
    """What has happened with a letter, in order."""
    with house.database.reading() as session:
        _opened(session, month)
        return letters.history(session, month)


def shown(house: House, month: str, *, now: datetime) -> Shown:
    """A letter as it was sent, or as it would be sent now. Raises Refused where it has not been drafted."""
    groups = catalogue.groups(house)
    with house.database.reading() as session:
        return within(house, session, month, groups, now=now)


def document(
    house: House, month: str, *, now: datetime, cut_off: datetime | None = None, progress: Progress | None = None
) -> Document:
    """The letter as a document: as it stands, or where it has not been drafted, or a `cut_off` (aware) is asked for, as
    it would be drafted by what had been registered by then. Raises Refused."""
    if cut_off is None and any(one.month == month for one in every(house)):
        return shown(house, month, now=now).document
    return reports.letter(house, month, known_by=cut_off or now, progress=progress)


def within(house: House, session: Session, month: str, groups: Mapping[str, str], *, now: datetime) -> Shown:
    """The same in a transaction that is open. `groups` names the samverkansregioner."""
    letter = _opened(session, month)
    places = reports.regions(house, session)
    to: tuple[Recipient, ...] = ()
    missing: tuple[Refusal, ...] = ()
    if letter.sent is not None:
        found, since, digest = letter.sent.figures, letter.sent.since_last, letter.sent.digest
    else:
        found = figures.within(house, session, reports.period(month, month=True), known_by=now)
        since = _since_last(house, session, month, now)
        to, missing = recipients(house, session, local_date(now))
        digest = lettering.digest(found, since, letter.text, (r.named for r in to))
    written = Written(
        figures=found, text=letter.text, since=since, regions=places, groups=groups, sent=letter.sent is not None
    )
    return Shown(
        letter=letter, figures=found, since=since, regions=places, document=reports_letter.document(written),
        digest=digest, to=to, missing=missing,
    )  # fmt: skip


@persevering
def write(house: House, month: str, change: Change, *, seen: int | None, actor: Actor, now: datetime) -> Letter:
    """Change the kansli's own words, or which parts are shown. A letter that was held is a draft again.

    `seen`: the version that the caller saw, None where nobody looked. Raises Refused.
    """
    with writing(house) as session:
        letter = _open_to(session, month, seen)
        unknown = [p for p in (*(p.part for p in change.parts), *(change.hidden or ())) if p not in PARTS]
        if unknown:
            refused = [
                Refusal.of("letter_part_unknown", part=p, known=", ".join(PARTS)) for p in dict.fromkeys(unknown)
            ]
            raise Refused(refused, subject=_subject(month))
        text = _changed(letter.text, change)
        if text == letter.text and not letter.held:
            return letter
        return letters.save(session, letter, [LetterWritten(month=month, text=text)], actor, now)


@persevering
def hold(house: House, month: str, why: str, *, seen: int | None = None, actor: Actor, now: datetime) -> Letter:
    """Let a letter rest, and say why. Raises Refused."""
    with writing(house) as session:
        letter = _open_to(session, month, seen)
        if not why.strip():
            raise Refused([Refusal.of("why_missing")], subject=_subject(month))
        if letter.held == why.strip():
            return letter
        return letters.save(session, letter, [LetterHeld(month=month, why=why.strip())], actor, now)


def _draft(house: House, month: Period, actor: Actor, now: datetime) -> bool:
    with writing(house) as session:
        session.alone()
        letter = letters.load(session, month.name)
        if letter.version:
            return False
        letters.save(session, letter, [LetterDrafted(month=month.name)], actor, now)
        return True


def _opened(session: Session, month: str) -> Letter:
    reports.period(month, month=True)
    letter = letters.load(session, month)
    if not letter.version:
        raise Refused([Refusal.of("letter_not_drafted", month=month)])
    return letter


def _open_to(session: Session, month: str, seen: int | None) -> Letter:
    """A letter that may still be changed. Raises Refused where it has been sent, or changed since it was seen."""
    letter = _opened(session, month)
    refused = lettering.refused(letter)
    if not refused and seen is not None and seen != letter.version:
        refused = [Refusal.of("letter_seen_changed", seen=seen, version=letter.version)]
    if refused:
        raise Refused(refused, subject=_subject(month))
    return letter


def _changed(text: LetterText, change: Change) -> LetterText:
    new = {p.part for p in change.parts}
    return lettering.written(replace(
        text, introduction=text.introduction if change.introduction is None else change.introduction,
        parts=(*(p for p in text.parts if p.part not in new), *change.parts),
        hidden=text.hidden if change.hidden is None else change.hidden,
    ))  # fmt: skip


def _since_last(house: House, session: Session, month: str, now: datetime) -> Difference:
    """What the last letter that was sent would say otherwise today."""
    last = letters.sent_before(session, month)
    if last is None or last.sent is None:
        return Difference()
    again = figures.within(house, session, last.sent.figures.period, known_by=now)
    return difference(last.sent.figures, again)


def _subject(month: str) -> str:
    return f"Månadsbrevet {month}"
