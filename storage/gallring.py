"""Gallring in the database: what is emptied, row by row; what still stands elsewhere; and the file written over.

Every table of the schema is named here with what becomes of it, so that one that is added cannot be forgotten.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from email import message_from_bytes, policy
from typing import Any

from sqlalchemy import LargeBinary, Text, bindparam, delete, null, select, update
from sqlmodel import SQLModel, col

from storage import codec
from storage.database import Database, Session
from storage.letter_tables import ManadsbrevRow
from storage.mail_tables import (
    AttachmentRow,
    DraftRow,
    IncomingAttachmentRow,
    IncomingRow,
    IntentRow,
    LetterRow,
    MailActRow,
    MessageRow,
    QuestionRow,
    ReminderRow,
)
from storage.meeting_tables import BeredningsplanRow, DirektivRow, MoteRow
from storage.statements import Statement
from storage.tables import EventRow
from storage.web_tables import WebBindingRow
from workflow.gallring import without
from workflow.message import Message

EMPTIED: Mapping[str, str] = {
    "event": "innehåll, vem och salt", "uppdrag": "allt utom nummer, tillstånd och dagar",
    "regionbeslut": "allt utom tillstånd och utfall", "beslut": "allt utom utfall", "intent": "skäl",
    "message": "ämne och mejlserverns svar", "draft": "texten", "letter": "mejlet", "incoming": "avsändare och text",
    "incoming_attachment": "filens namn", "attachment": "filen", "question": "frågan, svaret och vem",
    "mail_act": "skälet", "reminder": "raden", "holder": "namn och adress", "web_binding": "raden",
    "mote": "det som gäller uppdraget", "beredningsplan": "det som gäller uppdraget",
    "manadsbrev": "det som gäller uppdraget", "direktiv": "det som gäller uppdraget",
}  # fmt: skip
"""What a gallring empties or deletes, table by table: for people."""
KEPT: Mapping[str, str] = {
    "stream": "längd och kedja", "series": "nummer", "checkpoint": "fingeravtryck",
    "checkpoint_stream": "fingeravtryck",
    "definition": "publicerade definitioner och planer", "region": "regionerna", "sammantrade": "sammanträdesdagar",
    "papers_rule": "handlingsstopp", "paragraf": "nummer på paragrafer",
    "budget": "budgeten", "meeting_reminder": "tidpunkter", "queue": "köns läge", "suppression": "spärrade adresser",
    "heartbeat": "livstecken", "unsubscribed": "avregistreringar", "unsubscribe_link": "fingeravtryck",
    "web_session": "inloggningar, högst tolv timmar", "web_login": "inloggningar, tio minuter",
    "web_visit": "åtkomstlogg med egen gallringsfrist", "web_draft": "krypterat, försvinner av sig självt",
    "web_fault": "felanmälningar", "api_token": "nycklar", "reading": "läslogg med egen gallringsfrist",
}  # fmt: skip
"""What it leaves, and what stands there."""
ALSO: Mapping[str, type[SQLModel]] = {
    "mote": MoteRow, "direktiv": DirektivRow, "beredningsplan": BeredningsplanRow, "manadsbrev": ManadsbrevRow,
}  # fmt: skip
"""Documents about several uppdrag, by how their streams begin: they are emptied where a decision names them too."""

_UNSENT = ("koad", "tagen", "osaker", "kraver_atgard", "hallen")
_M, _D, _L = MessageRow, DraftRow, LetterRow
_I, _F, _A, _Q = IncomingRow, IncomingAttachmentRow, AttachmentRow, QuestionRow
_of_stream = Statement(
    select(col(EventRow.seq), col(EventRow.kind), col(EventRow.content))
    .where(col(EventRow.stream) == bindparam("of"), col(EventRow.content).is_not(None))
    .order_by(col(EventRow.seq))
)
_empty_event = Statement(
    update(EventRow)
    .where(col(EventRow.stream) == bindparam("of"), col(EventRow.seq) == bindparam("at"))
    .values(content=null(), actor=null(), salt=null())
)
_mails = Statement(
    select(col(_M.id), col(_M.status))
    .where(
        (col(_M.uppdrag) == bindparam("of"))
        | col(_M.id).in_(select(col(IntentRow.message)).where(col(IntentRow.uppdrag) == bindparam("of")))
    )
    .order_by(col(_M.id))
)
_status = Statement(select(col(_M.status)).where(col(_M.id) == bindparam("of")))
_came_in = Statement(select(col(_I.id), col(_I.status)).where(col(_I.uppdrag) == bindparam("of")))
_files = Statement(select(col(_F.digest)).where(col(_F.incoming) == bindparam("of"), col(_F.digest).is_not(None)))
_draft = Statement(select(col(_D.content)).where(col(_D.message) == bindparam("of")))
_content = {kind: Statement(select(table.content).where(table.name == bindparam("of"))) for kind, table in ALSO.items()}  # type: ignore[attr-defined]  # each has both
_rewrite = {
    kind: Statement(update(table).where(table.name == bindparam("of")).values(content=bindparam("new")))  # type: ignore[attr-defined]  # the same
    for kind, table in ALSO.items()
}
_orphan = Statement(
    delete(_A).where(
        col(_A.digest) == bindparam("of"), ~select(_F).where(col(_F.digest) == bindparam("of")).exists(),
        ~select(MoteRow).where(col(MoteRow.content).contains(bindparam("of"))).exists(),
    )
)  # fmt: skip
_forget_bindings = Statement(delete(WebBindingRow).where(col(WebBindingRow.holder) == bindparam("of")))
_forget_reminders = Statement(delete(ReminderRow).where(col(ReminderRow.uppdrag) == bindparam("of")))
_BLANK: Mapping[str, Statement] = {
    "intent": Statement(
        update(IntentRow).where(col(IntentRow.uppdrag) == bindparam("of")).values(reason="", parked=null())
    ),
    "message": Statement(
        update(_M).where(col(_M.id) == bindparam("of")).values(subject=bindparam("words"), response="")
    ),
    "draft": Statement(update(_D).where(col(_D.message) == bindparam("of")).values(content=bindparam("new"))),
    "letter": Statement(update(_L).where(col(_L.message) == bindparam("of")).values(raw=bindparam("new"))),
    "incoming": Statement(
        update(_I)
        .where(col(_I.id) == bindparam("of"))
        .values(sender="", subject=bindparam("words"), body="", note="", dnr="", handled_by="")
    ),
    "incoming_attachment": Statement(
        update(_F)
        .where(col(_F.incoming) == bindparam("of"))
        .values(filename=bindparam("words"), digest=null(), refused="gallrad")
    ),
    "question": Statement(
        update(_Q)
        .where(col(_Q.uppdrag) == bindparam("of"))
        .values(words=bindparam("words"), asker=bindparam("words"), office="", event="")
    ),
    "answer": Statement(
        update(_Q)
        .where(col(_Q.uppdrag) == bindparam("of"), col(_Q.answer) != "")
        .values(answer=bindparam("words"), answered_by=bindparam("words"))
    ),
    "mail_act": Statement(update(MailActRow).where(col(MailActRow.about) == bindparam("of")).values(why="")),
}  # fmt: skip


def contents(session: Session, stream: str) -> dict[int, tuple[str, Any]]:
    """The events of a stream that are not emptied, by number: their kind, and what they say as JSON has it."""
    return {seq: (kind, json.loads(content)) for seq, kind, content in session.all(_of_stream, {"of": stream})}


def mails(session: Session, about: str) -> list[str]:
    """The messages about an uppdrag, or about a meeting of chefsgruppen."""
    return [id for id, _ in session.all(_mails, {"of": about})]


def unfinished(session: Session, about: Iterable[str]) -> tuple[int, int]:
    """How many messages about some uppdrag or documents have not left, and how many mails that came in wait for a
    person."""
    unsent = waiting = 0
    for one in about:
        unsent += sum(status in _UNSENT for _, status in session.all(_mails, {"of": one}))
        waiting += sum(status == "ny" for _, status in session.all(_came_in, {"of": one}))
    return unsent, waiting


def empty_events(session: Session, stream: str, numbers: Iterable[int]) -> int:
    """Empty some events. A Gallrat that names them must have been written: the database looks for it."""
    return sum(session.run(_empty_event, {"of": stream, "at": seq}) for seq in numbers)


def empty_post(session: Session, about: str, words: str) -> Counter[str]:
    """Empty what was mailed, came in and was asked about an uppdrag; how many rows of each table."""
    done: Counter[str] = Counter()
    for id in mails(session, about):
        done += _empty_mail(session, id, words)
    for id, _ in session.all(_came_in, {"of": about}):
        digests = [row[0] for row in session.all(_files, {"of": id})]
        for name in ("incoming", "incoming_attachment"):
            done[name] += session.run(_BLANK[name], {"of": id, "words": words})
        done["attachment"] += sum(session.run(_orphan, {"of": digest}) for digest in digests)
        done["mail_act"] += session.run(_BLANK["mail_act"], {"of": f"inkommet:{id}"})
    session.run(_BLANK["answer"], {"of": about, "words": words})
    done["question"] += session.run(_BLANK["question"], {"of": about, "words": words})
    done["intent"] += session.run(_BLANK["intent"], {"of": about})
    return +done


def empty_document(session: Session, stream: str, gone: Collection[str], about: str, words: str) -> Counter[str]:
    """Empty what a document about several uppdrag has of one, the mails that it went out with, and the signed files."""
    kind = stream.partition(":")[0]
    row = session.one(_content[kind], {"of": stream})
    if row is None:
        return Counter()
    before = json.loads(row[0])
    after = without(before, gone, about, words)
    signed = after.pop("signed", []) if kind == "mote" else []
    done: Counter[str] = Counter()
    session.run(
        _rewrite[kind], {"of": stream, "new": codec.encode_sorted({**after, "signed": []} if signed else after)}
    )
    done[kind] += before != after
    done["attachment"] += sum(session.run(_orphan, {"of": file["digest"]}) for file in signed)
    sent = [one for one in _leaves(before) if session.one(_status, {"of": one})]
    for id in dict.fromkeys([*mails(session, stream), *sent]):
        done += _empty_mail(session, id, words)
    return +done


def empty_holder(session: Session, id: str) -> Counter[str]:
    """Forget by which logins somebody who held an office was known."""
    return +Counter({"web_binding": session.run(_forget_bindings, {"of": id})})


def forget_reminders(session: Session, about: str) -> Counter[str]:
    """Let the clock look at an uppdrag no more."""
    return +Counter({"reminder": session.run(_forget_reminders, {"of": about})})


def traces(session: Session, gone: Collection[str]) -> Counter[str]:
    """In how many rows of each table some of the texts still stand, word for word; mails as they are read.

    Files that are packed (PDF, Word) cannot be searched.
    """
    found: Counter[str] = Counter()
    if not gone:
        return found
    for table in SQLModel.metadata.sorted_tables:
        names = ", ".join(f'"{c.name}"' for c in table.columns if isinstance(c.type, Text | LargeBinary))
        if not names:
            continue
        for row in session.raw(f'SELECT {names} FROM "{table.name}"'):  # noqa: S608 - names of our own
            found[table.name] += any(_told(value, gone) for value in row)
    return +found


def overwrite(database: Database) -> bool:
    """Write the database anew, so that nothing of what is gone is left in its files. False where somebody else is
    reading it just now: then it has to be done again.

    On SQLite the whole file. On PostgreSQL the tables; its own log (WAL) goes when the server reuses it.
    """
    if not database.path:
        with closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM FULL")
        return True
    try:
        with closing(sqlite3.connect(database.path, timeout=5, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("VACUUM")
            (busy, *_), *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return not busy
    except sqlite3.OperationalError as wrong:
        if "locked" in str(wrong) or "busy" in str(wrong):
            return False
        raise


def _empty_mail(session: Session, id: str, words: str) -> Counter[str]:
    done: Counter[str] = Counter()
    done["message"] += session.run(_BLANK["message"], {"of": id, "words": words})
    draft = session.one(_draft, {"of": id})
    if draft is not None:
        was = codec.decode(draft[0], Message)
        left = Message(id=id, recipient=was.recipient, subject=words, text=words, html="", sender=was.sender)
        done["draft"] += session.run(_BLANK["draft"], {"of": id, "new": codec.encode(left)})
    raw = f"Subject: Gallrat\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()
    done["letter"] += session.run(_BLANK["letter"], {"of": id, "new": raw})
    done["mail_act"] += session.run(_BLANK["mail_act"], {"of": id})
    return done


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)


def _told(value: Any, gone: Collection[str]) -> bool:
    """Whether a value says any of it: as it stands, as JSON would have it, or as the parts of a mail."""
    if value is None:
        return False
    said = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str) and "\r\n\r\n" in said:
        parts = message_from_bytes(bytes(value), policy=policy.default).walk()
        said += "".join(part.get_content() for part in parts if part.get_content_maintype() == "text")
    return any(one in said or json.dumps(one, ensure_ascii=False)[1:-1] in said for one in gone)
