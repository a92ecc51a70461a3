"""What states, deadlines and the year bring to a meeting of chefsgruppen, by the rules of a declared form.

An uppdrag is on a proposed agenda once at most: where the first rule that names it puts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from workflow.actions import Promise
from workflow.agenda_form import CLOSING, OPENING, AgendaForm, Section, Standing, Yearly
from workflow.agenda_told import of_circulated, of_promises
from workflow.calendar import MONTHS
from workflow.lifecycle import Lifecycle, Transition
from workflow.meeting import AgendaItem, Meeting, Outcome, Why, named
from workflow.model import PlannedTime, Uppdrag


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open uppdrag that may be on the agenda. `fits`: how many of how many regions its planned time suffices for,
    None where that is no question; asked only of what comes on the agenda."""

    uppdrag: Uppdrag
    lifecycle: Lifecycle
    fits: Callable[[], tuple[int, int] | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Regional:
    """An uppdrag that lies with the regions: how many are concerned, how many have decided."""

    uppdrag: str
    concerned: int
    decided: int


@dataclass(frozen=True, slots=True)
class Carried:
    """An item that was postponed (`bordlagd`) or sent back (`aterremiss`) at an earlier meeting, under a §."""

    item: AgendaItem
    day: date
    paragraph: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The meeting that the agenda is for: its day, that of the next one if known, every meeting of its year, and what
    was postponed from the one before.

    `placed`: the matters that somebody has put at a meeting, by `key_of` or the id of a yearly item: its day, None for
    one that is not to be taken up. `own`: the matters of the beredningsplan's own that are meant for this meeting.
    """

    day: date
    following: date | None = None
    year: tuple[date, ...] = ()
    carried: tuple[Carried, ...] = ()
    circulated: tuple[Meeting, ...] = ()
    promises: tuple[Promise, ...] = ()
    placed: Mapping[str, date | None] = field(default_factory=dict)
    own: tuple[AgendaItem, ...] = ()


def propose(
    form: AgendaForm, candidates: Iterable[Candidate], regional: Iterable[Regional], occasion: Occasion
) -> list[AgendaItem]:
    """The items that the form's rules bring to the meeting, in order. Numbers are not given yet."""
    left = {c.uppdrag.id: c for c in sorted(candidates, key=_in_time) if not (c.uppdrag.final or c.uppdrag.paused)}
    items = [_standing(s, OPENING) for s in form.opening]
    with_regions = {r.uppdrag: r for r in regional}
    by_hand = section_by_hand(form)
    for section in form.sections:
        for id, candidate in list(left.items()):
            why = _placed(form, section, candidate, occasion, _why(section, candidate, occasion))
            if why is not None:
                items.append(_item(form, section, left.pop(id), why))
        match section.takes:
            case "regions":
                free = [r for id, r in sorted(with_regions.items()) if id not in named(items)]
                items += _regions(section, free)
                for r in free:
                    left.pop(r.uppdrag, None)
            case "returned":
                items += [_again(section, c) for c in occasion.carried if not (c.item.uppdrag or c.item.directive)]
            case "yearly":
                items += [
                    _of_year(section, y, occasion) for y in section.yearly if occasion.day == _day_of(y, occasion)
                ]
            case "circulated":
                items += of_circulated(section, occasion.circulated)
            case "promises":
                items += of_promises(section, occasion.promises)
            case "step" | "follow_up" | "reconsider" | "hand":
                pass
            case _:
                assert_never(section.takes)
        if section == by_hand:
            items += [replace(own, section=section.id) for own in occasion.own]
    return [*items, *(_standing(s, CLOSING) for s in form.closing)]


def section_by_hand(form: AgendaForm) -> Section:
    """The section of what no rule brings: the last that is filled by hand."""
    return [s for s in form.sections if s.takes == "hand" or s == form.sections[-1]][-1]


def key_of(item: AgendaItem) -> str:
    """What a beredningsplan knows an item by: its uppdrag and the step, or the section where no step is asked for."""
    return f"{item.uppdrag}:{item.trigger or item.section}" if item.uppdrag else item.key


def _in_time(c: Candidate) -> tuple[date, str]:
    return c.uppdrag.due.span.last if c.uppdrag.due else date.max, c.uppdrag.id


def _why(section: Section, c: Candidate, at: Occasion) -> Why | None:
    """Why a section takes up an uppdrag, or None."""
    u = c.uppdrag
    match section.takes:
        case "returned":
            return _returned(u, at)
        case "step":
            return _step_why(section, c, at)
        case "follow_up":
            day = next((str(f["nasta"]) for f in u.facts.values() if f.get("nasta")), "")
            return Why.of("follow_up", day=day) if day and day <= at.day.isoformat() else None
        case "reconsider":
            return Why.of("reconsider", plan=u.plan) if u.standing == "omprovas" else None
        case "regions" | "yearly" | "hand" | "circulated" | "promises":
            return None


def _placed(form: AgendaForm, section: Section, c: Candidate, at: Occasion, why: Why | None) -> Why | None:
    """Why a section takes up an uppdrag once the beredningsplan has had its say: at the meeting where somebody has put
    it, and at no other. What was postponed at the last meeting comes back even where the plan leaves it out."""
    if not at.placed or not _concerns(section, c, at):
        return why
    t = _step(c, _triggers(form, section)) if section.kind == "beslut" else None
    key = f"{c.uppdrag.id}:{t.trigger if t else section.id}"
    if key not in at.placed or (at.placed[key] is None and why is not None and why.code == "carried"):
        return why
    return Why.of("plan", year=at.day.year) if at.placed[key] == at.day else None


def _concerns(section: Section, c: Candidate, at: Occasion) -> bool:
    """Whether an uppdrag is of the kind that a section takes up, at whatever meeting."""
    u = c.uppdrag
    match section.takes:
        case "returned":
            return u.task is not None or any(u.id in r.item.decides for r in at.carried)
        case "step":
            return _step(c, section.triggers) is not None
        case "follow_up":
            return any(f.get("nasta") for f in u.facts.values())
        case "reconsider":
            return u.standing == "omprovas"
        case "regions" | "yearly" | "hand" | "circulated" | "promises":
            return False


def _returned(u: Uppdrag, at: Occasion) -> Why | None:
    carried = next((c for c in at.carried if u.id in c.item.decides and c.outcome == "bordlagd"), None)
    due = u.task.due if u.task else None
    if due is not None and due > at.day:
        return None
    if carried is not None:
        return _carried_why(carried, u.task.what if u.task else "")
    return Why.of("task", what=u.task.what, due=due or "") if u.task else None


def _step_why(section: Section, c: Candidate, at: Occasion) -> Why | None:
    t = _step(c, section.triggers)
    if t is None:
        return None
    state = c.lifecycle.label_of(c.uppdrag.state)
    planned = next((p for p in c.uppdrag.times if p.deadline == t.meets and not p.met), None)
    if section.when == "ready":
        fits = f"{found[0]}/{found[1]}" if (found := c.fits()) else ""
        return Why.of("state", state=state, step=t.label, fits=fits)
    if planned is None or not _is_last(planned, at):
        return None
    label = next(d.label for d in c.lifecycle.deadlines if d.id == planned.deadline)
    passed = "ja" if planned.span.last < at.day else ""
    return Why.of("deadline", deadline=label, text=planned.span.text, last=planned.span.last, passed=passed)


def _is_last(planned: PlannedTime, at: Occasion) -> bool:
    """Whether no later known meeting lies within the planned time; where none is known, whether it has begun."""
    if at.following is None:
        return planned.span.first <= at.day
    return planned.span.last < at.following


def _step(c: Candidate, triggers: Sequence[str]) -> Transition | None:
    """The first of some steps that chefsgruppen can take from here."""
    ways = [t for t in c.lifecycle.leaving[c.uppdrag.state] if "chefsgrupp" in t.roles]
    return next((t for t in ways if t.trigger in triggers), None)


def _item(form: AgendaForm, section: Section, c: Candidate, why: Why) -> AgendaItem:
    return item_of(form, section, c, why, _triggers(form, section))


def _triggers(form: AgendaForm, section: Section) -> tuple[str, ...]:
    """The steps that an item of a section may be about: what comes back is about whichever it was."""
    return section.triggers or (tuple(form.proposals) if section.takes == "returned" else ())


def item_of(form: AgendaForm, section: Section, c: Candidate, why: Why, triggers: Sequence[str]) -> AgendaItem:
    """An uppdrag as an item of a section, about the first of some steps that can be taken from where it is."""
    u = c.uppdrag
    t = _step(c, triggers) if section.kind == "beslut" else None
    title = u.neutral_title if u.sensitive else u.title
    text = (form.proposals.get(t.trigger, "") if t else "") or section.proposal
    return AgendaItem(
        key=u.id, section=section.id, kind=section.kind, title=title, why=why, uppdrag=u.id, dnr=u.dnr,
        trigger=t.trigger if t else "", presenter=u.owner, proposal=_worded(text, c, title),
        documents=documents(u, c.lifecycle), minutes=section.minutes,
    )  # fmt: skip


def documents(u: Uppdrag, lifecycle: Lifecycle) -> tuple[str, ...]:
    """The papers of a matter: its directive, and what has been referred to with the steps so far."""
    named = {
        (t.trigger, f.name)
        for t in lifecycle.transitions if t.effect != "follow_up" for f in t.facts if f.type == "reference"
    }  # fmt: skip
    found = [str(facts[name]) for trigger, facts in u.facts.items() for name in facts if (trigger, name) in named]
    return tuple(dict.fromkeys([*([f"Uppdragsdirektiv {u.directive}"] if u.directive else []), *found]))


def _worded(text: str, c: Candidate, title: str) -> str:
    """A declared text about an uppdrag."""
    u, fits = c.uppdrag, c.fits() if "{ryms}" in text else None
    words = {
        "titel": title, "uppdrag": u.id, "dnr": u.dnr or "–", "direktiv": u.directive or "–",
        "version": str(u.proposal_version or 1), "tid": u.due.span.text if u.due else "tid som bestäms senare",
        "ryms": f"{fits[0]} av {fits[1]}" if fits else "uppgift saknas",
    }  # fmt: skip
    return text.format_map(words)


def _standing(s: Standing, section: str) -> AgendaItem:
    return AgendaItem(
        key=s.id, section=section, kind=s.kind, title=s.title, why=Why("standing"), proposal=s.proposal,
        minutes=s.minutes,
    )  # fmt: skip


def _regions(section: Section, found: Sequence[Regional]) -> list[AgendaItem]:
    """How it stands in the regions: one item, whatever the number of uppdrag."""
    if not found:
        return []
    concerned, decided = sum(r.concerned for r in found), sum(r.decided for r in found)
    why = Why.of("regions", count=len(found), decided=decided, concerned=concerned)
    covers = tuple(r.uppdrag for r in found)
    return [
        AgendaItem(
            key=section.id, section=section.id, kind=section.kind, title=section.label, why=why, covers=covers,
            proposal=section.proposal, minutes=section.minutes,
        )
    ]  # fmt: skip


def _again(section: Section, c: Carried) -> AgendaItem:
    return replace(
        c.item, key=f"{c.day.isoformat()}:{c.paragraph}", section=section.id, why=_carried_why(c, ""), number=0,
        late=False, edited=False, withdrawn=False,
    )  # fmt: skip


def _carried_why(c: Carried, what: str) -> Why:
    return Why.of("carried", how=c.outcome, day=c.day, paragraph=c.paragraph, what=what)


def _of_year(section: Section, y: Yearly, at: Occasion) -> AgendaItem:
    why = Why.of("plan", year=at.day.year) if y.id in at.placed else Why.of("yearly", month=MONTHS[y.month - 1])
    return replace(_standing(y, section.id), why=why)


def _day_of(y: Yearly, at: Occasion) -> date | None:
    """The meeting that a yearly item belongs to: where somebody has put it, or the last by the end of its month, else
    the first of the year."""
    if y.id in at.placed:
        return at.placed[y.id]
    held = sorted({*at.year, at.day})
    return max((day for day in held if day.month <= y.month), default=held[0])
