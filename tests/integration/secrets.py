"""A sensitive uppdrag with a word of its own in everything that anybody can write about it."""

from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage
from hashlib import sha256

from definitions.direktiv import Stated
from storage import attachments, incoming, meetings, motes, outbox, questions
from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, new, step, track
from uppdrag.service import directives, inbox
from uppdrag.service.house import House
from workflow.aftermath import SignedFile
from workflow.convening import Calendar, state_meetings
from workflow.incoming import Incoming, IncomingFile, Question
from workflow.meeting import AgendaItem, Arrangement, Meeting, Minutes, Note, Present, Why
from workflow.meeting_events import MeetingArranged, MeetingClosed, MeetingEvent, MeetingSummoned, ProtokollSigned
from workflow.message import Attachment, Message
from workflow.sammantraden import CHEFSGRUPP, Sammantrade

SECRET = "Bergrumsförrådet"  # noqa: S105 - a word to look for
NEUTRAL = "Ärende 7"
REGIONS = "01", "03"


def live_in_secret(house: House, *, sensitive: bool = True) -> str:
    """The life of an uppdrag until its regions have decided, two mails and a question about it. Its number."""
    id = new(
        house, "regiongemensamt", title=f"{SECRET} i norr", sensitive=sensitive,
        neutral_title=NEUTRAL if sensitive else "", regions=REGIONS, source=f"Brev om {SECRET}", owner=f"Cia {SECRET}",
    ).uppdrag  # fmt: skip
    step(house, id, "bered", ansvarig=f"Cia {SECRET}", natverk="HSD-nätverket")
    step(house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(house, id, "pausa", skal=f"Väntar på {SECRET}")
    step(house, id, "ateruppta")
    step(house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport=f"{SECRET}.pdf", forslagsversion="1")
    step(house, id, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    track(house, id, "03", "ta_emot", dnr=f"RS {SECRET}/7")
    decide(house, id, "01", "antagen_med_anpassning", adaptation=f"Utan {SECRET}", note=f"Se {SECRET}")
    write_about(house, id)
    return id


def write_about(house: House, id: str, *, word: str = SECRET) -> str:
    """A mail with a file, matched to the uppdrag, and a question about it. The mail's id."""
    content = f"%PDF-1.7 {word}".encode()
    digest = sha256(content).hexdigest()
    file = IncomingFile(number=1, filename=f"{word}.pdf", digest=digest, content_type="application/pdf",
                        size=len(content), refused="")  # fmt: skip
    mail = Incoming(
        id="", digest=sha256(f"{id}{word}".encode()).hexdigest(), received_at=NOW, sender="eva@region.example",
        subject=f"Om {word}", kind="svar", uppdrag=id, region="03", body=f"Hej, {word} antogs.", files=(file,),
    )  # fmt: skip
    asked = Question(
        id=digest[:16], kind="fraga", asked_at=NOW, region="03", uppdrag=id, event="", asker="Eva Holm",
        office="registrator", words=f"Var ligger {word}?",
    )  # fmt: skip
    with house.database.transaction() as session:
        kept = incoming.keep(session, mail, {digest: content})
        questions.keep(session, asked)
    assert kept is not None
    return kept.id


def finish(house: House, id: str) -> None:
    """The last region decides, so that nothing more is expected; what came in is put aside."""
    decide(house, id, "03", by=KANSLI, note=f"Enligt {SECRET}")
    for mail in inbox.listed(house):
        inbox.dismiss(house, mail.id, why=f"Läst om {SECRET}", actor=KANSLI, now=NOW)


def mail_about(house: House, id: str) -> None:
    """A mail that has left, with the secret in its subject, its text, a file and what the server answered."""
    files = (Attachment(filename="bilaga.txt", content=f"Bilaga om {SECRET}".encode(), content_type="text/plain"),)
    message = Message(id="1.hemlig@nspl.example", recipient="eva@region.example", subject=f"Om {SECRET}",
                      text=f"{SECRET} ska beslutas.", html=f"<p>{SECRET}", sender="k@nspl.example",
                      attachments=files)  # fmt: skip
    raw = EmailMessage()
    raw["Subject"], raw["To"] = f"Om {SECRET}", message.recipient
    raw.set_content(message.text)
    raw.add_attachment(files[0].content, maintype="application", subtype="octet-stream", filename=f"{SECRET}.pdf")
    with house.database.transaction() as session:
        outbox.enqueue(session, message, office="registrator", region="03", uppdrag=id, now=NOW, not_before=NOW)
        (waiting,) = [k for k in outbox.due(session, NOW, 100) if k.queued.id == message.id]
        [taken] = outbox.claim(session, [(waiting, raw.as_bytes())], worker="w", until=NOW + timedelta(minutes=5))
        outbox.settle(session, taken, "skickad", response=f"250 ok {SECRET}", sent_at=NOW)


def minute_it(house: House, id: str) -> str:
    """A meeting of chefsgruppen whose agenda and minutes tell of it, with a signed protokoll. The meeting's stream."""
    day = date(2026, 3, 20)
    items = (
        AgendaItem(key=id, section="godkannande", kind="beslut", title=f"{SECRET} i norr", why=Why("standing"),
                   number=1, uppdrag=id),
        AgendaItem(key="annat", section="godkannande", kind="beslut", title="Ett annat ärende", why=Why("standing"),
                   number=2),
    )  # fmt: skip
    minutes = Minutes(
        present=(Present(name="Bo Berg"),),
        notes=(Note(item=id, outcome="bifall", paragraph=5, decision=f"Man talade om {SECRET} länge."),
               Note(item="annat", outcome="bifall", paragraph=6, decision="Man talade om annat.")),
    )  # fmt: skip
    scanned = f"%PDF-1.7 Protokoll om {SECRET}".encode()
    events: list[MeetingEvent] = [
        MeetingArranged(day=day, arrangement=Arrangement(place="Uppsala")),
        MeetingSummoned(day=day, on=date(2026, 3, 13), items=items),
        MeetingClosed(day=day, on=day, minutes=minutes, moved=()),
        ProtokollSigned(day=day, file=SignedFile(
            digest=sha256(scanned).hexdigest(), name="protokoll.pdf", size=len(scanned), on=day, by="Bo Berg"
        )),
    ]  # fmt: skip
    held = Sammantrade(region=CHEFSGRUPP, body="chefsgrupp", first=day, last=day)
    with house.database.transaction() as session:
        calendar = Calendar(CHEFSGRUPP, "chefsgrupp")
        meetings.save(session, [(calendar, state_meetings(calendar, [held], source="kansliet"))], KANSLI, NOW)
        attachments.keep(session, sha256(scanned).hexdigest(), "application/pdf", scanned)
        motes.save(session, Meeting(day=day), events, KANSLI, NOW)
    return f"mote:{day}"


def direct(house: House, id: str) -> str:
    """A directive that carries it alone, decided and told of in its own words. The directive's stream."""
    stated = Stated(title=f"Direktiv om {SECRET}", sections={"bakgrund": f"{SECRET} behövs."})
    made = directives.new(house, [id], stated, actor=KANSLI, now=NOW, key="d").directive
    return f"direktiv:{made.id}"
