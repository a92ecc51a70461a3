"""A database in which every table has rows, whatever they are: what is copied must come along whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from storage import codec
from storage.mail_tables import (
    AttachmentRow,
    DraftRow,
    HeartbeatRow,
    IncomingAttachmentRow,
    IncomingRow,
    IntentRow,
    LetterRow,
    MailActRow,
    MessageRow,
    QuestionRow,
    SuppressionRow,
    UnsubscribedRow,
    UnsubscribeLinkRow,
)
from storage.privacy_tables import ReadingRow
from storage.statements import Statement
from storage.token_tables import ApiTokenRow
from storage.web_tables import WebBindingRow, WebDraftRow, WebFaultRow, WebLoginRow, WebSessionRow, WebVisitRow
from tests.cast import NOW, actor
from tests.integration.lived import step
from uppdrag.service import commands
from uppdrag.service.commands import New
from uppdrag.service.house import House
from workflow.message import Message

WAITING = "vantar-1@nspl.example"
BYTES = bytes(range(256)) * 4
_A, _B, _C = "a" * 64, "b" * 64, "c" * 64
_LATE = datetime(2026, 3, 27, 22, 59, 59, 123456, tzinfo=UTC)
_MAIL = {
    "recipient": "eva@r03.example", "created_at": NOW, "not_before": NOW, "next_try_at": NOW + timedelta(days=2),
    "subject": "Påminnelse – ”§ 18” \U0001f4c5",
}  # fmt: skip


def _draft(id: str) -> str:
    said = Message(
        id=id, recipient="eva@r03.example", subject="Påminnelse", text="Hej!\n", html="<p>Hej!", sender="k@nspl.example"
    )
    return codec.encode(said)


ROWS: tuple[tuple[type[SQLModel], Mapping[str, Any]], ...] = (
    (ReadingRow, {"at": _LATE, "uppdrag": "U2026-09", "door": "sida", "what": "/uppdrag/U2026-09", "name": "Anna Ek"}),
    (MessageRow, {**_MAIL, "id": WAITING, "uppdrag": "U2026-01", "region": "03"}),
    (MessageRow, {**_MAIL, "id": "tagen-1@nspl.example", "status": "tagen", "fence": 1, "not_before": _LATE}),
    (MessageRow, {**_MAIL, "id": "gick-1@nspl.example", "status": "skickad", "fence": 1, "sent_at": _LATE}),
    (DraftRow, {"message": WAITING, "content": _draft(WAITING)}),
    (DraftRow, {"message": "tagen-1@nspl.example", "content": _draft("tagen-1@nspl.example")}),
    (LetterRow, {"message": "tagen-1@nspl.example", "raw": BYTES}),
    (LetterRow, {"message": "gick-1@nspl.example", "raw": BYTES}),
    (IntentRow, {"id": "i1", "step": "fyra_veckor", "template": "t", "send_on": date(2026, 3, 26), "created_at": NOW}),
    (SuppressionRow, {"address": "bort@r05.example", "reason": "studs", "since": NOW}),
    (AttachmentRow, {"digest": _A, "content_type": "application/pdf", "size": len(BYTES), "content": BYTES}),
    (IncomingRow, {"id": "in1", "digest": _B, "received_at": NOW, "kind": "svar", "body": "Hej!\r\n\tÅ\u2028"}),
    (IncomingAttachmentRow, {"incoming": "in1", "number": 1, "filename": "utdrag.pdf", "digest": _A}),
    (IncomingAttachmentRow, {"incoming": "in1", "number": 2, "filename": "x.exe", "refused": "typen"}),
    (MailActRow, {"number": 1, "key": "k1", "at": NOW, "about": "kon", "act": "pausa", "who": "Eva"}),
    (QuestionRow, {"id": "q1", "kind": "fraga", "asked_at": NOW, "region": "03", "asker": "Bo", "words": "När?"}),
    (HeartbeatRow, {"worker": "w1", "kind": "clock", "beat_at": NOW - timedelta(days=1)}),
    (UnsubscribedRow, {"region": "03", "office": "regiondirektor", "how": "länk", "since": NOW}),
    (UnsubscribeLinkRow, {"digest": _A, "region": "03", "office": "regiondirektor", "made_at": NOW}),
    (WebSessionRow, {"digest": _A, "role": "kansli", "name": "Eva", "made_at": NOW, "used_at": NOW, "ends_at": _LATE}),
    (WebLoginRow, {"digest": _B, "made_at": NOW, "ends_at": _LATE, "proven": True}),
    (WebVisitRow, {"number": 1, "at": NOW, "method": "GET", "path": "/", "status": 200}),
    (WebBindingRow, {"issuer": "https://i", "subject": "s", "holder": "h", "email": "e@x.example", "bound_at": NOW}),
    (WebDraftRow, {"digest": _C, "sealed": "…", "made_at": NOW, "ends_at": _LATE}),
    (WebFaultRow, {"id": "f1", "text": "Går inte att läsa", "made_at": NOW}),
    (ApiTokenRow, {
        "number": 1, "digest": _C, "kind": "api", "client": "Diariet", "role": "kansli", "scopes": "read",
        "made_at": NOW, "ends_at": _LATE, "used_on": date(2026, 3, 20),
    }),
)  # fmt: skip


def fill(house: House) -> None:
    """Give every table beside the record a row, and an uppdrag a parent that comes after it in order of number."""
    later = New(title="Nästa års", lifecycle="atagande", actor=actor("kansli"))
    parent = commands.new(house, later, now=NOW.replace(year=2027)).uppdrag
    step(house, parent, "paborja", ansvarig="Cia Dahl")
    child = New(title="Årets", lifecycle="atagande", actor=actor("kansli"), parent=parent)
    assert commands.new(house, child, now=NOW).uppdrag < parent
    with house.database.transaction() as session:
        for table, values in ROWS:
            whole = table(**values).model_dump()
            known = {name: value for name, value in whole.items() if name in values or value is not None}
            session.run(Statement(insert(table).values(known)), {})
