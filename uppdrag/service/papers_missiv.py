"""The missiv: the letter to a region about an approved proposal, with the same facts as its mail and its kit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uppdrag.documents.document import Bullets, Document, Heading, Labelled, Notice, Paragraph, Simple
from uppdrag.service.dispatching import papers_of
from uppdrag.service.kit import AUTHOR, Known, window_told
from uppdrag.service.papers_agenda import listed
from uppdrag.words.papers import day_in_words
from workflow.calendar import local_date
from workflow.model import Region, Regionbeslut


def missiv(known: Known, place: Region, rb: Regionbeslut, awaited: Sequence[str] = ()) -> Document:
    """The letter to one region, dated on the day that the facts are of. `awaited`: the § that it rests on and that are
    not justerade, so that it may not leave yet."""
    u = known.u
    draft = [Notice(f"UTKAST. {listed(awaited)} är inte justerad. Skicka inte brevet än.")] if awaited else []
    return Document(
        title=f"Missiv: {known.title}", author=AUTHOR, created=known.now,
        footer=f"{'UTKAST · ' if awaited else ''}{u.id}, {place.name}",
        subject=f"{u.id}, version {u.proposal_version}, {place.name}",
        name=f"missiv-{u.id}-v{u.proposal_version}-{place.lanskod}",
        blocks=(
            Paragraph(f"{AUTHOR} · Missiv", quiet=True), Heading(f"Förslag för beslut i {place.name}", 1),
            *draft, Labelled(tuple(_facts(known, place, rb))),
            Paragraph(f"Här är ett förslag för beslut i {place.name}. {_approved(known)}"),
            Heading("Förslaget"), Paragraph(f"{known.proposal[:1].upper()}{known.proposal[1:]}. {_planned(known)}"),
            Heading("Handlingar"), *_papers(known),
            Heading("Regionens beslut"),
            Paragraph(
                "Regionen beslutar själv, i den instans som är behörig. NSPL är regionernas gemensamma funktion för "
                "planering av hälso- och sjukvård i totalförsvaret och beslutar inte över regionerna."
            ),
            Heading("Svar"),
            Paragraph(
                f"Svara med utfallet och protokollsutdraget till {AUTHOR}, {known.answers_to}. Ange {u.id}, även när "
                "regionen inte antar förslaget."
            ),
            *([Paragraph(f"Frågor besvaras av {u.owner} eller av {AUTHOR}.")] if u.owner else ()),
        ),
    )  # fmt: skip


def _facts(known: Known, place: Region, rb: Regionbeslut) -> Iterator[tuple[str, str]]:
    u = known.u
    replaced = rb.sent_version if rb.sent_version != u.proposal_version else 0
    yield "Datum", day_in_words(local_date(known.now))
    yield "Till", f"Registratorn, {place.name}"
    yield "Uppdrag", u.id
    yield "Version", f"{u.proposal_version}{f', ersätter version {replaced}' if replaced else ''}"
    if u.dnr:
        yield "Vårt diarienummer", u.dnr
    if rb.dnr:
        yield "Ert diarienummer", rb.dnr


def _approved(known: Known) -> str:
    when = f" {known.approved}" if known.approved else ""
    return f"NSPL:s chefsgrupp godkände det{when}."


def _planned(known: Known) -> str:
    if known.u.sensitive and known.planned is not None:  # the plan's own words may tell more than a day does
        return f"Planerad tid för regionernas beslut: {day_in_words(known.planned.span.last)}."
    return window_told(known.planned)


def _papers(known: Known) -> Iterator[Simple]:
    papers = () if known.u.sensitive else papers_of(known.u)
    if papers:
        yield Bullets(papers)
    else:
        yield Paragraph(f"Fråga {AUTHOR} hur ni får handlingarna.")
