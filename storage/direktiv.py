"""Uppdragsdirektiv: their rows, each saved together with what became true of the directive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import codec, log
from storage.database import Session
from storage.meeting_tables import DirektivRow
from storage.statements import Statement
from storage.tables import UppdragRow
from storage.writes import Table, Values, Writes, differing
from workflow.directing import evolve
from workflow.direktiv import Directive, stream_of
from workflow.errors import NotFound
from workflow.events import Recorded
from workflow.model import Actor
from workflow.paper_events import DirectiveEvent

_ESCAPE = "!"
_every = Statement(select(col(DirektivRow.content)).order_by(col(DirektivRow.name)))
_drafts = Statement(
    select(col(DirektivRow.content)).where(col(DirektivRow.status) == "utkast").order_by(col(DirektivRow.name))
)
_one = Statement(select(col(DirektivRow.content)).where(col(DirektivRow.name) == bindparam("direktiv")))
_numbered = Statement(
    select(col(DirektivRow.content)).where(col(DirektivRow.number) == bindparam("number")).order_by(
        col(DirektivRow.name)
    )
)  # fmt: skip
_names = Statement(select(col(DirektivRow.name)).where(col(DirektivRow.name).startswith(bindparam("of"))))
_on_uppdrag = Statement(
    select(col(UppdragRow.id))
    .where(
        (col(UppdragRow.dnr) == bindparam("number"))
        | (col(UppdragRow.directive) == bindparam("number"))
        # What has been referred to with the steps so far stands in the detail, as JSON.
        | col(UppdragRow.detail).like(bindparam("written"), escape=_ESCAPE)
    )
    .order_by(col(UppdragRow.year), col(UppdragRow.number))
)
_imported = Statement(
    select(col(UppdragRow.directive), col(UppdragRow.id))
    .where(col(UppdragRow.directive) != "")
    .order_by(col(UppdragRow.directive), col(UppdragRow.year), col(UppdragRow.number))
)
_DIREKTIV = Table(DirektivRow, "name")


def load(session: Session, id: str) -> Directive:
    """What is known of a directive. Raises NotFound."""
    row = session.one(_one, {"direktiv": stream_of(id)})
    if row is None:
        raise NotFound("directive", id)
    return codec.decode(row[0], Directive)


def every(session: Session) -> list[Directive]:
    """Every directive, by id."""
    return [codec.decode(row[0], Directive) for row in session.all(_every, {})]


def drafts(session: Session) -> list[Directive]:
    """The directives that something is being written in, by id."""
    return [codec.decode(row[0], Directive) for row in session.all(_drafts, {})]


def numbered(session: Session, number: str) -> list[Directive]:
    """The directives that have a diarienummer."""
    return [codec.decode(row[0], Directive) for row in session.all(_numbered, {"number": number})] if number else []


def uppdrag_with(session: Session, number: str) -> list[str]:
    """The uppdrag on which a number may stand: as their own, as their directive's, or among what was stated with a
    step."""
    written = codec.encode(number)
    for sign in (_ESCAPE, "%", "_"):
        written = written.replace(sign, _ESCAPE + sign)
    return [row[0] for row in session.all(_on_uppdrag, {"number": number, "written": f"%{written}%"})]


def followed(session: Session) -> dict[str, list[str]]:
    """The numbers of directives that uppdrag say that they follow, each with those uppdrag."""
    found: dict[str, list[str]] = {}
    for number, id in session.all(_imported, {}):
        found.setdefault(number, []).append(id)
    return found


def next_id(session: Session, year: int) -> str:
    """The year's next id. The caller has seen to it that nobody else takes it at the same time."""
    stem = f"D{year}-"
    taken = [int(row[0].rpartition("-")[2]) for row in session.all(_names, {"of": stream_of(stem)})]
    return f"{stem}{max(taken, default=0) + 1:02d}"


def history(session: Session, id: str) -> list[Recorded]:
    """What has happened with a directive, in order."""
    return log.read_left(session, stream_of(id))


def changed_at(session: Session, id: str) -> datetime:
    """The moment of the last that happened with a directive, also where it has been emptied since."""
    return list(log.read(session, stream_of(id)))[-1].registered_at


def save(
    session: Session, before: Directive, events: Sequence[DirectiveEvent], actor: Actor, now: datetime, *,
    key: str = "", digest: str = "",
) -> tuple[Directive, list[Recorded]]:  # fmt: skip
    """Append what became true of a directive and keep its row as it then is; `before` of version 0 is a new one.

    `key` is an owned key with the digest of what was asked for. Raises VersionConflict where its stream has moved since
    it was read.
    """
    name = stream_of(before.id)
    after: Directive | None = before if before.version else None
    for event in events:
        after = evolve(after, event, id=name)
    if after is None:
        return before, []
    entries = [log.Entry(event=event, state="", actor=actor, key=key, command_digest=digest) for event in events]
    recorded, _ = log.append(session, name, log.peek(session, name), entries, now)
    writes = Writes(_DIREKTIV)
    if before.version:
        writes.update(_DIREKTIV, (name,), differing(directive_row(before), directive_row(after)))
    else:
        writes.insert(_DIREKTIV, directive_row(after))
    writes.run(session)
    return after, recorded


def directive_row(directive: Directive) -> Values:
    """The columns of a directive."""
    return {
        "name": stream_of(directive.id), "number": directive.text.number, "status": directive.status,
        "version": directive.version, "content": codec.encode_sorted(directive),
    }  # fmt: skip
