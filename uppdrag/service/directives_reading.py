"""Uppdragsdirektiv as they are read: the list, one in full, and one as a document or a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from definitions.direktiv import Stated, load_directive, write_directive
from definitions.source import Source
from storage import direktiv, uppdrag
from storage.database import Session
from uppdrag.documents.document import Document
from uppdrag.service import directives_document, directives_text, readings
from uppdrag.service.directives_numbers import doubts
from uppdrag.service.house import House
from workflow.direktiv import Carried, Directive, DirectiveText
from workflow.errors import Refusal, Refused
from workflow.events import Recorded
from workflow.paper_events import DirectiveDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A directive as it is told. `carried` are its uppdrag: as they are, or as they were when the text was decided.

    `sensitive`: it carries an uppdrag of which only the number and the neutral title may be told. `warnings`: what
    deserves a look.
    """

    directive: Directive
    carried: tuple[Carried, ...]
    sensitive: bool
    warnings: tuple[Refusal, ...]
    history: tuple[Recorded, ...]

    @property
    def title(self) -> str:
        """The title that may leave the house."""
        return self.directive.id if self.sensitive else self.directive.text.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A number that uppdrag follow as their directive's, and of which there is no document here."""

    number: str
    uppdrag: tuple[str, ...]


def listed(house: House) -> tuple[list[Found], list[Imported]]:
    """Every directive by id, and the numbers that uppdrag follow without a document here."""
    with house.database.reading() as session:
        every = sorted(direktiv.every(session), key=lambda d: (len(d.id), d.id))
        ours = {(text.number, id) for d in every for text in _texts(d) for id in text.uppdrag}
        imported = [
            Imported(number=number, uppdrag=tuple(strangers))
            for number, ids in direktiv.followed(session).items()
            if (strangers := [id for id in ids if (number, id) not in ours])
        ]
        told = [found(house, session, d) for d in every]
        readings.about(session, (id for one in told if one.sensitive for id in one.directive.text.uppdrag))
        return told, imported


def one(house: House, id: str) -> Found:
    """A directive in full. Raises NotFound."""
    with house.database.reading() as session:
        told = found(house, session, direktiv.load(session, id))
        readings.about(session, told.directive.text.uppdrag)
        return replace(told, history=tuple(direktiv.history(session, id)))


def of_uppdrag(house: House, id: str) -> list[Directive]:
    """The directives that carry an uppdrag, now or when they were decided."""
    with house.database.reading() as session:
        return [d for d in direktiv.every(session) if any(id in text.uppdrag for text in _texts(d))]


def document(house: House, id: str, *, revision: int | None = None) -> Document:
    """A directive as a document: what is being written, else what was decided last; or one `revision` of it.

    Raises NotFound, or Refused where there is no such revision.
    """
    with house.database.reading() as session:
        d, events = direktiv.load(session, id), direktiv.history(session, id)
        readings.about(session, d.text.uppdrag)
        wanted = d.revision if revision is None else revision
        decision = next((one for one in d.decisions if one.revision == wanted), None)
        if decision is None and (d.draft is None or wanted != d.revision):
            raise Refused([Refusal.of("no_such_revision", revision=wanted, last=d.revision)], subject=id)
        moments = [e.registered_at for e in events if isinstance(e.event, DirectiveDecided)]
        known = decision is not None and wanted <= len(moments)  # not where it has been gallrat
        created = moments[wanted - 1] if known else direktiv.changed_at(session, id)
        text = decision.text if decision else d.text
        carried = decision.carried if decision else carried_of(house, session, text)
    return directives_document.document(
        id, text, carried, revision=wanted, decision=decision, created=created
    )  # fmt: skip


def exported(house: House, id: str) -> str:
    """A directive as the file that `read` takes. Raises NotFound."""
    return write_directive(one(house, id).directive.text)


def read(house: House, id: str, file: str, content: bytes) -> Stated:
    """What a file states of a directive. Raises NotFound, or DefinitionInvalid with every problem."""
    sections = one(house, id).directive.text.sections
    return load_directive(Source(file, content.decode("utf-8", errors="replace")), sections)


def directive_titles(session: Session, sensitive: Collection[str]) -> dict[str, tuple[str, str]]:
    """The titles of directives that carry some sensitive uppdrag, each with the id that stands for it."""
    if not sensitive:
        return {}
    found = [d for d in direktiv.every(session) if any(not set(sensitive).isdisjoint(t.uppdrag) for t in _texts(d))]
    return {f"{d.id}/{n}": (text.title, d.id) for d in found for n, text in enumerate(_texts(d))}


def _texts(d: Directive) -> list[DirectiveText]:
    """What a directive says and has said: what is being written, and every revision that was decided."""
    return [d.text, *(one.text for one in d.decisions)]


def found(house: House, session: Session, d: Directive) -> Found:
    matters = matters_of(house, session, d.text.uppdrag)
    sensitive = [u.id for u, _ in matters if u.sensitive]
    warnings = doubts(house, session, d)
    if sensitive and not d.ended:
        warnings.append(Refusal.of("directive_sensitive", others=", ".join(sensitive)))
    locked = d.draft is None and d.standing is not None
    now_carried = tuple(directives_text.carried(u, lifecycle) for u, lifecycle in matters)
    carried = d.standing.carried if locked and d.standing else now_carried
    return Found(directive=d, carried=carried, sensitive=bool(sensitive), warnings=tuple(warnings), history=())


def carried_of(house: House, session: Session, text: DirectiveText) -> tuple[Carried, ...]:
    return tuple(directives_text.carried(u, lifecycle) for u, lifecycle in matters_of(house, session, text.uppdrag))


def matters_of(house: House, session: Session, ids: Sequence[str]) -> directives_text.Matters:
    found = [uppdrag.load(session, id, seq=0).uppdrag for id in ids]
    return [(u, house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle) for u in found]
