"""Reading the minutes of a meeting as the secretary writes them: every problem at once, with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import Field, ValidationError

from definitions import problems
from definitions.schema import Part, UppdragId
from definitions.source import Source, Tree, read
from workflow.errors import DefinitionInvalid, Problem
from workflow.facts import BadFact, clean_span, clean_text, clean_time
from workflow.meeting import Action, Note, Outcome, Present, Reprioritised
from workflow.minutes import Taken


class PresentPart(Part):
    namn: str
    lamnade: str = ""


class ActionPart(Part):
    vad: str
    vem: str
    senast: date | None = None


class ReprioritisedPart(Part):
    uppdrag: list[UppdragId] = Field(min_length=1)
    planerad_tid: str
    tidsgrans: str = ""
    skal: str = ""


class NotePart(Part):
    punkt: int = Field(ge=1)
    utfall: Outcome
    beslut: str = ""
    avvikande_mening: list[str] = Field(default_factory=list)
    atgarder: list[ActionPart] = Field(default_factory=list)
    steg: str = ""
    uppgifter: dict[str, str] = Field(default_factory=dict)
    omprioritera: ReprioritisedPart | None = None


class MinutesFile(Part):
    """Ett protokoll, eller en del av det."""

    ordforande: str | None = None
    sekreterare: str | None = None
    justerare: list[str] | None = None
    narvarande: list[PresentPart | str] | None = None
    adjungerade: list[PresentPart | str] | None = None
    forsta_paragraf: int | None = Field(None, ge=1, le=9999)
    punkter: list[NotePart] = Field(default_factory=list)


def load_minutes(source: Source, day: date) -> Taken:
    """What a file states of the meeting on a day. Raises DefinitionInvalid with every problem."""
    tree = read(source)
    try:
        part = MinutesFile.model_validate(tree.values)
    except ValidationError as invalid:
        raise DefinitionInvalid(problems.of_shape(source, tree, invalid)) from None
    reader = _Reader(source, tree, day)
    taken = reader.taken(part)
    if reader.wrong:
        raise DefinitionInvalid(reader.wrong)
    return taken


class _Reader:
    """One file being read; `wrong` gathers what will not do."""

    def __init__(self, source: Source, tree: Tree, day: date) -> None:
        self._source, self._tree, self._day = source, tree, day
        self.wrong: list[Problem] = []

    def taken(self, part: MinutesFile) -> Taken:
        head: dict[str, object] = {}
        for name, key, value in (
            ("chair", "ordforande", part.ordforande),
            ("secretary", "sekreterare", part.sekreterare),
        ):
            if value is not None:
                head[name] = self._text(value, (key,))
        if part.justerare is not None:
            head["adjusters"] = tuple(self._text(v, ("justerare", i)) for i, v in enumerate(part.justerare))
        if part.forsta_paragraf is not None:
            head["first_paragraph"] = part.forsta_paragraf
        for name, key, people in (
            ("present", "narvarande", part.narvarande),
            ("adjungerade", "adjungerade", part.adjungerade),
        ):
            if people is not None:
                head[name] = tuple(self._present(v, (key, i)) for i, v in enumerate(people))
        notes: dict[int, Note] = {}
        for i, n in enumerate(part.punkter):
            if n.punkt in notes:
                self._complain(("punkter", i, "punkt"), f"punkt {n.punkt} står två gånger")
            notes[n.punkt] = self._note(n, ("punkter", i))
        return Taken(head=head, notes=notes)

    def _note(self, n: NotePart, path: tuple[str | int, ...]) -> Note:
        note = Note(
            item="", outcome=n.utfall, decision=self._text(n.beslut, (*path, "beslut"), long=True),
            dissent=tuple(
                self._text(v, (*path, "avvikande_mening", i), long=True) for i, v in enumerate(n.avvikande_mening)
            ),
            actions=tuple(
                Action(what=self._text(a.vad, (*path, "atgarder", i, "vad"), needed=True),
                       owner=self._text(a.vem, (*path, "atgarder", i, "vem"), needed=True), due=a.senast)
                for i, a in enumerate(n.atgarder)
            ),
            trigger=self._text(n.steg, (*path, "steg")),
            facts={str(k): self._text(v, (*path, "uppgifter", k), long=True) for k, v in n.uppgifter.items()},
        )  # fmt: skip
        if n.omprioritera is None:
            return note
        many, at = n.omprioritera, (*path, "omprioritera")
        span = self._clean(many.planerad_tid, (*at, "planerad_tid"), lambda v: clean_span(v, self._day).text)
        return replace(note, reprioritised=Reprioritised(
            uppdrag=tuple(dict.fromkeys(map(str, many.uppdrag))), span=span,
            deadline=self._text(many.tidsgrans, (*at, "tidsgrans")),
            why=self._text(many.skal, (*at, "skal"), long=True),
        ))  # fmt: skip

    def _present(self, value: PresentPart | str, path: tuple[str | int, ...]) -> Present:
        if isinstance(value, str):
            return Present(name=self._text(value, path, needed=True))
        left = self._clean(value.lamnade, (*path, "lamnade"), clean_time) if value.lamnade else ""
        return Present(name=self._text(value.namn, (*path, "namn"), needed=True), left=left)

    def _text(self, value: str, path: tuple[str | int, ...], *, long: bool = False, needed: bool = False) -> str:
        text = self._clean(str(value), path, lambda v: clean_text(v, long=long))
        if needed and not text:
            self._complain(path, f"{path[-1]} är tomt")
        return text

    def _clean(self, value: str, path: tuple[str | int, ...], clean: Callable[[str], Any]) -> str:
        try:
            return str(clean(value))
        except BadFact as bad:
            self._complain(path, f'"{value[:60]!s}" går inte; {_WRONG.get(bad.code, "skriv")} {bad.expected}'.rstrip())
            return ""

    def _complain(self, path: tuple[str | int, ...], text: str) -> None:
        shown = "".join(c if c.isprintable() else "�" for c in text)
        self.wrong.append(Problem(self._source.file, self._tree.line(path), shown))


_WRONG = {
    "control_character": "texten har ett dolt tecken:",
    "text_too_long": "texten är för lång; högst antal tecken:",
}
