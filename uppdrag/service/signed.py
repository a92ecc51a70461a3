"""The signed protokoll: a PDF attached once the protokoll is locked, kept by its hash, and got back as it was."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from notifications.attachments import PDF, NotKept, inspect
from storage import attachments, motes
from uppdrag.service.chefsgrupp import opened
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.words.after_meetings import called
from workflow.aftermath import SignedFile
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.meeting import Meeting
from workflow.meeting_events import ProtokollSigned
from workflow.model import Actor

_END = b"%%EOF"
_TAIL = 2_048
"""How far from its end a whole PDF says that it ends: ISO 32000-1, annex H.3, allows 1,024 bytes after it."""


@persevering
def sign(
    house: House, day: date, filename: str, content: bytes, *, actor: Actor, now: datetime, expected: int | None = None
) -> Meeting:
    """Attach the signed protokoll of a meeting or a decision per capsulam. The same file again changes nothing; another
    one counts from then on, and the earlier is kept.

    Raises Refused: before every § is justerad, or where the file is no whole PDF or larger than an attachment may be.
    """
    found = inspect(filename, content, 1)
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        refused = [] if meeting.digest else [Refusal.of("protokoll_not_locked", day=day)]
        if isinstance(found, NotKept):
            refused.append(Refusal.of("file_not_kept", name=found.filename, why=found.reason))
        elif found.content_type != PDF:
            refused.append(Refusal.of("file_not_pdf", name=found.filename))
        elif _END not in content[-_TAIL:]:
            refused.append(Refusal.of("file_cut", name=found.filename))
        if refused or isinstance(found, NotKept):
            raise Refused(refused, subject=called(meeting))
        if meeting.signed and meeting.signed[-1].digest == found.digest:
            return meeting
        attachments.keep(session, found.digest, found.content_type, content)
        file = SignedFile(
            digest=found.digest, name=found.filename, size=len(content), on=local_date(now), by=actor.name
        )  # fmt: skip
        return motes.save(session, meeting, [ProtokollSigned(day=day, file=file)], actor, now)[0]


def signed(house: House, day: date, number: int | None = None) -> tuple[SignedFile, bytes]:
    """The signed protokoll that counts, or the `number`th that was attached (from 1), as it was attached.

    Raises Refused where there is none, or the file that is kept is no longer that one.
    """
    with house.database.reading() as session:
        meeting = motes.load(session, day)
        if not meeting.signed:
            raise Refused([Refusal.of("not_signed", day=day)], subject=called(meeting))
        if number is not None and not 1 <= number <= len(meeting.signed):
            raise Refused([Refusal.of("no_such_file", number=number, last=len(meeting.signed))])
        file = meeting.signed[-1 if number is None else number - 1]
        content = attachments.content(session, file.digest)
    if content is None or sha256(content).hexdigest() != file.digest:
        raise Refused([Refusal.of("signed_file_changed", name=file.name, day=day)], subject=called(meeting))
    return file, content
