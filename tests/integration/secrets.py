"""A sensitive uppdrag with a word of its own in everything that anybody can write about it."""

from __future__ import annotations

from hashlib import sha256

from storage import incoming, questions
from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, new, step, track
from uppdrag.service.house import House
from workflow.incoming import Incoming, IncomingFile, Question

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
    """The last region decides, and the uppdrag is reported and closed."""
    decide(house, id, "03", by=KANSLI)
