"""A mail as it would be written today, about a real uppdrag or an example. Nothing is sent and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from notifications.catalogue import ALL, LETTERS, MEETINGS, TEMPLATES
from notifications.compose import Facts, LetterTold, MeetingTold, Missing, Proposal, Unreached, compose
from storage import people, uppdrag
from storage.database import Session
from uppdrag.service import missing
from uppdrag.service.addressing import CALLER, Addresses
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import NotFound, Refusal, Refused
from workflow.message import NONE, Intent, Message, Occasion
from workflow.own_dates import KOMPLETTERING, PROTOKOLL, asked_by
from workflow.people import Holder

_OFFICES = {
    "paminnelse_region": "registrator", "paminnelse_regiondirektor": "regiondirektor",
    "efter_planerad_tid": "regiondirektor", "samtalsunderlag": CALLER, "till_kansliet": "c_nspl",
    "introduktion": "registrator", "samlat": "registrator", "samlat_kansliet": "c_nspl", "missiv": "registrator",
    "be_om_uppgift": "registrator", "paminnelse_protokoll": "c_nspl", "paminnelse_komplettering": "c_nspl",
}  # fmt: skip
_SEVERAL = ("samlat", "samlat_kansliet", "introduktion")
_AFTER = ("efter_planerad_tid", "samtalsunderlag", "till_kansliet")
_OWN_DATES = {"paminnelse_protokoll": PROTOKOLL, "paminnelse_komplettering": KOMPLETTERING}
_OF_REGION = frozenset(("paminnelse_region", "paminnelse_regiondirektor", "introduktion", "studs", "missiv",
                        "be_om_uppgift", *_AFTER, *_OWN_DATES))  # fmt: skip
_OWN_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "paminnelse_protokoll": {
        "what": "protokollsutdraget från Region Uppsala", "known": "källan är e-post", "term": "beslutat",
    },
    "paminnelse_komplettering": {
        "what": "kompletteringen till Region Uppsala efter återremissen", "known": "en konsekvensanalys",
        "term": "klart senast",
    },
}  # fmt: skip
_EXAMPLE = "Regioninterna besluts- och beredningsprocesser för fredstida krissituationer och katastroftillstånd"
_LETTER = LetterTold(
    period="mars 2026",
    introduction="Under mars har två uppdrag redovisats.",
    rows=(("Redovisat för chefsgruppen", 2),),
    map_says="12 av 21 regioner har avslutat minst ett av 7 uppdrag.",
)
_MEETING = MeetingTold(
    day=date(2026, 4, 24), starts="09.00", ends="12.00", place="Uppsala", link="https://mote.example/1", items=9,
    due=date(2026, 4, 15), new=("10 U2026-04 Ledningsmodell",), changes=("tiden", "platsen"), why="För få ärenden",
)  # fmt: skip
_ASK = ("Kim Exempel", "kim.exempel@nspl.example")


def names() -> dict[str, str]:
    """Every mail and its purpose."""
    return dict(ALL)


def example(template: str, settings: Settings, *, now: datetime) -> Message:
    """A mail about an uppdrag and people that do not exist. Raises NotFound for a mail that does not."""
    _known(template)
    about = Missing(
        template=template, uppdrag="U2026-01", title=_EXAMPLE, ends=date(2026, 9, 30), wording="Q2–Q3 2026",
        reading="sista dagen i Q3", region="Region Uppsala" if template in _OF_REGION else "",
        what="beslutet i Region Uppsala" if template not in TEMPLATES or template in _OF_REGION else "Redovisning",
        director="regiondirektör Robin Exempel" if template == "samtalsunderlag" else "",
    )  # fmt: skip
    if template in _OWN_DATES:
        about = replace(about, ask_there=f"registrator {_ASK[0]} (registrator@region.example)", event="U2026-01/7",
                        **_OWN_EXAMPLES[template])  # fmt: skip
    more = replace(about, uppdrag="U2026-02", title="Ledningsmodell", ends=date(2026, 12, 31), wording="Q4 2026",
                   reading="sista dagen i Q4")  # fmt: skip
    today = date(2026, 10, 8) if template in _AFTER else min(local_date(now), date(2026, 9, 1))
    about_meeting = template in MEETINGS
    if about_meeting:
        today = date(2026, 4, 27) if template == "mote_protokoll" else date(2026, 4, 15)
    return compose(template, Facts(
        recipient="registrator@region.example", occasions=("exempel",), today=today, ask=_ASK[0], ask_at=_ASK[1],
        link=f"{settings.url}/{'moten/2026-04-24' if about_meeting else 'svar/U2026-01/03'}",
        sender=settings.mail_from, domain=settings.mail_domain,
        missing=() if template in LETTERS else (about, more) if template in _SEVERAL else (about,),
        reply_to=settings.mail_reply_to,
        office="registrator i Region Uppsala", proposal=Proposal(version=1, papers=("RK2026-00012-3",)),
        unreached=(Unreached(office="registratorn i Region Uppsala", why="adress saknas"),),
        meeting=_MEETING if about_meeting else None, letter=_LETTER if template in LETTERS else None,
    ))  # fmt: skip


def of_uppdrag(
    house: House, template: str, id: str, settings: Settings, *, now: datetime, region: str = ""
) -> Message:  # fmt: skip
    """The mail about one uppdrag, with the people who hold the offices today.

    `region` is a länskod; where it is left out, the first concerned one. Raises NotFound, or Refused where the uppdrag
    has no planned time or no such region, or the mail is about none.
    """
    _known(template)
    if template in (*MEETINGS, *LETTERS):
        raise Refused([Refusal.of("mail_of_no_uppdrag", template=template)])
    with house.database.reading() as session:
        return _written(house, session, template, id, settings, now, region)


def _written(
    house: House, session: Session, template: str, id: str, settings: Settings, now: datetime, region: str
) -> Message:  # fmt: skip
    today = local_date(now)
    matter = uppdrag.load(session, id, seq=0, regions="*")
    u = matter.uppdrag
    lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
    addresses = Addresses(people.all_holders(session), house.regions(session), today)
    regional = {d.id for d in lifecycle.deadlines if d.regional}
    deadline, at = _OWN_DATES.get(template, ""), NONE
    if region or template in _OF_REGION:
        waiting = (r for r, rb in matter.regions.items() if deadline and asked_by(deadline, rb))
        at = region or next(waiting, next(iter(u.concerned), ""))
        if not u.concerned:
            raise Refused([Refusal.of("no_regions")], subject=id)
        if at not in u.concerned:
            concerned = ", ".join(u.concerned)
            raise Refused([Refusal.of("region_not_concerned", region=at, concerned=concerned)], subject=id)
    rb = matter.regions.get(at)
    planned = next((t for t in u.times if (t.deadline in regional) == (at != NONE)), None)
    if deadline and (rb is None or asked_by(deadline, rb) is None):
        raise Refused([Refusal.of("nothing_awaited")], subject=id)
    if planned is None and not deadline:
        raise Refused([Refusal.of("no_planned_time")], subject=id)
    if planned is not None and template in _AFTER:
        today = max(today, planned.span.last + timedelta(weeks=1))  # such a mail is never written before
    intent = Intent(
        id="forhandsvisning", template=template, send_on=today, due=today if deadline else None,
        occasion=Occasion(
            uppdrag=id, region=at, deadline=deadline or (planned.deadline if planned else ""), step="forhandsvisning",
            round=u.round,
            office=_OFFICES.get(template, "ansvarig"),
        ),
    )  # fmt: skip
    holder = addresses.of(intent, u, rb) or Holder(id="", office="registrator", region="" if at == NONE else at)
    told = missing.of_intent(intent, u, rb, lifecycle, addresses)
    recipient = holder.email or "adress-saknas@invalid.example"
    ask, ask_at = addresses.ask(u, recipient, settings.mail_answers_to)
    return compose(template, Facts(
        recipient=recipient, occasions=(intent.id,), today=today, ask=ask, ask_at=ask_at,
        link=f"{settings.url}/svar/{id}/{at}" if at != NONE and not deadline else f"{settings.url}/uppdrag/{id}",
        sender=settings.mail_from, domain=settings.mail_domain, missing=(told,), reply_to=settings.mail_reply_to,
        office=addresses.post(holder), proposal=Proposal(version=u.proposal_version or 1),
        unreached=(addresses.unreached(holder.office, at, "adress saknas"),),
    ))  # fmt: skip


def _known(template: str) -> None:
    if template not in ALL:
        raise NotFound("template", template)
