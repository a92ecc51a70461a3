"""budget: show, set, decide, outcome, contribution: NSPL's budget of a year, and what the regions contribute."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, actor_of, day_of
from uppdrag.cli.meeting import Seen
from uppdrag.cli.saving import ListFormat, SheetOutput, ShowOrSheet, save_sheet
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.budget import Desk, Noted
    from uppdrag.service.budget_reading import Shown

budget = typer.Typer(
    cls=Group, help="NSPL:s budget med utfall, och regionernas resursbidrag i heltidsresurser.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
app.add_typer(budget, name="budget")

Year = Annotated[int, typer.Argument(metavar="ÅR", min=2000, max=2200, help="Budgetens år.")]
File = Annotated[str, typer.Argument(metavar="FIL", help="CSV eller XLSX; utelämnas när uppgiften anges här.")]
Quarter = Annotated[str, typer.Option("--quarter", metavar="KVARTAL", help="Q1, Q2, Q3 eller Q4.")]
Source = Annotated[str, typer.Option("--source", metavar="KÄLLA", help="Varifrån uppgiften kommer.")]
Why = Annotated[str, typer.Option("--why", metavar="SKÄL", help="Varför något som redan är noterat rättas.")]


@budget.command(epilog="Exempel: uppdrag budget show 2026")
@told
def show(
    context: typer.Context,
    year: Annotated[
        int | None, typer.Argument(metavar="ÅR", min=2000, max=2200, help="Budgetens år; utelämnat: i år.")
    ] = None,
    format: ShowOrSheet = ListFormat.table,
    output: SheetOutput = "",
) -> None:
    """Visa årets budget med utfall per kvartal, och regionernas resursbidrag: planerat, överenskommet och använt."""
    from uppdrag.cli import show as showing
    from uppdrag.service import budget_reading as reading
    from uppdrag.service import budget_rows as rows
    from workflow.calendar import local_date

    now = settings(context).now()
    shown = reading.shown(house(context), year or local_date(now).year)
    if format is ListFormat.xlsx:
        save_sheet(rows.book(shown, now=now), output, f"budget-{shown.year}.xlsx")
    elif format is ListFormat.json:
        showing.emit_one(rows.budget_row(shown))
    elif format is ListFormat.csv:
        showing.emit(Format.csv, rows.listed(shown))
    else:
        _tell(shown)


@budget.command("set", epilog="Exempel: uppdrag budget set 2026 exempel --dry-run")
@told
def set_(
    context: typer.Context,
    year: Year,
    file: Annotated[str, typer.Argument(metavar="FIL", help="CSV eller XLSX, eller exempel, som följer med.")],
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
) -> None:
    """Läs in årets budgetposter, alla på en gång, i hela kronor per kvartal.

    Kolumner: post, q1, q2, q3, q4 och, om summan ska kontrolleras, helår. Det som har fastställts gäller tills
    chefsgruppen fastställer ändringen (budget decide).
    """
    from uppdrag.service import budget as service
    from uppdrag.service import sources

    name, content = sources.budget(file)
    _noted(context, year, by, lambda desk: service.import_posts(desk, name, content), seen=seen, dry_run=dry_run)


@budget.command(epilog="Exempel: uppdrag budget decide 2026 --on 2025-12-12 --paragraph 45 --dnr RK2025-00123-1")
@told
def decide(
    context: typer.Context,
    year: Year,
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då chefsgruppen fastställde den.")],
    paragraph: Annotated[str, typer.Option("--paragraph", help="Chefsgruppens paragraf.")],
    dnr: Annotated[str, typer.Option("--dnr", help="Beslutets diarienummer.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
) -> None:
    """Registrera att chefsgruppen har fastställt budgeten så som posterna står."""
    from uppdrag.service import budget as service

    day = day_of(on)
    if day is None:
        complain(["--on: skriv dagen då budgeten fastställdes, ÅÅÅÅ-MM-DD."])
        raise typer.Exit(WRONG_USAGE)
    _noted(context, year, by, lambda desk: service.fix(desk, day, paragraph, dnr), seen=seen, dry_run=dry_run)


@budget.command(
    epilog='Exempel: uppdrag budget outcome 2026 --post "Exempel: följeforskning" --quarter Q1 --amount 71250 '
    '--source "Ekonomisystemet, Q1"'
)
@told
def outcome(
    context: typer.Context,
    year: Year,
    file: File = "",
    post: Annotated[str, typer.Option("--post", help="Budgetpostens namn.")] = "",
    quarter: Quarter = "",
    amount: Annotated[str, typer.Option("--amount", metavar="KRONOR", help="Utfallet i hela kronor.")] = "",
    source: Source = "",
    why: Why = "",
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Notera vad en post har kostat ett kvartal, eller läs in en fil med många.

    Kolumner i filen: post, kvartal, belopp, källa, skäl. Noteras något annat än förut är det en rättelse och kräver
    skälet; det som stod där finns kvar i loggen.
    """
    from uppdrag.service import budget as service
    from uppdrag.service import sources

    stated = {"post": post, "quarter": quarter, "amount": amount, "source": source}
    _either(file, stated)
    if file:
        name, content = sources.budget(file)
        _noted(context, year, by, lambda desk: service.import_outcome(desk, name, content, why=why), dry_run=dry_run)
    else:
        _noted(context, year, by, lambda desk: service.note_outcome(desk, {**stated, "why": why}), dry_run=dry_run)


@budget.command(epilog="Exempel: uppdrag budget contribution 2026 --region 03 --planned 0,5")
@told
def contribution(
    context: typer.Context,
    year: Year,
    file: File = "",
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Regionen.")] = "",
    planned: Annotated[str, typer.Option("--planned", metavar="ANTAL", help="Planerade heltidsresurser.")] = "",
    agreed: Annotated[
        str, typer.Option("--agreed", metavar="ANTAL", help="Överenskomna heltidsresurser; 0 tar bort.")
    ] = "",
    uppdrag: Annotated[str, typer.Option("--uppdrag", metavar="ID", help="Överenskommelsens uppdrag.")] = "",
    dnr: Annotated[str, typer.Option("--dnr", help="Överenskommelsens diarienummer.")] = "",
    first: Annotated[str, typer.Option("--from", metavar="DATUM", help="Från vilken dag den gäller.")] = "",
    last: Annotated[str, typer.Option("--until", metavar="DATUM", help="Till och med; utelämnat: tills vidare.")] = "",
    used: Annotated[str, typer.Option("--used", metavar="ANTAL", help="Använda heltidsresurser ett kvartal.")] = "",
    quarter: Quarter = "",
    total: Annotated[
        str, typer.Option("--total", metavar="ANTAL", help="Vad regionerna tillsammans ska bidra med.")
    ] = "",
    source: Source = "",
    why: Why = "",
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Notera regionernas resursbidrag: planerat, överenskommet och använt, i heltidsresurser som 0,5.

    En fil med många har kolumnerna region, planerat, överenskommet, uppdrag, diarienummer, från, till, kvartal, använt,
    källa, skäl. Vad regionerna ska bidra med tillsammans: --total 10 --source "Verksamhetsplan 2026, avsnitt 3".
    """
    from uppdrag.service import budget as service
    from uppdrag.service import sources

    stated = {
        "region": region, "planned": planned, "agreed": agreed, "uppdrag": uppdrag, "dnr": dnr, "first": first,
        "last": last, "used": used, "quarter": quarter,
    }  # fmt: skip
    _either(file or total, stated)
    if total:
        _noted(context, year, by, lambda desk: service.declare(desk, total, source), dry_run=dry_run)
    elif file:
        name, content = sources.budget(file)
        _noted(
            context, year, by, lambda desk: service.import_contributions(desk, name, content, why=why), dry_run=dry_run
        )
    else:
        cells = {**stated, "source": source, "why": why}
        _noted(context, year, by, lambda desk: service.note_contribution(desk, cells), dry_run=dry_run)


def _either(whole: str, stated: dict[str, str]) -> None:
    """Ends with status 2 where both a file (or the total) and one thing are stated."""
    if whole and any(stated.values()):
        complain(["Ange antingen en fil, vad som gäller en post eller region, eller --total. Inte flera på en gång."])
        raise typer.Exit(WRONG_USAGE)


def _noted(
    context: typer.Context, year: int, by: str, note: "Callable[[Desk], Noted]", *, seen: int | None = None,
    dry_run: bool,
) -> None:  # fmt: skip
    from uppdrag import words
    from uppdrag.service import queries
    from uppdrag.service.budget import Desk
    from uppdrag.words.budget import happened

    place = house(context)
    actor, now = actor_of("kansli", by), settings(context).now()
    done = note(Desk(house=place, year=year, actor=actor, now=now, expected=seen, dry_run=dry_run))
    if not done.events:
        typer.echo(f"Så var det redan. Budget {year}, version {done.after.version}.")
        return
    if dry_run:
        typer.echo("Det här skulle hända:")
    regions = {r.lanskod: r for r in queries.regions(place)}
    for event in done.events:
        said = happened(event, regions)
        typer.echo(f"{said[:1].upper()}{said[1:]}.")
    for warning in done.warnings:
        complain([f"Att kontrollera: {words.sentence(warning)}"])
    if done.unchanged:
        typer.echo(f"Stod redan så: {done.unchanged}.")
    if not dry_run:
        typer.echo(f"Budget {year}, version {done.after.version}.")


def _tell(shown: "Shown") -> None:
    from uppdrag import words as sentences
    from uppdrag.cli import show as showing
    from uppdrag.service.budget_rows import agreements
    from uppdrag.words import budget as words
    from workflow.budget import QUARTERS

    typer.echo(words.standing(shown.budget, shown.whole))
    if shown.budget.proposed and shown.budget.in_force:
        typer.echo("Ett förslag till ändring är inläst men inte fastställt.")
    quarters = tuple(f"Q{q}" for q in QUARTERS)
    if shown.lines:
        typer.echo(f"{words.spent(shown.whole, shown.lines)}\n")
        rows = []
        for line in (*shown.lines, shown.whole):
            each = zip(line.planned, line.outcome, strict=True)
            cells = (f"{words.number(b)}\n{words.number(o)}" for b, o in each)
            rows.append((f"{line.name}\n  utfall", *cells, f"{words.number(line.budget)}\n{words.number(line.noted)}",
                         words.number(line.left)))  # fmt: skip
        showing.table(("Post", *quarters, "Helår", "Kvar"), rows, wide=(0,))
        typer.echo("")
    typer.echo(words.agreed(shown.budget, shown.together))
    if shown.contributions:
        typer.echo("")
        given = [
            (shown.name(c.region), words.extent(c.planned), words.extent(c.agreed), *map(words.extent, c.used),
             "; ".join(agreements(shown, c)) or "–")
            for c in shown.contributions
        ]  # fmt: skip
        whole = shown.together
        given.append((words.ALL_REGIONS, words.extent(whole.planned), words.extent(whole.agreed),
                      *map(words.extent, whole.used), ""))  # fmt: skip
        headings = ("Region", "Planerat", "Överenskommet", *(f"Använt {q}" for q in quarters), "Överenskommelse")
        showing.table(headings, given, wide=(7,))
    for warning in shown.warnings:
        complain([f"Att kontrollera: {sentences.sentence(warning)}"])
