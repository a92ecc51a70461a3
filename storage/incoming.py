"""What came in by mail, with its files. A mail is kept once, however often it is read; a file once, under its hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage import attachments
from storage.database import Session
from storage.mail_tables import AttachmentRow, IncomingAttachmentRow, IncomingRow
from storage.statements import Row, Statement
from storage.tables import columns
from workflow.incoming import Incoming, IncomingFile, IncomingKind, IncomingStatus

_I, _A, _F = IncomingRow, AttachmentRow, IncomingAttachmentRow
_COLUMNS = columns(_I)
_NAMES = tuple(c.name for c in _COLUMNS)
_ID_LENGTHS = (10, 16, 64)

_add = {
    "sqlite": Statement(sqlite.insert(_I).on_conflict_do_nothing(index_elements=["digest"])),
    "postgresql": Statement(postgresql.insert(_I).on_conflict_do_nothing(index_elements=["digest"])),
}
_add_file = {
    "sqlite": Statement(sqlite.insert(_F)),
    "postgresql": Statement(postgresql.insert(_F)),
}
_kind = Statement(select(col(_I.kind)).where(col(_I.digest) == bindparam("of")))
_one = Statement(select(*_COLUMNS).where(col(_I.id) == bindparam("at")))
_locked = Statement(select(*_COLUMNS).where(col(_I.id) == bindparam("at")).with_for_update())
_list = Statement(
    select(*_COLUMNS)
    .where(
        (bindparam("any_status") == 1) | (col(_I.status) == bindparam("with_status")),
        (bindparam("any_kind") == 1) | (col(_I.kind) == bindparam("with_kind")),
    )
    .order_by(col(_I.received_at), col(_I.id))
    .limit(bindparam("at_most"))
)
_files = Statement(
    select(
        col(_F.incoming), col(_F.number), col(_F.filename), col(_F.digest), col(_A.content_type), col(_A.size),
        col(_F.refused),
    )
    .join(_A, col(_A.digest) == col(_F.digest), isouter=True)
    .where(col(_F.incoming) == bindparam("of"))
    .order_by(col(_F.number))
)  # fmt: skip
_settle = Statement(
    update(_I)
    .where(col(_I.id) == bindparam("at"), col(_I.status) == "ny")
    .values(
        status=bindparam("to"), event=bindparam("new_event"), note=bindparam("new_note"),
        uppdrag=bindparam("new_uppdrag"), region=bindparam("new_region"), handled_by=bindparam("who"),
        handled_at=bindparam("moment"),
    )
)  # fmt: skip
_assign = Statement(
    update(_I).where(col(_I.id) == bindparam("at")).values(uppdrag=bindparam("of"), region=bindparam("of_region"))
)
_number = Statement(
    update(_I)
    .where(col(_I.id) == bindparam("at"))
    .values(
        dnr=bindparam("new_dnr"),
        handled_by=case((col(_I.handled_by) == "", bindparam("who")), else_=col(_I.handled_by)),
    )
)


def keep(session: Session, mail: Incoming, contents: Mapping[str, bytes]) -> Incoming | None:
    """Keep a mail under its digest and its files under theirs; as it was kept, or None where it already was.

    The mail's id is given here: as much of its digest as tells it from all others. `contents` by digest.
    """
    id = next((i for i in (mail.digest[:n] for n in _ID_LENGTHS) if session.one(_one, {"at": i}) is None), mail.digest)
    kept = replace(mail, id=id)
    if session.run(_add[session.dialect.name], {name: getattr(kept, name) for name in _NAMES}) == 0:
        return None
    for file in kept.files:
        if file.digest:
            attachments.keep(session, file.digest, file.content_type, contents[file.digest])
        row = {"incoming": id, "number": file.number, "filename": file.filename, "digest": file.digest or None,
               "refused": file.refused}  # fmt: skip
        session.run(_add_file[session.dialect.name], row)
    return kept


def kind_of(session: Session, digest: str) -> IncomingKind | None:
    """What a mail with this digest was kept as, or None where it has not been."""
    row = session.one(_kind, {"of": digest})
    return None if row is None else row[0]


def find(session: Session, id: str, *, lock: bool = False) -> Incoming | None:
    """A mail with its files, locked for this transaction where asked for, or None."""
    row = session.one(_locked if lock else _one, {"at": id})
    return None if row is None else _with_files(session, [row])[0]


def listed(
    session: Session, *, status: IncomingStatus | None = None, kind: IncomingKind | None = None, limit: int = 1_000
) -> list[Incoming]:  # fmt: skip
    """The mails with their files, the one that has waited longest first."""
    rows = session.all(_list, {
        "any_status": int(status is None), "with_status": status or "", "any_kind": int(kind is None),
        "with_kind": kind or "", "at_most": limit,
    })  # fmt: skip
    return _with_files(session, rows)


def settle(session: Session, mail: Incoming) -> bool:
    """Write what became of a mail that was `ny`. False where somebody was faster; then nothing is written."""
    return session.run(_settle, {
        "at": mail.id, "to": mail.status, "new_event": mail.event, "new_note": mail.note, "new_uppdrag": mail.uppdrag,
        "new_region": mail.region, "who": mail.handled_by, "moment": mail.handled_at,
    }) == 1  # fmt: skip


def assign(session: Session, id: str, uppdrag: str, region: str) -> None:
    """Note which uppdrag and region a mail is about."""
    session.run(_assign, {"at": id, "of": uppdrag, "of_region": region})


def number(session: Session, id: str, dnr: str, who: str) -> bool:
    """Note a mail's number in the diarium. False where there is no such mail."""
    return session.run(_number, {"at": id, "new_dnr": dnr, "who": who}) == 1


def _with_files(session: Session, rows: Iterable[Row]) -> list[Incoming]:
    found = []
    for row in rows:
        values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
        files = tuple(
            IncomingFile(
                number=n, filename=name, digest=digest or "", content_type=content_type or "", size=size or 0,
                refused=refused,
            )
            for _, n, name, digest, content_type, size, refused in session.all(_files, {"of": values["id"]})
        )  # fmt: skip
        found.append(Incoming(**values, files=files))
    return found
