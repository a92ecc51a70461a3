"""A kallelse with 40 ärenden as PDF, from the database to the file, against typst alone on the same source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path

import typst

from benchmarks.life import made
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import ACTOR
from storage import motes
from uppdrag.documents import pdf
from uppdrag.service import chefsgrupp, commands, papers, people, sources
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from workflow.meeting import AgendaItem, Arrangement, Why
from workflow.meeting_events import AgendaKept, MeetingSummoned

ITEMS = 40
DAY, SENT = date(2026, 3, 27), date(2026, 3, 13)
WRITTEN = datetime(2026, 3, 13, 9, tzinfo=UTC)


def measure(folder: Path, rounds: int) -> list[Bar]:
    """Each turn writes a kallelse that nobody has written before: typst remembers what it has laid out."""
    template = files("uppdrag.documents").joinpath("templates/document.typ").read_bytes()
    fonts = pdf._fonts(drawn=False)
    house, numbers, source = House.open(f"sqlite:///{made(folder, 'handling')}"), count(), ""
    ids = _furnish(house)

    def keep_another() -> None:
        nonlocal source
        _keep(house, ids, next(numbers))
        source = pdf.described(papers.kallelse(house, DAY, now=WRITTEN))

    def ours() -> bytes:
        return papers.rendered(papers.kallelse(house, DAY, now=WRITTEN), "pdf")

    def bare() -> object:
        compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
        return compiler.compile(
            template, format="pdf", pdf_standards=["ua-1", "a-2a"], sys_inputs={"document": source}, timestamp=WRITTEN
        )

    keep_another()
    if ours() != bare():
        raise AssertionError("typst alone writes something else")
    turns = take_turns(rounds, {"ours": ours, "bare": bare}, before_each=keep_another)
    return [turns.time(f"kallelse med {ITEMS} ärenden som PDF mot bara typst", "ours", "bare", at_most=1.5)]


def _furnish(house: House) -> list[str]:
    """A meeting with those who belong to chefsgruppen; the numbers of the uppdrag that it is about."""
    name, content = sources.people("exempel")
    people.import_people(house, name, content, actor=ACTOR, now=WRITTEN)
    chefsgrupp.plan_year(house, 2026, [DAY], Arrangement(place="Uppsala"), actor=ACTOR, now=WRITTEN)
    wanted = (commands.New(title=f"Uppdrag {n}", lifecycle="utredning", actor=ACTOR) for n in range(ITEMS))
    ids = [commands.new(house, one, now=WRITTEN).uppdrag for one in wanted]
    _keep(house, ids, -1)
    with writing(house) as session:
        meeting = motes.load(session, DAY)
        sent = MeetingSummoned(day=DAY, on=SENT, items=meeting.items)
        motes.save(session, meeting, [sent], ACTOR, WRITTEN)
    return ids


def _keep(house: House, ids: Sequence[str], number: int) -> None:
    """Give the meeting an agenda whose texts no other number has."""
    items = tuple(_item(id, number, n) for n, id in enumerate(ids, start=1))
    with writing(house) as session:
        kept = AgendaKept(day=DAY, items=items, removed=())
        motes.save(session, motes.load(session, DAY), [kept], ACTOR, WRITTEN)


def _item(id: str, number: int, n: int) -> AgendaItem:
    return AgendaItem(
        key=id, section="direktiv" if n <= ITEMS / 2 else "godkannande", kind="beslut", uppdrag=id, number=n,
        title=f"Plan {number} för läkemedelsförsörjning och sjukvårdsförstärkningsresurser, del {n}", minutes=10,
        why=Why.of("task", what=f"Uppdrag {n} i omgång {number} redovisades i februari och planen ses över", due=""),
        dnr=f"RK{number}-{n:05}", presenter=f"Föredragande {n}",
        proposal=f"Chefsgruppen godkänner version {number} av plan {n} för beslut i de berörda regionerna. Det ryms i "
        f"16 av 21 regioner.", documents=(f"Bilaga {n}: förslaget", f"Bilaga {n}: konsekvensanalys {number}"),
    )  # fmt: skip
