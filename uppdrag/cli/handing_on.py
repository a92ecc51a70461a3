"""meeting handoff, returned, handoffs: det som lämnas vidare, till regionerna och till andra organ."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, complain, house, settings, told
from uppdrag.cli.circulating import clean
from uppdrag.cli.doing import By, Show, actor_of, day_of
from uppdrag.cli.meeting import Day, Seen, meeting, meeting_day
from uppdrag.cli.papers import Paragraph, paragraph_of
from uppdrag.cli.saving import AnyFormat, Output, save
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.handing_on import Overview, ToRegions

BodyOf = Annotated[str, typer.Option("--to", metavar="ORGAN", help="Organet, till exempel skr.")]


@meeting.command(epilog="Exempel: uppdrag meeting handoff 2026-03-27 --to skr --paragraph 16 --meets 2026-05-20")
@told
def handoff(
    context: typer.Context,
    day: Day,
    to: BodyOf = "",
    paragraph: Annotated[
        list[str] | None,
        typer.Option("--paragraph", metavar="§[=FRÅGA]", help="En paragraf, och vad som efterfrågas; kan upprepas."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="§", help="En paragraf som ändå inte lämnas vidare.")
    ] = None,
    meets: Annotated[str, typer.Option("--meets", metavar="DATUM", help="Organets mötesdag.")] = "",
    presenter: Annotated[str, typer.Option("--presenter", metavar="VEM", help="Vem som föredrar där.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
    format: Annotated[
        AnyFormat, typer.Option("--format", help="Hur svaret visas, eller listans format som dokument (med --to).")
    ] = AnyFormat.table,
    output: Output = "",
) -> None:
    """Lämna justerade paragrafer vidare till ett organ, eller visa vart mötets paragrafer har gått.

    Med --format docx, pdf eller html skrivs listan till organet som dokument. Inget skickas härifrån.
    """
    from uppdrag.cli import show
    from uppdrag.service import handing_on, papers
    from uppdrag.service.after_rows import followed_row
    from workflow.handing_on import Asked

    place, asked, now = house(context), meeting_day(day), settings(context).now()
    if (paragraph or without or meets or presenter or format.paper) and not to:
        complain(["Ange också till vem: --to, till exempel --to skr."])
        raise typer.Exit(WRONG_USAGE)
    if paragraph or without or meets or presenter:
        parts = [one.partition("=") for one in paragraph or ()]
        handing_on.hand_on(
            place, asked, to,
            Asked(
                paragraphs={paragraph_of(p): clean("Frågan", asks, long=True) for p, _, asks in parts},
                without=tuple(paragraph_of(p) for p in without or ()), meets_on=day_of(meets, "--meets"),
                presenter=clean("Föredragande", presenter),
            ),
            actor=actor_of("kansli", by), now=now, expected=seen,
        )  # fmt: skip
    if format.paper:
        save(papers.handoff(place, asked, to, now=now), format.paper, output)
        return
    found = handing_on.overview(place, asked)
    rows = [followed_row(f) for f in found.followed]
    if format is AnyFormat.json:
        show.emit_one({"date": asked.isoformat(), "version": found.meeting.version, "paragraphs": rows})
    elif format is AnyFormat.csv:
        show.emit(Format.csv, [row for one in rows for row in one["handed_on"]])
    else:
        _tell(found)


@meeting.command(epilog="Exempel: uppdrag meeting returned 2026-03-27 16 --to skr --outcome noterat --on 2026-03-27")
@told
def returned(
    context: typer.Context,
    day: Day,
    paragraph: Paragraph,
    to: BodyOf,
    outcome: Annotated[
        str, typer.Option("--outcome", metavar="UTFALL", help="tillstyrker, avstyrker, synpunkter eller noterat.")
    ],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Vad organet sade.")] = "",
    reference: Annotated[str, typer.Option("--reference", metavar="REFERENS", help="Organets eget nummer.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen för beskedet.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Registrera vad ett organ svarade om en paragraf. Registreras det igen gäller det senaste."""
    from uppdrag.service import handing_on
    from workflow.aftermath import RETURNS

    chosen = next((r for r in RETURNS if r == outcome.casefold()), None)
    if chosen is None:
        complain([f'--outcome: "{outcome}" finns inte. Välj bland: {", ".join(RETURNS)}.'])
        raise typer.Exit(WRONG_USAGE)
    number = paragraph_of(paragraph)
    handing_on.come_back(
        house(context), meeting_day(day), to, number, chosen, on=day_of(on), text=clean("Texten", text, long=True),
        reference=clean("Referensen", reference), actor=actor_of("kansli", by), now=settings(context).now(),
        expected=seen,
    )  # fmt: skip
    typer.echo(f"Registrerat: § {number}, {chosen}.")


@meeting.command(epilog="Exempel: uppdrag meeting handoffs --open")
@told
def handoffs(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Bara det som väntar på besked.")] = False,
    to: BodyOf = "",
    format: Show = Format.table,
) -> None:
    """Visa det som har lämnats vidare till andra organ än regionerna, och vad som kom tillbaka."""
    from uppdrag.cli import show
    from uppdrag.service import handing_on
    from uppdrag.service.after_rows import passed_row
    from uppdrag.words.after_meetings import came_back

    found = handing_on.listed(house(context), only_open=only_open, body=to)
    if format is not Format.table:
        show.emit(format, [passed_row(p) for p in found])
        return
    if not found:
        typer.echo("Inget väntar på besked." if only_open else "Inget har lämnats vidare.")
        return
    show.table(
        ("Möte", "§", "Ärende", "Till", "Deras möte", "Besked"),
        [
            (str(p.meeting), str(p.handed.paragraph), " ".join(filter(None, (p.item.uppdrag, p.item.title))),
             p.handoff.label, str(p.handoff.meets_on or "–"), came_back(p.returned, words=False))
            for p in found
        ],
        wide=(2,),
    )  # fmt: skip


def _tell(found: "Overview") -> None:
    from uppdrag.words.after_meetings import called, came_back

    typer.echo(f"{called(found.meeting)}. Version {found.meeting.version}.")
    for f in found.followed:
        adjusted = "" if f.justerad else " (inte justerad)"
        typer.echo(f"§ {f.note.paragraph} {' '.join(filter(None, (f.item.uppdrag, f.item.title)))}{adjusted}")
        if f.regions:
            typer.echo(f"     Regionerna: {_regions(f.regions)}")
        for p in f.passed:
            when = f", möte {p.handoff.meets_on}" if p.handoff.meets_on else ""
            presenter = f", föredragande {p.handoff.presenter}" if p.handoff.presenter else ""
            typer.echo(f"     {p.handoff.label}{when}{presenter}: {came_back(p.returned)}")
            if p.handed.asks:
                typer.echo(f"       Fråga: {p.handed.asks}")
    bodies = ", ".join(f"{b.id} ({b.label})" for b in found.bodies)
    typer.echo(f"Kan lämnas vidare till: {bodies or 'inga organ är deklarerade'}.")


def _regions(r: "ToRegions") -> str:
    if not r.sent:
        return f"version {r.version} är inte expedierad"
    days = str(r.first) if r.first == r.last else f"{r.first}–{r.last}"
    return f"version {r.version} expedierad till {r.sent} av {r.concerned}, {days}"
