"""Every kind of document that leaves the house, made from one text in every field and as many items as one likes.

A kind of its own is one line in KINDS, and is then tried as all the others are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from definitions.agenda import load_agenda
from definitions.loader import by_ref, load_lifecycle, packaged
from notifications.catalogue import TEMPLATES
from tests import reported
from uppdrag.documents.document import Document
from uppdrag.service import (
    beredning_document,
    directives_document,
    papers_agenda,
    papers_handoff,
    papers_minutes,
    papers_missiv,
    papers_question,
    reports_annual,
    reports_letter,
)
from uppdrag.service.agenda import Agenda
from uppdrag.service.beredning import Handled, Preparation
from uppdrag.service.chefsgrupp import Attendance
from uppdrag.service.chefsgrupp import Held as HeldOn
from uppdrag.service.kit import Known
from uppdrag.service.papers_agenda import Called
from uppdrag.service.papers_minutes import Held
from uppdrag.service.papers_neutral import Neutral
from workflow.aftermath import Handed, HandOff
from workflow.agenda_form import CLOSING, OPENING, AgendaForm
from workflow.beredning import Beredningsplan, Placement
from workflow.beredning_events import Change
from workflow.beredning_fill import Row
from workflow.beredning_force import Rounds
from workflow.calendar import Span
from workflow.circulation import Circulation, Reply
from workflow.direktiv import Carried, DirectiveText, Section
from workflow.lifecycle import Lifecycle
from workflow.meeting import (
    Action,
    AgendaItem,
    Approval,
    Arrangement,
    Meeting,
    Minutes,
    Note,
    Present,
    Reprioritised,
    Why,
)
from workflow.model import PlannedTime, Region, Regionbeslut, Uppdrag
from workflow.people import Holder
from workflow.sammantraden import Sammantrade

DAY = date(2026, 3, 27)
CHANGED = datetime(2026, 3, 20, 9, 15, tzinfo=UTC)
NEUTRAL = Neutral({})


def called(text: str, items: int) -> Called:
    """What a dagordning and a kallelse are made from."""
    found = tuple(_item(n, text) for n in range(1, items + 1))
    holders = tuple(_holder(n, text) for n in range(1, min(items, 12) + 1))
    meeting = Meeting(day=DAY, arrangement=_where(text), kept=True, items=found, summoned_on=date(2026, 3, 18))
    there = Sammantrade(region="-", body="chefsgrupp", first=DAY, last=DAY, papers_by=date(2026, 3, 13))
    who = Attendance(chair=holders[:1], members=holders, substitutes=holders[:2], adjungerade=holders[:2])
    agenda = Agenda(held=HeldOn(date=there, meeting=meeting, attendance=who), form=_form(text), items=found)
    return Called(
        agenda=agenda, items=found, regions={"03": text}, answers_to=text, today=DAY, changed=CHANGED,
    )  # fmt: skip


def held(text: str, items: int, *, adjusted: bool = False) -> Held:
    """What a protokoll and a protokollsutdrag are made from."""
    found = tuple(_item(n, text) for n in range(1, items + 1))
    notes = tuple(_note(i, n, text) for n, i in enumerate((i for i in found if not i.withdrawn), start=1))
    people = tuple(Present(name=text, left=text if n % 2 else "") for n in range(min(items, 12)))
    minutes = Minutes(
        present=people, adjungerade=people[:2], chair=text, secretary=text, adjusters=(text,) if text else (),
        notes=notes,
    )  # fmt: skip
    approvals = tuple(Approval(paragraph=n.paragraph, on=DAY, by=text, digest="a1" * 32) for n in notes)
    meeting = Meeting(
        day=DAY, arrangement=_where(text), kept=True, items=found, summoned_on=DAY, minutes=minutes, closed_on=DAY,
        approvals=approvals if adjusted else (), digest="b2" * 32 if adjusted else "",
    )  # fmt: skip
    return Held(
        meeting=meeting, form=_form(text), neutral=NEUTRAL, to_regions=frozenset({"godkann"}), changed=CHANGED
    )  # fmt: skip


def circulated(text: str, items: int) -> Held:
    """The same, decided between meetings."""
    at = held(text, items)
    replies = tuple(
        Reply(member=text, item=i.key, answer="bifall", on=DAY, channel="epost", words=text) for i in at.meeting.items
    )  # fmt: skip
    asked = Circulation(asked=(text, f"{text}, som inte har svarat"), replies=replies)
    return replace(at, meeting=replace(at.meeting, circulation=asked))


def question(text: str, items: int) -> Document:
    """What is put to the members per capsulam."""
    at = circulated(text, items)
    return papers_question.question(at.meeting, at.meeting.items, at.form, CHANGED)


def handoff(text: str, items: int) -> Document:
    """Every § handed on to another body."""
    at = held(text, items)
    handed = tuple(Handed(paragraph=n.paragraph, asks=text) for n in at.minutes.notes)
    given = HandOff(body="skr", label=text, on=DAY, meets_on=DAY, presenter=text, handed=handed)
    return papers_handoff.handoff(at, given)


def prepared(text: str, items: int) -> Preparation:
    """What a beredningsplan is made from: half of it at a meeting, the rest at none."""
    rows = tuple(
        Row(key=str(n), title=f"{n} {text}", what=text, why=Why.of("task", what=text, due=""), uppdrag=text,
            day=DAY if n % 2 else None, placement=Placement(key=str(n), day=DAY, why=text) if n % 3 else None)
        for n in range(1, items + 1)
    )  # fmt: skip
    handled = tuple(
        Handled(day=DAY, paragraph=n, title=text, uppdrag=text, outcome="bifall") for n in range(1, items + 1)
    )
    return Preparation(
        plan=Beredningsplan(year=2026), form=_form(text), rounds=Rounds(days=(DAY,), coming=(DAY,)), days=(DAY,),
        rows=rows, handled=handled, decided=None, changes=tuple(Change("new", text) for _ in rows),
    )  # fmt: skip


def directive(text: str, items: int) -> Document:
    """A draft of an uppdragsdirektiv that carries so many uppdrag, with as long a list in each section."""
    carried = [Carried(uppdrag=text, title=f"{n} {text}", times=(text,), owner=text) for n in range(1, items + 1)]
    listed = "\n".join(f"- {text}" for _ in range(items))
    sections = tuple(Section(id, text, f"{text}\n\n{listed}\n\n{text}") for id in ("syfte", "mal"))
    said = DirectiveText(title=text, number=text, sections=sections)
    return directives_document.document("D2026-01", said, carried, revision=1, decision=None, created=CHANGED)


def known(text: str, papers: int) -> Known:
    """What a missiv is made from."""
    stated = {f"steg{n}": {"rapport": f"{n} {text}"} for n in range(1, papers + 1)}
    planned = PlannedTime(
        deadline="regionbeslut", span=Span(text=text, first=DAY, last=date(2026, 9, 30), reading=text or "dagen själv")
    )
    u = Uppdrag(
        id="U2026-01", lifecycle="regiongemensamt", lifecycle_version=1, state="regionbeslut", title=text, owner=text,
        dnr=text, concerned=("03",), tracked=True, proposal_version=2, facts=stated,
    )  # fmt: skip
    return Known(u=u, lifecycle=lifecycles()[u.lifecycle], planned=planned, approved=text, answers_to=text, now=CHANGED)


@cache
def lifecycles() -> dict[str, Lifecycle]:
    """The lifecycles that come with the program."""
    fragments = by_ref(packaged("fragment"))
    found = (load_lifecycle(s, fragments, templates=TEMPLATES) for s in packaged("lifecycle"))
    return {one.id: one for one in found}


@cache
def form() -> AgendaForm:
    """The declared form of an agenda."""
    (source,) = packaged("agenda")
    return load_agenda(source, frozenset(t.trigger for one in lifecycles().values() for t in one.transitions))


Maker = Callable[[str, int], Document]
KINDS: Mapping[str, Maker] = {
    "dagordning": lambda text, items: papers_agenda.dagordning(called(text, items)),
    "kallelse": lambda text, items: papers_agenda.kallelse(called(text, items)),
    "protokoll": lambda text, items: papers_minutes.protokoll(held(text, items)),
    "justerat protokoll": lambda text, items: papers_minutes.protokoll(held(text, items, adjusted=True)),
    "per capsulam": lambda text, items: papers_minutes.protokoll(circulated(text, items)),
    "fråga per capsulam": question,
    "överlämnande": handoff,
    "protokollsutdrag": lambda text, items: papers_minutes.utdrag(held(text, max(items, 1)), 1),
    "beredningsplan": lambda text, items: beredning_document.document(prepared(text, items), now=CHANGED),
    "uppdragsdirektiv": directive,
    "missiv": lambda text, items: papers_missiv.missiv(known(text, items), _region(text), _track(text)),
    "månadsbrev": lambda text, items: reports_letter.document(letter(text, items)),
    "verksamhetsberättelse": lambda text, items: reports_annual.document(
        reported.figures("2026", text, items),
        {"03": _region(text)},
        {"mitten": text},
        reported.budget(2026, text, (_region(text),)),
    ),
}
"""What makes a document of a kind, from a text and a number of items. Add a line for another kind."""
WITH_ITEMS = frozenset(KINDS) - {"protokollsutdrag", "överlämnande", "månadsbrev", "verksamhetsberättelse"}
"""The kinds that say something of every item."""


def letter(text: str, items: int) -> reports_letter.Written:
    """What a månadsbrev that has been sent is made from."""
    return reports_letter.Written(
        figures=reported.figures("2026-03", text, items), text=reported.text_of(text),
        since=reported.difference(text, items), regions={"03": _region(text)}, groups={"mitten": text}, sent=True,
    )  # fmt: skip


def _form(text: str) -> AgendaForm:
    sections = form().sections
    return replace(form(), sections=tuple(replace(s, label=f"{s.label} {text}") for s in sections))


def _item(n: int, text: str) -> AgendaItem:
    sections = (OPENING, "direktiv", "godkannande", "information", CLOSING)
    return AgendaItem(
        key=f"nr-{n}", section=sections[(n - 1) // 20 % len(sections)], kind="beslut" if n % 3 else "information",
        title=f"{n} {text}" if text else "", why=Why.of("task", what=text, due="2026-04-10"), uppdrag=text, dnr=text,
        covers=(text,) if text else (), trigger="godkann", presenter=text, proposal=text,
        documents=(text, text) if text else (), minutes=n if text else 0, number=n, late=n % 10 == 9,
        withdrawn=n % 20 == 18,
    )  # fmt: skip


def _note(item: AgendaItem, paragraph: int, text: str) -> Note:
    moved = Reprioritised(uppdrag=(text, text), span=text) if text else None
    actions = (Action(what=text, owner=text, due=DAY), Action(what=text, owner=text)) if text else ()
    return Note(
        item=item.key, outcome="bifall", decision=text, dissent=(text,) if text else (), actions=actions,
        reprioritised=moved, paragraph=paragraph,
    )  # fmt: skip


def _where(text: str) -> Arrangement:
    return Arrangement(place=text, link=text, starts=text, ends=text, adjust_by=date(2026, 4, 14))


def _holder(n: int, text: str) -> Holder:
    return Holder(id=str(n), office="chefsgrupp", region="03", name=text, email=f"{n}{text}")


def _region(text: str) -> Region:
    return Region(
        lanskod="03",
        name=text,
        short_name=text,
        county=text,
        samverkansregioner=("m",),
        fullmaktige=text,
        styrelse=text,
    )


def _track(text: str) -> Regionbeslut:
    return Regionbeslut(region="03", state="expedierad", dnr=text, sent_version=1)
