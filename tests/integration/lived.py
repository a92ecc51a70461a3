"""A database that has been lived in: every table of the record has rows, and every column a value somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from storage import beredningsplaner, budgets, direktiv, letters, meetings, motes, people
from storage.database import Session
from tests.cast import NOW, actor
from uppdrag.service import commands, correcting, queries
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from workflow.beredning import Beredningsplan, Line
from workflow.budget import Budget, Post
from workflow.budget_events import (
    BudgetEvent,
    BudgetFixed,
    BudgetStated,
    ContributionAgreed,
    ContributionPlanned,
    ContributionsDeclared,
    ContributionUsed,
    OutcomeNoted,
)
from workflow.commands import Advance, AdvanceRegion, Change, Decide
from workflow.convening import Calendar, state_meetings, state_rule
from workflow.direktiv import Carried, Directive, DirectiveText, Section
from workflow.events import AddressFlagged, HolderAppointed
from workflow.figures import Figure, Figures, Period, Source
from workflow.holding import digest_of, protokoll_digest
from workflow.letter import Difference, Letter, LetterText, Sent
from workflow.meeting import AgendaItem, Approval, Arrangement, Meeting, Minutes, Note, Present, Why
from workflow.meeting_events import (
    AgendaKept,
    MeetingArranged,
    MeetingCalledOff,
    MeetingClosed,
    MeetingEvent,
    MeetingSummoned,
    MeetingTakenOver,
    ParagraphsApproved,
    SummonsMailed,
)
from workflow.paper_events import (
    DirectiveDecided,
    DirectiveEvent,
    DirectiveWritten,
    LetterDrafted,
    LetterEvent,
    LetterHeld,
    LetterSent,
    LetterWritten,
    MatterAdded,
    MatterPlaced,
    PreparationDecided,
    PreparationEvent,
    PreparationTabled,
)
from workflow.sammantraden import PapersRule, Sammantrade
from workflow.summons import Called, CalledOff, Summons

FIRST, OTHER, NEWEST = "U2026-01", "U2026-06", "U2026-20"
"""An uppdrag with regions, one in the middle of the year's numbers, and the last one given."""


def live_a_little(house: House) -> None:
    """Do a little of everything, sealed by a checkpoint; then a little more."""
    new = New(title="Tillkommet", lifecycle="atagande", actor=actor("kansli"), parent=FIRST)
    assert commands.new(house, new, now=NOW, key="nytt").uppdrag == NEWEST
    step(house, FIRST, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, FIRST, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    _track(house, "01", "expediera", version="1", kanal="epost")
    _track(house, "03", "ta_emot", dnr="RS 2026/7")
    _track(house, "03", "planera", instans="RF", datum="2026-06-15", kedja="AU:2026-05-12, RS:2026-05-26")
    decision = Decide(
        actor=actor("region"), region="01", outcome="antagen_med_anpassning", body="RF", on=NOW.date(), paragraph="8",
        dnr="RS 1", adaptation="Egen form", note="Enligt protokoll", source="epost", links="AU:2026-03-10:45, RS::61",
        justerat=NOW.date(), tillkannagivet=NOW.date(),
    )  # fmt: skip
    event = commands.handle(house, FIRST, decision, now=NOW, key="beslut").events[0]
    correcting.correct(
        house, event.id, why="Fel paragraf", actor=actor("kansli"), changes={"paragraph": "9"}, withdraw=False, now=NOW
    )
    for region, outcome in (("05", "avslagen"), ("06", "ej_berord")):
        other = Decide(actor=actor("region"), region=region, outcome=outcome, note="Skälet")
        commands.handle(house, FIRST, other, now=NOW)
    delegated = Decide(
        actor=actor("region"), region="07", outcome="antagen", kind="delegationsbeslut", body="regiondirektör",
        delegationspunkt="4.2", reported_to="RS", reported_on=date(2026, 3, 18),
    )  # fmt: skip
    commands.handle(house, FIRST, delegated, now=NOW)
    back = Decide(
        actor=actor("region"), region="08", outcome="aterremitterad", missing="Kostnaden", task_due=date(2026, 5, 4)
    )
    commands.handle(house, FIRST, back, now=NOW)
    step(house, "U2026-12", "avbryt", skal="Behövs inte")
    wrong = Decide(actor=actor("region"), region="04", outcome="avslagen")
    event = commands.handle(house, FIRST, wrong, now=NOW).events[0]
    correcting.correct(house, event.id, why="Fel region", actor=actor("kansli"), changes={}, withdraw=True, now=NOW)
    step(house, "U2026-04", "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, "U2026-04", "besluta", mote="2026-03-13", paragraf="2", dnr="RK2026-00012-3")
    step(house, "U2026-04", "pausa", skal="Väntar på Socialstyrelsen")
    with house.database.transaction() as session:
        standing = Change(actor=actor("kansli"), why="Ny plan", attributes={"standing": "omprovas"})
        commands.advance(house, session, "U2026-05", standing, NOW, regions="*")
        appointed = HolderAppointed(
            office="registrator", region="01", name="Eva", email="eva@example.se", first=date(2026, 1, 1),
            last=date(2026, 12, 31), capacity="ordinarie", shared=True, vacant=True,
        )  # fmt: skip
        flagged = AddressFlagged(address="eva@example.se", why="studs")
        people.save(session, "person:01:registrator:1", None, [appointed, flagged], actor("kansli"), NOW)
        calendar = Calendar("09", "RF")
        moved = Sammantrade(
            region="09", body="RF", first=date(2026, 4, 27), last=date(2026, 4, 28), papers_by=date(2026, 4, 7),
            published_on=date(2026, 4, 17), period="2022–2026", source="anslagstavlan", example=True,
        )  # fmt: skip
        dropped = replace(moved, first=date(2026, 3, 30), last=date(2026, 3, 30), papers_by=None, published_on=None)
        told = state_meetings(calendar, [moved, dropped], source="fil.csv")
        told += state_rule(
            calendar, PapersRule(region="09", body="RF", working_days=12, before="RS", stated_by="Gun Berg")
        )
        meetings.save(session, [(calendar, told)], actor("kansli"), NOW)
    with house.database.transaction() as session:
        calendar = meetings.all_calendars(session)["meetings:09:RF"]
        told = state_meetings(calendar, [], [dropped.first], source="nyare.csv")
        meetings.save(session, [(calendar, told)], actor("kansli"), NOW)
        _hold_a_meeting(session)
        _move_a_meeting(session)
        _prepare_a_year(session)
        _decide_a_directive(session)
        _send_a_letter(session)
        _follow_a_budget(session)
    queries.seal(house, now=NOW)
    step(house, OTHER, "bordlagg", skal="Mer underlag")


def _hold_a_meeting(session: Session) -> None:
    """A meeting from its first day to the justering of its only §."""
    day = date(2026, 3, 20)
    item = AgendaItem(key=FIRST, section="godkannande", kind="beslut", title="Processer", why=Why("state"), number=1,
                      uppdrag=FIRST)  # fmt: skip
    minutes = Minutes(present=(Present(name="Bo Berg"),), notes=(Note(item=FIRST, outcome="bifall", paragraph=5),))
    events: list[MeetingEvent] = [
        MeetingArranged(day=day, arrangement=Arrangement(place="Uppsala", adjust_by=date(2026, 4, 3))),
        MeetingSummoned(day=day, on=date(2026, 3, 13), items=(item,)),
        MeetingClosed(day=day, on=day, minutes=minutes, moved=(f"{FIRST}/3",)),
    ]
    meeting, _ = motes.save(session, Meeting(day=day), events, actor("kansli"), NOW)
    approval = Approval(paragraph=5, on=date(2026, 3, 24), by="Bo Berg", digest=digest_of(meeting, 5))
    whole = protokoll_digest(replace(meeting, approvals=(approval,)))
    motes.save(
        session, meeting, [ParagraphsApproved(day=day, approvals=(approval,), digest=whole)], actor("kansli"), NOW
    )


def _move_a_meeting(session: Session) -> None:
    """A meeting that was called to and is held on another day, and is called off there."""
    day, to = date(2026, 4, 10), date(2026, 4, 17)
    eva = Called(address="eva@r03.example", name="Eva Ek", role="ledamot", sequence=0, messages=("1@nspl.example",))
    summons = Summons(
        uid="9d0b@nspl.example", sequence=0, on=date(2026, 3, 27), day=day, place="Uppsala", link="", starts="09.00",
        ends="12.00", agenda_version=1, called=(eva,),
    )  # fmt: skip
    at = Arrangement(place="Uppsala", starts="09.00", ends="12.00")
    events: list[MeetingEvent] = [
        MeetingArranged(day=day, arrangement=at), MeetingSummoned(day=day, on=summons.on, items=(), channel="epost"),
        SummonsMailed(day=day, summons=summons),
        MeetingCalledOff(day=day, called_off=CalledOff(on=summons.on, to=to)),
    ]  # fmt: skip
    motes.save(session, Meeting(day=day), events, actor("kansli"), NOW)
    events = [
        MeetingTakenOver(day=to, origin=day, arrangement=at, summoned_on=summons.on, summons=summons),
        AgendaKept(day=to, items=()),
        MeetingCalledOff(day=to, called_off=CalledOff(on=summons.on, why="Snö"), sequence=1, withdrawn=(eva,)),
    ]  # fmt: skip
    motes.save(session, Meeting(day=to), events, actor("kansli"), NOW)


def _send_a_letter(session: Session) -> None:
    """A letter that was written, held and sent."""
    counted = Source(kind="adopted", uppdrag=FIRST, region="01", on=date(2026, 2, 3), event=f"{FIRST}/9")
    figures = Figures(
        period=Period(name="2026-02", first=date(2026, 2, 1), last=date(2026, 2, 28)), known_by=NOW,
        happened=Figure(counted=(counted,)), undated=Figure(), earlier=Figure(), corrected=Figure(), ahead=Figure(),
        passed=Figure(),
    )  # fmt: skip
    sent = Sent(figures=figures, since_last=Difference(), digest="0" * 64, at=NOW, to=("01:regiondirektor",))
    told: list[LetterEvent] = [
        LetterDrafted(month="2026-02"), LetterWritten(month="2026-02", text=LetterText(introduction="Hej")),
        LetterHeld(month="2026-02", why="Väntar på protokollet"), LetterSent(month="2026-02", sent=sent),
    ]  # fmt: skip
    letters.save(session, Letter(month="2026-02"), told, actor("kansli"), NOW)


def _follow_a_budget(session: Session) -> None:
    """A budget that was fixed, with an outcome that was corrected, and a region that contributes."""
    post = Post(name="Resor", quarters=(100, 200, 300, 400))
    told: list[BudgetEvent] = [
        BudgetStated(year=2026, posts=(post,), source="budget.csv"),
        BudgetFixed(year=2026, on=date(2025, 12, 12), paragraph="45", dnr="RK2025-00123-1"),
        OutcomeNoted(year=2026, post="Resor", quarter=1, amount=90, source="Ekonomisystemet"),
        OutcomeNoted(year=2026, post="Resor", quarter=1, amount=95, source="Ekonomisystemet", why="Fel konto"),
        ContributionsDeclared(year=2026, extent=1000, source="Verksamhetsplan 2026, avsnitt 3"),
        ContributionPlanned(year=2026, region="03", extent=50, source="kansliet"),
        ContributionAgreed(
            year=2026, region="03", uppdrag="U2026-15", dnr="RK2026-00031-2", extent=50, first=date(2026, 3, 1),
            last=None,
        ),
        ContributionUsed(year=2026, region="03", quarter=1, extent=25, source="kansliet"),
    ]  # fmt: skip
    budgets.save(session, Budget(year=2026), told, actor("kansli"), NOW)


def _prepare_a_year(session: Session) -> None:
    """A beredningsplan in which something was moved and added, and which was decided."""
    line = Line(key="U2026-04:redovisa", title="U2026-04 Robusta kommunikationer", day=date(2026, 6, 12))
    told: list[PreparationEvent] = [
        MatterPlaced(year=2026, key=line.key, title=line.title, day=line.day, why="Väntar på underlag"),
        MatterAdded(year=2026, key="plan-2026-1", title="Lokaler", kind="beslut", day=None),
        PreparationTabled(year=2026, meeting=date(2026, 3, 20), lines=(line,)),
        PreparationDecided(year=2026, meeting=date(2026, 3, 20), paragraph=5, tabled=3),
    ]
    beredningsplaner.save(session, Beredningsplan(year=2026), told, actor("kansli"), NOW)


def _decide_a_directive(session: Session) -> None:
    """A directive that was decided, and its next revision in draft."""
    text = DirectiveText(
        title="Kommunikationer", number="RK2026-00012-4", uppdrag=("U2026-04",),
        sections=(Section("bakgrund", "Bakgrund", "Behovet är känt."),),
    )  # fmt: skip
    carried = Carried(uppdrag="U2026-04", title="Robusta kommunikationer", times=("Q4 2026",), owner="Cia Dahl")
    told: list[DirectiveEvent] = [
        DirectiveWritten(text=text), DirectiveDecided(day=date(2026, 3, 20), paragraph=6, carried=(carried,)),
        DirectiveWritten(text=replace(text, title="Kommunikationer, ny inriktning")),
    ]  # fmt: skip
    direktiv.save(session, Directive(id="D2026-01"), told, actor("kansli"), NOW)


def step(house: House, id: str, trigger: str, **facts: str) -> Answer:
    """One step by the kansli."""
    return commands.handle(house, id, Advance(actor=actor("kansli"), trigger=trigger, facts=facts), now=NOW)


def _track(house: House, region: str, trigger: str, **facts: str) -> None:
    command = AdvanceRegion(actor=actor("kansli"), region=region, trigger=trigger, facts=facts)
    commands.handle(house, FIRST, command, now=NOW)
