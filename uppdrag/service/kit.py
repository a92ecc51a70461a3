"""The decision kit: for each region a tjänsteskrivelse to go on from, and a table to fill in and send back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from notifications.compose import day
from storage import people, uppdrag
from uppdrag.documents import docx, form, pdf
from uppdrag.documents.document import Block, Bullets, Clauses, Document, Heading, Labelled, Paragraph
from uppdrag.documents.form import Column, Form
from uppdrag.intake.decisions import outcome_id
from uppdrag.service.addressing import Addresses
from uppdrag.service.dispatching import approved_on, not_approved, papers_of
from uppdrag.service.house import House
from uppdrag.settings import Settings
from uppdrag.words import BODIES, FIELDS
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.following import window
from workflow.lifecycle import Lifecycle
from workflow.links import body_code
from workflow.model import SOURCES, PlannedTime, Region, Regionbeslut, Uppdrag

AUTHOR = "NSPL:s kansli"
_ADAPTED = "antagen_med_anpassning"
Format = Literal["docx", "pdf"]
"""As what a tjänsteskrivelse is written: to go on from, or to read."""
_RENDERED = {"docx": docx.render, "pdf": pdf.render}


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFile:
    """One file of a region's kit."""

    region: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the documents of all regions are made from. `approved`: when and under which §; `answers_to`: the kansli's
    address."""

    u: Uppdrag
    lifecycle: Lifecycle
    planned: PlannedTime | None
    approved: str
    answers_to: str
    now: datetime

    @property
    def title(self) -> str:
        """The title that may leave the house."""
        return self.u.neutral_title if self.u.sensitive else self.u.title

    @property
    def proposal(self) -> str:
        return f"”{self.title}”, version {self.u.proposal_version}"


def make(
    house: House, id: str, regions: Sequence[str] | None, settings: Settings, *, now: datetime,
    formats: Sequence[Format] = ("docx",),
) -> list[KitFile]:  # fmt: skip
    """The kits of the regions that have not concluded, or of those named, the tjänsteskrivelse in each of the formats.
    Changes nothing.

    Raises NotFound, or Refused where no proposal has been approved or a region is not concerned.
    """
    known, chosen = load(house, id, regions, settings, now)
    return [file for region, rb in chosen for file in _files(known, region, rb, formats)]


def letter(house: House, id: str, region: str, settings: Settings, *, now: datetime) -> Document:
    """The tjänsteskrivelse of one region's kit. Raises as `make` does."""
    known, ((place, rb),) = load(house, id, (region,), settings, now)
    return _letter(known, place, rb)


def load(
    house: House, id: str, regions: Sequence[str] | None, settings: Settings, now: datetime
) -> tuple[Known, list[tuple[Region, Regionbeslut]]]:
    """What is known, and the regions whose kits are asked for."""
    with house.database.reading() as session:
        matter = uppdrag.load(session, id, seq=0, regions="*")
        u = matter.uppdrag
        lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
        known_regions = {r.lanskod: r for r in house.regions(session)}
        addresses = Addresses(people.all_holders(session), tuple(known_regions.values()), local_date(now))
    refused = [no] if (no := not_approved(lifecycle, u)) else []
    concerned = ", ".join(u.concerned)
    strangers = [r for r in regions or () if r not in matter.regions]
    refused += [Refusal.of("region_not_concerned", region=r, concerned=concerned) for r in strangers]
    if refused:
        raise Refused(refused, subject=id)
    kansli = addresses.kansli()
    known = Known(
        u=u, lifecycle=lifecycle, planned=window(lifecycle, matter), approved=approved_on(lifecycle, matter), now=now,
        answers_to=kansli.email if kansli else settings.mail_answers_to,
    )  # fmt: skip
    chosen = [(known_regions[lanskod], rb) for lanskod, rb in sorted(matter.regions.items())
              if (lanskod in regions if regions is not None else not rb.concluded)]  # fmt: skip
    return known, chosen


def _files(known: Known, region: Region, rb: Regionbeslut, formats: Sequence[Format]) -> list[KitFile]:
    written = _letter(known, region, rb)
    stem = f"{known.u.id}-v{known.u.proposal_version}-{region.lanskod}"
    table = _answer_form(known, region)
    return [
        KitFile(region=region.lanskod, name=f"{stem}-{name}", content=content)
        for name, content in (
            *((f"tjansteskrivelse.{format}", _RENDERED[format](written)) for format in formats),
            ("beslut.xlsx", form.to_xlsx(table)), ("beslut.csv", form.to_csv(table)),
        )
    ]  # fmt: skip


def _letter(known: Known, region: Region, rb: Regionbeslut) -> Document:
    u = known.u
    blocks: list[Block] = [
        Paragraph(f"{region.name} · Tjänsteskrivelse", quiet=True),
        Heading(known.title, 1),
        Labelled((
            ("Datum", "[datum]"), ("Diarienummer", rb.dnr or "[regionens diarienummer]"),
            ("Handläggare", "[namn och titel]"), ("Uppdrag", f"{u.id}, förslagets version {u.proposal_version}"),
        )),
        Paragraph(
            "Kansliet har fyllt i det som är känt. Det som står inom hakparentes fyller regionen i. "
            "Skriv inget hemligt i dokumentet.", quiet=True,
        ),
        Heading("Förslag till beslut"), *_proposals(known, region, rb),
        Heading("Sammanfattning"), *_summary(known),
        Heading("Ärendet"), *_background(known),
        Heading("Bedömning"), Paragraph("[Regionens bedömning av förslaget]"),
        Heading("Ekonomi"), *_costs(known),
        Heading("Samverkan"), Paragraph("[När och hur samverkan med de fackliga organisationerna har skett]"),
        Heading("Handlingar"), _papers(known),
        Heading("Beslutet skickas till"),
        Paragraph(f"{AUTHOR}, {known.answers_to}. Ange {u.id} och bifoga protokollsutdraget."),
        Paragraph("[Namn och titel på den som undertecknar]"),
    ]  # fmt: skip
    return Document(
        title=f"Tjänsteskrivelse: {known.title}", author=AUTHOR, created=known.now, blocks=tuple(blocks),
        subject=f"{u.id}, version {u.proposal_version}, {region.name}", footer=f"{u.id}, {region.name}",
    )  # fmt: skip


def _proposals(known: Known, region: Region, rb: Regionbeslut) -> list[Block]:
    """A proposal for each body that may adopt it: the one that the region has named, or fullmäktige and styrelsen."""
    clauses = _clauses(known)
    board = region.styrelse.capitalize()
    by_council = Clauses(f"{board} föreslår att {region.fullmaktige} beslutar", clauses)
    by_board = Clauses(f"{board} beslutar", clauses)
    named = body_code(rb.planned_body)
    if named == "RF":
        return [by_council]
    if named == "RS":
        return [by_board]
    if named and named != "AU":  # arbetsutskottet proposes, and leaves the decision to another
        who = {"namnd": "[Nämndens namn]", "annan": "[Vem som beslutar]"}.get(named) or BODIES.get(named, named)
        return [Clauses(f"{_capital(who)} beslutar", clauses)]
    return [
        Paragraph("[Stryk det alternativ som inte gäller. Beslutar någon annan hos er, skriv vem.]"),
        Heading(f"Om {region.fullmaktige} beslutar", 3), by_council,
        Heading(f"Om {region.styrelse} beslutar", 3), by_board,
    ]  # fmt: skip


def _clauses(known: Known) -> tuple[str, ...]:
    track = known.lifecycle.track
    adaptable = track is not None and track.outcome(_ADAPTED) is not None
    return (
        f"att anta förslaget {known.proposal}{',' if adaptable else ', och'}",
        *(("att [regionens anpassning; stryk raden om förslaget antas som det är], och",) if adaptable else ()),
        f"att skicka protokollsutdraget till {AUTHOR}.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _summary(known: Known) -> list[Block]:
    many = len(known.u.concerned)
    approved = known.approved
    whom = "en region" if many == 1 else f"{many} regioner"
    return [
        Paragraph(
            f"NSPL:s chefsgrupp har godkänt ett förslag för beslut i {whom}{f' ({approved})' if approved else ''}: "
            f"{known.proposal}. {window_told(known.planned)}"
        ),
        Paragraph(
            "NSPL är regionernas gemensamma funktion för planering av hälso- och sjukvård i totalförsvaret. "
            "NSPL beslutar inte över regionerna. Varje region beslutar själv."
        ),
    ]


def window_told(planned: PlannedTime | None) -> str:
    if planned is None:
        return "Ingen gemensam planerad tid är satt för besluten."
    span = planned.span
    if span.reading == "dagen själv":
        return f"Planerad tid för regionernas beslut: {day(span.last)}."
    whose = "som kansliet läser som" if span.interpreted else "läst som"
    return f"Planerad tid för regionernas beslut: ”{span.text}”, {whose} {span.reading}, {day(span.last)}."


def _background(known: Known) -> list[Block]:
    u = known.u
    if u.sensitive:
        return [Paragraph(f"Uppdraget har nummer {u.id}. Fråga {AUTHOR} om bakgrunden.")]
    place = f" och hör till avsnitt {u.section} i NSPL:s verksamhetsplan" if u.section else ""
    told = [f"Uppdraget har nummer {u.id}{place}."]
    if u.directive:
        told.append(f"Arbetet följer uppdragsdirektivet {u.directive}.")
    if u.networks:
        told.append(f"Förslaget är förankrat i {_listed(u.networks)}.")
    stated = next((f for f in u.facts.values() if "rapport" in f), {})
    if stated:
        when, paragraph = stated.get("mote"), stated.get("paragraf")
        on = f" {day(date.fromisoformat(str(when)))}" if when else ""
        told.append(f"Resultatet redovisades för chefsgruppen{on}{f', § {paragraph}' if paragraph else ''}.")
    return [Paragraph(" ".join(told)), Paragraph("[Hur ärendet har beretts i regionen]")]


def _listed(names: Sequence[str]) -> str:
    return " och ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _costs(known: Known) -> list[Block]:
    if known.u.sensitive:
        return [Paragraph("[Vad beslutet innebär för regionens ekonomi]")]
    stated = next((f for f in known.u.facts.values() if "medfor_kostnad" in f), {})
    told = []
    if stated.get("medfor_kostnad") is True:
        analysis = stated.get("konsekvensanalys")
        told.append(f"Förslaget medför kostnad.{f' Ekonomisk konsekvensanalys: {analysis}.' if analysis else ''}")
    elif "medfor_kostnad" in stated:
        told.append("Förslaget medför enligt redovisningen ingen kostnad.")
    return [*map(Paragraph, told), Paragraph("[Vad beslutet innebär för regionens ekonomi]")]


def _papers(known: Known) -> Block:
    papers = () if known.u.sensitive else papers_of(known.u)
    return Bullets(papers) if papers else Paragraph(f"Handlingarna lämnas av {AUTHOR}.")


def _answer_form(known: Known, region: Region) -> Form:
    """The table that `decide --file` reads as it is, with what is known filled in."""
    u, track = known.u, known.lifecycle.track
    outcomes = track.outcomes if track else ()
    chosen = tuple(_choice(o.label, o.id) for o in outcomes)
    needs = [
        f"{o.label} kräver {' och '.join(FIELDS.get(f, f) for f in o.requires)}." for o in outcomes if o.requires
    ]  # fmt: skip
    columns = (
        Column(heading="uppdrag", width=12, help="Uppdragets nummer. Ändra inte."),
        Column(heading="region", width=8, help="Länskoden. Ändra inte."),
        Column(heading="version", width=8, help="Den version av förslaget som ni har beslutat om."),
        Column(heading="utfall", width=26, choices=chosen, help=f"Välj i listan. {' '.join(needs)}".rstrip()),
        Column(heading="beslutsinstans", help="RF, RS, nämnd, regiondirektör eller annan."),
        Column(heading="datum", width=12, day=True, help="Dagen då beslutet fattades, ÅÅÅÅ-MM-DD."),
        Column(heading="paragraf", width=10, help="Paragrafen i protokollet, bara siffrorna."),
        Column(heading="diarienummer", width=20, help="Regionens diarienummer för ärendet."),
        Column(heading="justerat", width=12, day=True, help="Dagen då paragrafen justerades, om den är känd."),
        Column(heading="anpassning", width=40, help="Vad ni har anpassat, om förslaget antogs med anpassning."),
        Column(heading="att komplettera", width=40, help="Vad som saknas, om ärendet återremitterades."),
        Column(heading="notering", width=40, help="Till exempel varför regionen inte är berörd. Skriv inget hemligt."),
        Column(heading="källa", width=22, choices=SOURCES, help="Varifrån uppgiften kommer. Välj i listan."),
        Column(heading="fler beslut", width=12, choices=("ja", "nej"), help="ja om regionen har fler beslut kvar."),
    )
    filled = {"uppdrag": u.id, "region": region.lanskod, "version": str(u.proposal_version)}
    return Form(
        title=f"{u.id}: beslut i {region.name}", author=AUTHOR, created=known.now, columns=columns,
        rows=(tuple(filled.get(c.heading, "") for c in columns),),
        notes=(
            "En rad för varje beslut. Har regionen fattat flera, fyll i flera rader.",
            f"Skicka tillbaka filen till {AUTHOR}, {known.answers_to}, gärna med protokollsutdraget.",
            "Skriv inget hemligt.",
        ),
    )  # fmt: skip


def _choice(label: str, id: str) -> str:
    """An outcome as it is chosen: as many words of its label as it takes to be read back as its id."""
    words = label.split()
    starts = (" ".join(words[:n]) for n in range(1, len(words) + 1))
    return next((start for start in starts if outcome_id(start) == id), id)
