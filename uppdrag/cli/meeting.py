"""meeting: plan, list, arrange: chefsgruppens möte. The calendars of all bodies are `meetings`."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Show, actor_of, day_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from uppdrag.service.chefsgrupp import Held
    from workflow.meeting import Arrangement

meeting = typer.Typer(
    cls=Group,
    help="Chefsgruppens möte: från årets dagar till justerat protokoll. Alla organs kalendrar: uppdrag meetings.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Day = Annotated[str, typer.Argument(metavar="DATUM", help="Mötets dag, ÅÅÅÅ-MM-DD.")]
Seen = Annotated[
    int | None,
    typer.Option("--seen", metavar="VERSION", help="Versionen du såg. Har någon ändrat sedan dess sparas inget."),
]
Place = Annotated[str, typer.Option("--place", metavar="PLATS", help="Var mötet hålls.")]
Link = Annotated[str, typer.Option("--link", metavar="LÄNK", help="Länk till det digitala mötet.")]
Starts = Annotated[str, typer.Option("--starts", metavar="KLOCKSLAG", help="När mötet börjar, till exempel 09.00.")]
Ends = Annotated[str, typer.Option("--ends", metavar="KLOCKSLAG", help="När mötet slutar, till exempel 12.00.")]


@meeting.command(epilog="Exempel: uppdrag meeting plan 2027 --place Uppsala --dry-run")
@told
def plan(
    context: typer.Context,
    year: Annotated[int, typer.Argument(metavar="ÅR", min=2000, max=2200, help="Året.")],
    days: Annotated[
        list[str] | None, typer.Argument(metavar="[DATUM]...", help="Årets dagar; utelämnade: enligt rytmen.")
    ] = None,
    place: Place = "",
    link: Link = "",
    starts: Starts = "",
    ends: Ends = "",
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Planera årets möten på en gång, från en lista med dagar eller enligt rytmen.

    Handlingsstopp, kallelse och justering räknas ut. Ett möte som redan finns står kvar som det är.
    """
    from uppdrag import words
    from uppdrag.service import chefsgrupp

    chosen = [day for text in days or () if (day := day_of(text, "DATUM"))]
    done = chefsgrupp.plan_year(
        house(context), year, chosen, _where(place, link, starts, ends), actor=actor_of("kansli", by),
        now=settings(context).now(), dry_run=dry_run,
    )  # fmt: skip
    lead = "Det här skulle hända" if done.dry_run else "Möten"
    counts = ((len(done.new), "nya"), (len(done.kept), "fanns redan"), (len(done.displaced), "exempel utgår"))
    typer.echo(f"{lead}: {', '.join(f'{n} {word}' for n, word in counts if n) or 'inget'}.")
    for m in done.new:
        typer.echo(f"  {m.first}, handlingar senast {m.papers_by}, kallelse {m.published_on}")
    if done.moved:
        typer.echo(f"{len(done.moved)} påminnelser går en annan morgon: uppdrag remind --dry-run")
    for warning in done.warnings:
        complain([f"Att kontrollera: {words.sentence(warning)}"])


@meeting.command("list", epilog="Exempel: uppdrag meeting list --year 2026")
@told
def list_(
    context: typer.Context,
    year: Annotated[int, typer.Option("--year", metavar="ÅR", help="Bara detta år.")] = 0,
    format: Show = Format.table,
) -> None:
    """Visa chefsgruppens möten och beslut per capsulam.

    Var, när handlingar och kallelse ska ut, justering, och hur långt mötet har kommit.
    """
    from uppdrag.cli import show
    from uppdrag.service import chefsgrupp
    from uppdrag.service.chefsgrupp_rows import meeting_row
    from uppdrag.words.chefsgrupp import status

    found = chefsgrupp.listed(house(context), year=year)
    if format is not Format.table:
        show.emit(format, [meeting_row(h) for h in found])
        return
    if not found:
        typer.echo("Inga möten. Planera årets möten: uppdrag meeting plan ÅR")
        return
    show.table(
        ("Möte", "Var", "Handlingar senast", "Kallelse", "Justering", "Läge"),
        [
            (f"{h.date.first} {h.meeting.arrangement.starts}".strip(), _place(h), _or_dash(h.date.papers_by),
             _or_dash(h.date.published_on), _or_dash(h.meeting.arrangement.adjust_by),
             f"{status(h.meeting)}{' (exempel)' if h.date.example else ''}")
            for h in found
        ],
    )  # fmt: skip
    if held := [h for h in found if not h.meeting.circulation]:
        _who(held[-1])


@meeting.command(epilog="Exempel: uppdrag meeting todo")
@told
def todo(context: typer.Context) -> None:
    """Visa vad mötena kräver i dag: handlingar, kallelse, protokoll som saknas, justering."""
    from uppdrag.service import chefsgrupp
    from uppdrag.words.chefsgrupp import HANDS, duty
    from workflow.calendar import local_date

    today = local_date(settings(context).now())
    found = chefsgrupp.due(house(context), today)
    for one in found:
        typer.echo(f"{duty(one, today)} {HANDS[one.what]} {one.meeting}")
    if not found:
        typer.echo("Mötena kräver inget i dag.")


@meeting.command(epilog="Exempel: uppdrag meeting arrange 2026-04-24 --place Uppsala --starts 09.00")
@told
def arrange(
    context: typer.Context,
    day: Day,
    place: Place = "",
    link: Link = "",
    starts: Starts = "",
    ends: Ends = "",
    adjust_by: Annotated[str, typer.Option("--adjust-by", metavar="DATUM", help="När protokollet ska justeras.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
) -> None:
    """Ange var och när ett möte hålls. Det som utelämnas står kvar."""
    from uppdrag.service import chefsgrupp
    from uppdrag.words.summons import not_told

    where = _where(place, link, starts, ends, day_of(adjust_by, "--adjust-by"))
    after = chefsgrupp.arrange(
        house(context), meeting_day(day), where, actor=actor_of("kansli", by), now=settings(context).now(),
        expected=seen,
    )  # fmt: skip
    at = after.arrangement
    times = "–".join(filter(None, (at.starts, at.ends)))
    typer.echo(f"Mötet {after.day}: {', '.join(filter(None, (times, at.place, at.link))) or 'uppgift saknas'}.")
    if told := not_told(after):
        typer.echo(told)


def meeting_day(text: str) -> "date":
    """The day of a meeting as it was typed; ends with status 2 where it is none."""
    from uppdrag.cli.app import WRONG_USAGE

    day = day_of(text, "DATUM")
    if day is None:
        complain(["Ange mötets dag, ÅÅÅÅ-MM-DD."])
        raise typer.Exit(WRONG_USAGE)
    return day


def _where(place: str, link: str, starts: str, ends: str, adjust_by: "date | None" = None) -> "Arrangement":
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_text, clean_time
    from workflow.meeting import Arrangement

    cleaned, wrong = [], []
    asked = (("Plats", place, clean_text), ("Länk", link, clean_text), ("Börjar", starts, clean_time),
             ("Slutar", ends, clean_time))  # fmt: skip
    for label, value, clean in asked:
        try:
            cleaned.append(clean(value) if value else "")
        except BadFact as bad:
            wrong.append(Refusal.of(bad.code, label=label, value=value[:80], expected=bad.expected))
    if wrong:
        raise Refused(wrong)
    return Arrangement(place=cleaned[0], link=cleaned[1], starts=cleaned[2], ends=cleaned[3], adjust_by=adjust_by)


def _place(held: "Held") -> str:
    if held.meeting.circulation:
        return "per capsulam"
    at = held.meeting.arrangement
    return ", ".join(filter(None, (at.place, at.link))) or "uppgift saknas"


def _or_dash(day: "date | None") -> str:
    return day.isoformat() if day else "–"


def _who(held: "Held") -> None:
    who = held.attendance
    parts: Sequence[tuple[str, int]] = (
        ("ledamöter", len(who.members)), ("ersättare", len(who.substitutes)), ("adjungerade", len(who.adjungerade)),
    )  # fmt: skip
    chair = f" Ordförande: {who.chair[0].name}." if who.chair else " Ordförande: uppgift saknas."
    typer.echo(f"\nChefsgruppen {held.date.first}: {', '.join(f'{n} {word}' for word, n in parts)}.{chair}")


app.add_typer(meeting, name="meeting")
