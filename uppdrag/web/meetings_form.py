"""The form of one item's minutes: what is asked, by outcome, and the note that the answers make.

Every field's name begins with the item's number, so that forty such forms stand on one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from uppdrag.service.minutes_desk import Desk, Seat
from uppdrag.web import forms
from uppdrag.web.forms import Field
from uppdrag.web.meetings_kit import Reader
from uppdrag.words import meeting_pages
from workflow.engine import FactAsked, Option
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_date, clean_span, clean_text, is_uppdrag_id
from workflow.meeting import OUTCOMES, Action, Note, Outcome, Reprioritised

EMPTY_ACTIONS = 2
"""How many empty rows of actions stand below those that are filled in."""
_MOST_ACTIONS = 20
_OTHER = "annat"
_LONG = ("aterremiss", "bordlagd", "bifall")


class ActionRow(NamedTuple):
    """One action as it is typed: the names of its three fields begin with `name`."""

    name: str
    what: str
    owner: str
    due: str


class ItemForm(NamedTuple):
    """The questions about one item. `facts` belong to an outcome each; `more` are folded."""

    outcome: Field
    facts: tuple[Field, ...]
    decision: Field
    dissent: Field
    actions: tuple[ActionRow, ...]
    other: tuple[Field, ...]
    many: tuple[Field, ...]
    blocked: tuple[tuple[str, Option], ...]

    @property
    def fields(self) -> list[Field]:
        return [self.outcome, *self.facts, self.decision, self.dissent, *self.other, *self.many]

    @property
    def folded(self) -> bool:
        """Whether nothing of what is folded has been filled in."""
        return not any(f.value for f in (self.dissent, *self.other, *self.many)) and not any(
            r.what for r in self.actions
        )


def stem(number: int) -> str:
    """What the names of the fields of an item begin with."""
    return f"punkt{number}_"


def stated(seat: Seat) -> dict[str, str]:
    """What has been noted on an item, as its form has it."""
    note, at = seat.note, stem(seat.item.number)
    told = {
        f"{at}utfall": note.outcome, f"{at}beslut": note.decision, f"{at}avvikande": "\n\n".join(note.dissent),
        f"{at}steg": note.trigger, "sedd": seat.seen,
    }  # fmt: skip
    about = _OTHER if note.trigger else note.outcome
    told |= {f"{at}{about}_{name}": value for name, value in note.facts.items()}
    for n, a in enumerate(note.actions):
        told |= {f"{at}atg{n}_vad": a.what, f"{at}atg{n}_vem": a.owner,
                 f"{at}atg{n}_senast": a.due.isoformat() if a.due else ""}  # fmt: skip
    if many := note.reprioritised:
        told |= {f"{at}omp_uppdrag": ", ".join(many.uppdrag), f"{at}omp_tid": many.span,
                 f"{at}omp_grans": many.deadline, f"{at}omp_skal": many.why}  # fmt: skip
    return told


def form_of(desk: Desk, seat: Seat, form: Mapping[str, str]) -> ItemForm:
    """The questions about an item, with these answers. After the meeting is closed only its texts are asked for."""
    at, item = stem(seat.item.number), seat.item
    closed = desk.meeting.closed_on is not None
    outcomes = tuple((o, meeting_pages.OUTCOMES[o]) for o in OUTCOMES)
    proposed = "Tomt vid bifall: det blir som förslaget." if item.proposal else "Det som protokollet ska säga."
    facts = [f for outcome in _LONG for f in _facts(seat, outcome)]
    chosen = form.get(f"{at}steg", "") or seat.note.trigger
    other = next((o for o in seat.others if o.trigger == chosen), None)
    filled = ItemForm(
        outcome=Field(name=f"{at}utfall", label="Utfall", kind="choice", options=outcomes, required=True),
        facts=tuple(facts),
        decision=Field(name=f"{at}beslut", label="Beslutets text", kind="long", help=proposed),
        dissent=Field(name=f"{at}avvikande", label="Avvikande mening", kind="long",
                      help="Flera: lämna en tom rad emellan."),
        actions=tuple(_rows(at, form)),
        other=(
            Field(name=f"{at}steg", label="Ett annat steg än det föreslagna", kind="select",
                  options=tuple((o.trigger, o.label) for o in seat.others),
                  help="Spara, så frågas efter det som steget behöver."),
            *(_asked(f"{at}{_OTHER}_", f, "") for f in (other.facts if other else ()) if not _given(f)),
        ) if seat.others else (),
        many=(
            Field(name=f"{at}omp_uppdrag", label="Uppdrag som får ny planerad tid",
                  help="Numren, åtskilda med komma. Alla flyttas under punktens paragraf."),
            Field(name=f"{at}omp_tid", label="Ny planerad tid", help="Till exempel Q1 2027 eller 2027-03-31."),
            Field(name=f"{at}omp_grans", label="Vilken tidsgräns", kind="select",
                  options=tuple(desk.deadlines.items()), help="Utelämnad: den som ligger närmast i varje uppdrag."),
            Field(name=f"{at}omp_skal", label="Skäl till omprioriteringen"),
        ),
        blocked=tuple((o, way) for o, way in seat.ways.items() if not way.allowed),
    )  # fmt: skip
    if closed:
        filled = filled._replace(facts=(), other=(), many=(), blocked=())

    def with_value(f: Field) -> Field:
        return replace(f, value=form.get(f.name, ""))

    return filled._replace(
        outcome=with_value(filled.outcome), decision=with_value(filled.decision), dissent=with_value(filled.dissent),
        facts=tuple(map(with_value, filled.facts)), other=tuple(map(with_value, filled.other)),
        many=tuple(map(with_value, filled.many)),
    )  # fmt: skip


def note_of(desk: Desk, seat: Seat, form: Mapping[str, str]) -> Note:
    """The note that the answers make. Raises Refused with everything that will not do, each with its field."""
    at, closed = stem(seat.item.number), desk.meeting.closed_on is not None
    read = Reader(dict(form))
    outcome = _outcome(read, f"{at}utfall")
    note = Note(
        item=seat.item.key, outcome=outcome, decision=read.text(f"{at}beslut", "Beslutets text", long=True),
        dissent=_paragraphs(read, f"{at}avvikande"), actions=_actions(read, at, form),
    )  # fmt: skip
    if closed:  # the outcome and what it moved stand: only the texts can be changed
        note = replace(
            note, outcome=seat.note.outcome, trigger=seat.note.trigger, facts=seat.note.facts,
            reprioritised=seat.note.reprioritised,
        )  # fmt: skip
    else:
        trigger = form.get(f"{at}steg", "")
        trigger = trigger if any(o.trigger == trigger for o in seat.others) else ""
        about = _OTHER if trigger else outcome
        asked = {f.name: f.label for f in form_of(desk, seat, form).fields if f.name.startswith(f"{at}{about}_")}
        facts = {name.removeprefix(f"{at}{about}_"): read.text(name, label, long=True) for name, label in asked.items()}
        facts = {name: value for name, value in facts.items() if value}
        note = replace(note, trigger=trigger, facts=facts, reprioritised=_many(read, at, desk))
    read.done()
    return note


def _facts(seat: Seat, outcome: str) -> list[Field]:
    """What the step of an outcome asks for beyond what the minutes themselves know."""
    way, at = seat.ways.get(outcome), f"{stem(seat.item.number)}{outcome}_"
    if way is None:
        return []
    fields = [_asked(at, f, outcome) for f in way.facts if not _given(f)]
    if outcome == "aterremiss" and not any(f.name == f"{at}saknas" for f in fields):
        # There is no way back from here: it becomes a bordläggning with what is missing.
        fields = [
            Field(name=f"{at}saknas", label="Vad som ska kompletteras", kind="long", shown_for=outcome),
            Field(name=f"{at}klar_senast", label="Klart senast", kind="date", shown_for=outcome),
        ]
    return fields


def _given(asked: FactAsked) -> bool:
    """Whether the minutes know it themselves: the day, the §."""
    return asked.fact.type == "paragraph" or asked.fact.sets == "day"


def _asked(at: str, asked: FactAsked, outcome: str) -> Field:
    field = forms.of_fact(asked, {})
    return replace(
        field, name=f"{at}{asked.fact.name}", shown_for=outcome,
        kind="select" if field.kind == "choice" else field.kind,
    )  # fmt: skip


def _rows(at: str, form: Mapping[str, str]) -> list[ActionRow]:
    """The actions that are filled in, and empty rows below them."""
    rows = []
    for n in range(_MOST_ACTIONS):
        name = f"{at}atg{n}_"
        what, owner, due = (form.get(f"{name}{part}", "") for part in ("vad", "vem", "senast"))
        if what or owner or due:
            rows.append((what, owner, due))
    shown = [*rows, *[("", "", "")] * EMPTY_ACTIONS]
    return [ActionRow(f"{at}atg{n}_", *row) for n, row in enumerate(shown[:_MOST_ACTIONS])]


def _actions(read: Reader, at: str, form: Mapping[str, str]) -> tuple[Action, ...]:
    found = []
    for row in _rows(at, form):
        if not (row.what or row.owner or row.due):
            continue
        what, owner = read.plain(row.what, row.name + "vad", "Åtgärd"), read.plain(row.owner, row.name + "vem", "Vem")
        for value, part, label in ((what, "vad", "Vad som ska göras"), (owner, "vem", "Vem som gör åtgärden")):
            if not value:
                read.wrong.append(Refusal.of("fact_missing", fact=row.name + part, label=label))
        try:
            due = clean_date(row.due) if row.due.strip() else None
        except BadFact as bad:
            due = None
            read.wrong.append(Refusal.of(
                bad.code, fact=row.name + "senast", label="Åtgärdens dag", value=row.due[:80], expected=bad.expected
            ))  # fmt: skip
        if what and owner:
            found.append(Action(what=what, owner=owner, due=due))
    return tuple(found)


def _outcome(read: Reader, name: str) -> Outcome | Literal[""]:
    stated = read.text(name, "Utfall")
    found = next((o for o in OUTCOMES if o == stated), None)
    if stated and found is None:
        expected = ", ".join(meeting_pages.OUTCOMES.values())
        read.wrong.append(
            Refusal.of("not_a_choice", fact=name, label="Utfall", value=stated[:80], expected=expected)
        )  # fmt: skip
    return found or ""


def _paragraphs(read: Reader, name: str) -> tuple[str, ...]:
    text = read.text(name, "Avvikande mening", long=True)
    return tuple(filter(None, (clean_text(part, long=True) for part in text.replace("\r\n", "\n").split("\n\n"))))


def _many(read: Reader, at: str, desk: Desk) -> Reprioritised | None:
    """Which uppdrag a § moves, and to when; None where none is named."""
    names = read.text(f"{at}omp_uppdrag", "Uppdrag")
    span, why = read.text(f"{at}omp_tid", "Ny planerad tid"), read.text(f"{at}omp_skal", "Skäl")
    deadline = read.text(f"{at}omp_grans", "Tidsgräns")
    if not names:
        if span:
            read.wrong.append(Refusal.of("fact_missing", fact=f"{at}omp_uppdrag", label="Vilka uppdrag som flyttas"))
        return None
    ids = tuple(dict.fromkeys(names.upper().replace(",", " ").replace(";", " ").split()))
    read.wrong += [
        Refusal.of("no_such_uppdrag", fact=f"{at}omp_uppdrag", uppdrag=id) for id in ids if not is_uppdrag_id(id)
    ]
    try:
        span = clean_span(span, desk.meeting.day).text
    except BadFact as bad:
        read.wrong.append(Refusal.of(
            bad.code, fact=f"{at}omp_tid", label="Ny planerad tid", value=span[:80], expected=bad.expected
        ))  # fmt: skip
    return Reprioritised(uppdrag=ids, span=span, deadline=deadline if deadline in desk.deadlines else "", why=why)
