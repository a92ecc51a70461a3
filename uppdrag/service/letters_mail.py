"""The månadsbrev as mail: whom it goes to, what it says there, and how somebody is spared it (RFC 8058)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from notifications.compose import Facts, LetterTold, compose
from storage import people, subscriptions
from storage.database import Session
from uppdrag.service.addressing import Addresses
from uppdrag.service.house import House
from uppdrag.service.reports_letter import brief
from uppdrag.service.reports_pictures import concluded_map, concluded_words
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import Refusal
from workflow.figures import Figures
from workflow.letter import LetterText, id_of
from workflow.message import Attachment, Inline, Message
from workflow.model import Region
from workflow.people import OFFICES, Holder, addressee

LEADERSHIP = ("regiondirektor", "hsd")
"""The offices of a region that have the letter unless they have said that they do not want it."""
PAGE = "avregistrera"
"""Where the link in a letter leads, before the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An office that gets the letter, and who is there. `named`: `01:regiondirektor`."""

    region: str
    office: str
    post: str
    holder: Holder

    @property
    def named(self) -> str:
        return f"{self.region}:{self.office}"


def recipients(house: House, session: Session, day: date) -> tuple[tuple[Recipient, ...], tuple[Refusal, ...]]:
    """Who gets the letter on a day, each address once; and of the others who does not, and why."""
    regions, holders = house.regions(session), people.all_holders(session)
    addresses = Addresses(holders, regions, day)
    gone = subscriptions.unsubscribed(session)
    found: dict[str, Recipient] = {}
    missing = []
    for region in regions:
        for office in LEADERSHIP:
            holder = addressee(holders, office, region.lanskod, day)
            post = f"{OFFICES[office]} i {addresses.region(region.lanskod)}"
            if (region.lanskod, office) in gone:
                missing.append(Refusal.of("letter_unsubscribed", post=post))
            elif holder is None:
                missing.append(Refusal.of("letter_no_address", post=post))
            else:
                to = Recipient(region=region.lanskod, office=office, post=post, holder=holder)
                found.setdefault(holder.email.casefold(), to)
    return tuple(found.values()), tuple(missing)


def mail(
    to: Recipient, figures: Figures, text: LetterText, settings: Settings, *, token: str, ask: tuple[str, str],
    version: int, now: datetime, picture: Inline | None,
) -> Message:  # fmt: skip
    """The mail to one office with its `picture`, without the letter that goes along. Raises Unmailable."""
    leave = f"{settings.url}/{PAGE}/{token}"
    period = figures.period
    told = LetterTold(
        period=period.text, introduction=text.introduction,
        rows=tuple((label, figure.value) for label, figure in brief(figures) if figure.value),
        map_says=concluded_words(figures) if picture else "", picture=picture.id if picture else "",
    )  # fmt: skip
    message = compose("manadsbrev", Facts(
        recipient=to.holder.email, occasions=(id_of(period.name), str(version), to.named), today=local_date(now),
        link=leave, ask=ask[0], ask_at=ask[1], sender=settings.mail_from,
        reply_to=settings.mail_reply_to, domain=settings.mail_domain, office=to.post, letter=told,
    ))  # fmt: skip
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return replace(message, headers=headers, pictures=(picture,) if picture else ())


def picture_of(
    figures: Figures, text: LetterText, regions: Mapping[str, Region], settings: Settings
) -> Inline | None:  # fmt: skip
    """The letter's map as its mail shows it; None where it has none. `regions` by länskod."""
    drawn = concluded_map(figures, regions) if text.shows("karta") else None
    if drawn is None:
        return None
    id = f"karta-{figures.period.name}@{settings.mail_domain}"
    return Inline(id=id, filename="karta.png", content_type="image/png", content=drawn.mailed)


def with_file(message: Message, file: Attachment) -> Message:
    """The mail with the letter as a file."""
    return replace(message, attachments=(file,))
