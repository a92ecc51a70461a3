"""Who was at a meeting: the members, substitutes and adjungerade of the day to tick, and others to name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from uppdrag.service.minutes_desk import Desk, mark
from uppdrag.web.forms import NO_COMPLAINT
from uppdrag.web.meetings_kit import Reader, complaint
from workflow.errors import UppdragError
from workflow.meeting import Present
from workflow.people import Holder

_MEMBER, _ADJ = "narv", "adj"
_FREE = 2
_MOST = 60


class Person(NamedTuple):
    """Somebody who may have been there. `field` is what the names of the fields begin with; `free`: named by hand."""

    field: str
    name: str
    about: str
    ticked: bool
    left: str
    free: bool


def names(desk: Desk) -> list[str]:
    """Everybody who may have something to do with the meeting, for fields that ask for a name."""
    who = desk.held.attendance
    known = [h.name for h in (*who.chair, *who.members, *who.substitutes, *who.adjungerade)]
    said = [p.name for p in (*desk.minutes.present, *desk.minutes.adjungerade)]
    return sorted({name for name in (*known, *said, desk.minutes.secretary) if name})


def shown(desk: Desk, form: Mapping[str, str] | None = None, no: UppdragError | None = None) -> dict[str, Any]:
    """What the piece of a page about who was there is made of."""
    who, there = desk.held.attendance, desk.minutes
    members = [(h, "ordförande") for h in who.chair] + [(h, "") for h in who.members]
    substitutes = [(h, "ersättare") for h in who.substitutes]
    given = form if form is not None else {
        "ordforande": there.chair, "sekreterare": there.secretary, "justerare": ", ".join(there.adjusters),
        "forsta": str(there.first_paragraph or ""), "sedd": mark(there),
    }  # fmt: skip
    present = _told(form, _MEMBER) if form is not None else {p.name: p.left for p in there.present}
    guests = _told(form, _ADJ) if form is not None else {p.name: p.left for p in there.adjungerade}
    wrong = NO_COMPLAINT if no is None else complaint(no, [])
    return {
        "members": _people(_MEMBER, [*members, *substitutes], present),
        "adjungerade": _people(_ADJ, [(h, "") for h in who.adjungerade], guests), "given": given, "wrong": wrong,
        "unsaved": form is not None, "seen": given.get("sedd", mark(there)),
        "count": len(there.present) + len(there.adjungerade),
        "complete": bool(there.present and there.chair and there.secretary), "next": desk.last_paragraph + 1,
        "chair": ", ".join(h.name for h in who.chair if h.name),
    }  # fmt: skip


def everybody(desk: Desk, form: Mapping[str, str]) -> dict[str, str]:
    """The same form with every member ticked; substitutes and adjungerade are not."""
    ticked = dict(form)
    chair = {h.name for h in desk.held.attendance.chair}
    members = chair | {h.name for h in desk.held.attendance.members}
    for p in shown(desk, form)["members"]:
        if p.name in members:
            ticked[p.field] = p.name
    return ticked


def head_of(form: dict[str, str]) -> dict[str, object]:
    """What is stated of who was there. Raises Refused."""
    read = Reader(form)
    head: dict[str, object] = {
        "chair": read.text("ordforande", "Ordförande"), "secretary": read.text("sekreterare", "Sekreterare"),
        "adjusters": tuple(filter(None, (name.strip() for name in read.text("justerare", "Justerare").split(",")))),
        "present": _present(read, _MEMBER), "adjungerade": _present(read, _ADJ),
        "first_paragraph": read.number("forsta", "Första paragraf", most=9999),
    }  # fmt: skip
    read.done()
    return head


def _present(read: Reader, stem: str) -> tuple[Present, ...]:
    found = []
    for n in range(_MOST):
        name = read.text(f"{stem}{n}", "Namn")
        if name:
            left = read.time(f"{stem}{n}_lamnade", f"När {name} lämnade mötet")
            found.append(Present(name=name, left=left))
    return tuple(found)


def _told(form: Mapping[str, str] | None, stem: str) -> dict[str, str]:
    """Those who are ticked or named in a form, with when they left, as typed."""
    told = form or {}
    return {
        name: told.get(f"{stem}{n}_lamnade", "") for n in range(_MOST) if (name := told.get(f"{stem}{n}", "").strip())
    }


def _people(stem: str, holders: Iterable[tuple[Holder, str]], there: Mapping[str, str]) -> list[Person]:
    """Those who hold an office, each once, then those who were named by hand, then empty places."""
    rows: dict[str, tuple[str, bool]] = {}
    for holder, about in holders:
        if holder.name:
            rows.setdefault(holder.name, (about, False))
    for name in there:
        rows.setdefault(name, ("", True))
    found = [
        Person(f"{stem}{n}", name, about, name in there, there.get(name, ""), free)
        for n, (name, (about, free)) in enumerate(rows.items())
    ]
    return [*found, *(Person(f"{stem}{len(found) + n}", "", "", False, "", True) for n in range(_FREE))]
