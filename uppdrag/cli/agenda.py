"""meeting agenda, add, drop, move, edit: chefsgruppens dagordning."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import house, settings, told
from uppdrag.cli.doing import By, actor_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.saving import AnyFormat, Output, ShowOrWrite, save, shown
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.agenda import Agenda, Changed
    from workflow.meeting import AgendaItem, Kind

Number = Annotated[int, typer.Argument(metavar="PUNKT", min=1, help="Punktens nummer på dagordningen.")]
Title = Annotated[str, typer.Option("--title", metavar="RUBRIK", help="Punktens rubrik.")]
KindOf = Annotated[str, typer.Option("--kind", metavar="SLAG", help="beslut, information eller formalia.")]
Proposal = Annotated[str, typer.Option("--proposal", metavar="TEXT", help="Förslag till beslut.")]
Presenter = Annotated[str, typer.Option("--presenter", metavar="VEM", help="Föredragande.")]
Dnr = Annotated[str, typer.Option("--dnr", metavar="DNR", help="Diarienummer.")]
Papers = Annotated[
    list[str] | None, typer.Option("--document", metavar="HANDLING", help="En handling; kan upprepas.")
]  # fmt: skip
Minutes = Annotated[int | None, typer.Option("--minutes", metavar="MINUTER", min=0, max=600, help="Avsatt tid.")]


@meeting.command(epilog="Exempel: uppdrag meeting agenda 2026-04-24 --format json")
@told
def agenda(
    context: typer.Context,
    day: Day,
    since: Annotated[
        int | None,
        typer.Option("--since", metavar="VERSION", min=1, help="Vad som ändrats sedan denna version av dagordningen."),
    ] = None,
    to: Annotated[
        int | None,
        typer.Option("--to", metavar="VERSION", min=1, help="Jämför med denna i stället för den som gäller."),
    ] = None,
    format: ShowOrWrite = AnyFormat.table,
    output: Output = "",
) -> None:
    """Visa dagordningen: förslaget ur läge, planerad tid och plan, med det som kansliet har ändrat.

    Med --format docx, pdf eller html sparas den som dokument.
    """
    from uppdrag.cli import show
    from uppdrag.service import agenda as service
    from uppdrag.service import chefsgrupp_rows as rows
    from uppdrag.words.chefsgrupp import difference

    place, now, asked = house(context), settings(context).now(), meeting_day(day)
    if since is not None:
        found = service.compare(place, asked, since, to, now=now)
        typer.echo("\n".join(difference(d) for d in found) or "Ingenting skiljer.")
        return
    if format.paper:
        from uppdrag.service import papers

        save(papers.dagordning(place, asked, now=now), format.paper, output)
        return
    standing = service.agenda(place, asked, now=now)
    with shown(output):
        if format.shown is Format.json:
            show.emit_one(rows.agenda_row(standing))
        elif format.shown is Format.csv:
            show.emit(Format.csv, [rows.item_row(i, standing.form) for i in standing.items])
        else:
            _tell(standing)


@meeting.command(epilog='Exempel: uppdrag meeting add 2026-04-24 --title "Lägesbild inför sommaren" --kind information')
@told
def add(
    context: typer.Context,
    day: Day,
    uppdrag: Annotated[str, typer.Option("--uppdrag", metavar="ID", help="Uppdraget som punkten gäller.")] = "",
    directive: Annotated[
        str, typer.Option("--directive", metavar="ID", help="Uppdragsdirektivet i utkast som punkten gäller.")
    ] = "",
    title: Title = "",
    kind: KindOf = "beslut",
    section: Annotated[str, typer.Option("--section", metavar="ID", help="Rubriken på dagordningen.")] = "",
    step: Annotated[str, typer.Option("--step", metavar="STEG", help="Steget som ett bifall tar.")] = "",
    proposal: Proposal = "",
    presenter: Presenter = "",
    dnr: Dnr = "",
    document: Papers = None,
    minutes: Minutes = None,
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Lägg till en punkt. Efter kallelsen hamnar den sist, märkt som tillkommande."""
    from uppdrag.service import agenda as service
    from uppdrag.service.agenda import Addition

    said = _said(proposal=proposal, presenter=presenter, dnr=dnr, documents=document, minutes=minutes, title=title)
    title = said.pop("title", "")
    done = service.add(
        house(context), meeting_day(day),
        Addition(uppdrag=uppdrag, title=title, kind=kind_of(kind), section=section, step=step, directive=directive),
        said,
        actor=actor_of("kansli", by), now=settings(context).now(), expected=seen,
    )  # fmt: skip
    _changed(done)


@meeting.command(epilog="Exempel: uppdrag meeting drop 2026-04-24 4")
@told
def drop(context: typer.Context, day: Day, number: Number, by: By = "kansliet", seen: Seen = None) -> None:
    """Ta bort en punkt. Efter kallelsen står den kvar under sitt nummer, märkt utgår."""
    from uppdrag.service import agenda as service

    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(service.drop(house(context), meeting_day(day), number, actor=actor, now=now, expected=seen))


@meeting.command(epilog="Exempel: uppdrag meeting move 2026-04-24 7 4")
@told
def move(
    context: typer.Context,
    day: Day,
    number: Number,
    to: Annotated[int, typer.Argument(metavar="PLATS", min=1, help="Platsen den ska stå på.")],
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Flytta en punkt. Numren ligger fast när kallelsen har gått ut."""
    from uppdrag.service import agenda as service

    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(service.move(house(context), meeting_day(day), number, to, actor=actor, now=now, expected=seen))


@meeting.command(epilog='Exempel: uppdrag meeting edit 2026-04-24 4 --presenter "Cia Dahl" --minutes 20')
@told
def edit(
    context: typer.Context,
    day: Day,
    number: Number,
    title: Title = "",
    kind: KindOf = "",
    proposal: Proposal = "",
    presenter: Presenter = "",
    dnr: Dnr = "",
    document: Papers = None,
    minutes: Minutes = None,
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Ändra vad en punkt säger. Det som utelämnas står kvar."""
    from uppdrag.service import agenda as service

    said = _said(title=title, proposal=proposal, presenter=presenter, dnr=dnr, documents=document, minutes=minutes)
    if kind:
        said["kind"] = kind_of(kind)
    actor, now = actor_of("kansli", by), settings(context).now()
    _changed(service.edit(house(context), meeting_day(day), number, said, actor=actor, now=now, expected=seen))


def _tell(shown: "Agenda") -> None:
    from uppdrag.words.chefsgrupp import STATUS

    m = shown.held.meeting
    at = m.arrangement
    where = ", ".join(filter(None, ("–".join(filter(None, (at.starts, at.ends))), at.place, at.link)))
    typer.echo(f"Chefsgruppens möte {m.day}{f', {where}' if where else ''}. {STATUS[m.status].capitalize()}.")
    kept = f"dagordningens version {m.agenda_version}" if m.agenda_version else "förslag, inget är sparat"
    typer.echo(f"Version {m.version} ({kept}).\n")
    section = ""
    for item in shown.items:
        label = shown.form.label(item.section)
        if label and label != section and not item.late:
            typer.echo(label)
        section = label
        _item(item)
    if shown.waiting:
        typer.echo("\nHar tillkommit efter kallelsen och står inte på dagordningen:")
        for item in shown.waiting:
            how = f"--directive {item.directive}" if item.directive else f"--uppdrag {item.uppdrag}"
            typer.echo(f"  {' '.join(filter(None, (item.uppdrag, item.title)))}: uppdrag meeting add {m.day} {how}")


def _item(item: "AgendaItem") -> None:
    from uppdrag.words.chefsgrupp import why

    marks = [word for word, on in (("tillkommande", item.late), ("utgår", item.withdrawn)) if on]
    kind, presenter = item.kind if item.kind != "formalia" else "", item.presenter and f"föredragande {item.presenter}"
    about = ", ".join(filter(None, (kind, item.dnr, presenter, f"{item.minutes} min" if item.minutes else "", *marks)))
    title = " ".join(filter(None, (item.uppdrag, item.title)))
    typer.echo(f"  {item.number}. {title}{f' ({about})' if about else ''}")
    if item.proposal:
        typer.echo(f"     Förslag: {item.proposal}")
    if item.documents:
        typer.echo(f"     Handlingar: {', '.join(item.documents)}")
    if item.covers:
        typer.echo(f"     Omfattar: {', '.join(item.covers)}")
    if item.why.code != "standing":
        typer.echo(f"     Varför: {why(item.why)}")


def _changed(done: "Changed") -> None:
    from uppdrag.words.chefsgrupp import difference
    from uppdrag.words.summons import not_told

    for one in done.differences:
        text = difference(one)
        typer.echo(f"{text[:1].upper()}{text[1:]}.")
    typer.echo(f"Mötet {done.meeting.day}, version {done.meeting.version}.")
    if told := not_told(done.meeting):
        typer.echo(told)


def kind_of(text: str) -> "Kind":
    """The kind of an item as it was typed. Raises Refused."""
    from workflow.errors import Refusal, Refused
    from workflow.meeting import KINDS

    found = next((k for k in KINDS if k == text.strip().casefold()), None)
    if found is None:
        raise Refused([Refusal.of("not_a_choice", label="Slag", value=text[:80], expected=", ".join(KINDS))])
    return found


def _said(**stated: Any) -> dict[str, Any]:
    """What was stated of an item, cleaned; "-" empties a text. Raises Refused."""
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_text

    labels = {"title": "Rubriken", "proposal": "Förslaget", "presenter": "Föredragande", "dnr": "Diarienumret",
              "documents": "Handlingen"}  # fmt: skip
    found: dict[str, Any] = {}
    wrong = []
    for name, value in stated.items():
        try:
            if name == "documents" and value:
                found[name] = tuple(c for one in value if (c := clean_text(one)) and c != "-")
            elif isinstance(value, str) and value:
                text = clean_text(value, long=name == "proposal")
                found[name] = "" if text == "-" and name != "title" else text
            elif isinstance(value, int):
                found[name] = value
        except BadFact as bad:
            wrong.append(Refusal.of(bad.code, label=labels[name], value=str(value)[:80], expected=bad.expected))
    if wrong:
        raise Refused(wrong)
    return found
