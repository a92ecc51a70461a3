"""plan: each region's road to a decision within a window, and whether it fits."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import app, house, settings, told
from uppdrag.cli.doing import Id, Show
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uppdrag.service.planning import UppdragPlan
    from workflow.chains import MeetingLink
    from workflow.model import Region
    from workflow.planning import RegionPlan

REMEDIES = 2
"""How many things that would help are told for each region; the best come first."""


@app.command(epilog='Exempel: uppdrag plan U2026-01 --window "Q3 2026"')
@told
def plan(
    context: typer.Context,
    id: Id,
    window: Annotated[
        str,
        typer.Option("--window", metavar="TID", help="Tiden att planera för; utelämnad: regionernas planerade tid."),
    ] = "",
    format: Show = Format.table,
) -> None:
    """Planera baklänges: hur varje region hinner besluta, och senaste dag att skicka handlingarna.

    Sammanträdena läses in med uppdrag meetings import.
    """
    from uppdrag.cli import show
    from uppdrag.service import planning, queries
    from uppdrag.service.region_rows import plan_row

    place = house(context)
    found = planning.plan(place, id, now=settings(context).now(), window=window)
    if format is not Format.table:
        rows = [plan_row(p, found.today.year) for p in found.plans]
        if format is Format.csv:
            chains = [[_link(link) for link in p.chain] for p in found.plans]
            rows = [{**row, "chain": chain} for row, chain in zip(rows, chains, strict=True)]
        show.emit(format, rows)
        return
    _tell(found, {r.lanskod: r for r in queries.regions(place)})


def _tell(found: "UppdragPlan", regions: "Mapping[str, Region]") -> None:
    from uppdrag import words
    from uppdrag.words import planning as say

    year = found.today.year
    for line in say.survey(found.survey, regions):
        typer.echo(line)
    if found.concluded:
        names = ", ".join(words.region(regions, lanskod) for lanskod in found.concluded)
        typer.echo(f"Har avslutat sin hantering och planeras inte: {names}.")
    if (
        all(m.what == "meetings" for p in found.plans for m in p.missing)
        and not found.survey.fits_not + found.survey.fits
    ):
        typer.echo("Inga sammanträden är kända. Läs in dem: uppdrag meetings import FIL")
        return
    for heading, verdict in (("Ryms inte", "ryms_inte"), ("Uppgift saknas", "uppgift_saknas"), ("Ryms", "ryms")):
        _section(heading, [p for p in found.plans if p.verdict == verdict], regions, year)
    _helpful(found, regions, year)
    if any(n.code == "example" for p in found.plans for n in p.notes):
        typer.echo(
            "\nSammanträdesdagarna är exempel, inte regionernas egna. Läs in de riktiga: uppdrag meetings import FIL"
        )


def _helpful(found: "UppdragPlan", regions: "Mapping[str, Region]", year: int) -> None:
    """What would help most; regions that need the same thing together, where the first of them stands."""
    from uppdrag import words
    from uppdrag.words import planning as say

    alike: dict[tuple[str, ...], list[str]] = {}
    for one in found.ranked:
        alike.setdefault(tuple(say.ranked(one, year=year)[:REMEDIES]), []).append(
            words.region(regions, one.plan.region)
        )
    if alike:
        typer.echo("\nDet som skulle hjälpa mest:")
    for needed, names in alike.items():
        typer.echo(f"  {', '.join(names)}:")
        for text in needed:
            typer.echo(f"    {text}")


def _section(heading: str, plans: "list[RegionPlan]", regions: "Mapping[str, Region]", year: int) -> None:
    from uppdrag import words
    from uppdrag.cli import show

    if not plans:
        return
    typer.echo("")
    show.table(
        ("Region", "Varför", "Kedja", "Skicka senast", "Marginal"),
        [
            (words.region(regions, p.region), _why(p, year), ", ".join(_link(link) for link in p.chain) or "–",
             p.send_by.isoformat() if p.send_by else "–", _slack(p.slack_working_days))
            for p in plans
        ],
        title=f"{heading} ({len(plans)})",
    )  # fmt: skip


def _why(p: "RegionPlan", year: int) -> str:
    """The verdict's reason, what is missing, and what there is to know about the chain."""
    from uppdrag.words import planning as say

    notes = [say.note(n, year=year) for n in p.notes if n.code != "example"]
    return " ".join([say.why(p, year=year), *say.missing(p.missing, year=year), *notes])


def _slack(days: int | None) -> str:
    if days is None:
        return "–"
    return f"{days} arbetsdag{'' if abs(days) == 1 else 'ar'}"


def _link(link: "MeetingLink") -> str:
    from uppdrag import words

    return f"{words.BODIES.get(link.body, link.body)} {link.first}"
