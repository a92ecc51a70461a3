"""meetings: import, list, export, rule: when the regions' bodies and chefsgruppen meet, and when papers must be in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Show, actor_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from uppdrag.service.clockwork import Moved
    from uppdrag.service.meetings import Known, MeetingsReport, Wanted
    from workflow.model import Region
    from workflow.sammantraden import PapersRule, Sammantrade

meetings = typer.Typer(
    cls=Group,
    help="Sammanträden: när regionernas organ och chefsgruppen möts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
OfRegion = Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Bara denna region; - är chefsgruppen.")]
OfBody = Annotated[str, typer.Option("--body", metavar="ORGAN", help="Bara detta organ: AU, RS, RF eller en nämnd.")]
From = Annotated[str, typer.Option("--from", metavar="DATUM", help="Från och med, ÅÅÅÅ-MM-DD.")]
To = Annotated[str, typer.Option("--to", metavar="DATUM", help="Till och med, ÅÅÅÅ-MM-DD.")]
_LABELS = {
    "last": "sista dag", "papers_by": "handlingsstopp", "published_on": "kallelse", "period": "mandatperiod",
    "source": "källa", "example": "exempel",
}  # fmt: skip
SHOWN = 20
"""How many meetings of each kind a report names; the number of the others is told."""


@meetings.command("import", epilog="Exempel: uppdrag meetings import exempel --dry-run")
@told
def import_meetings(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FIL", help="CSV, XLSX eller iCalendar (.ics), eller exempel: kalendern som följer med."
        ),
    ],
    region: Annotated[
        str, typer.Option("--region", metavar="LÄNSKOD", help="Vems sammanträden en .ics-fil innehåller.")
    ] = "",
    body: Annotated[
        str, typer.Option("--body", metavar="ORGAN", help="Vilket organs sammanträden en .ics-fil innehåller.")
    ] = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Filen är hela sanningen om sina organ och år: det som inte står där ställs in."
        ),
    ] = False,
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Läs in sammanträden. Allt eller inget; skillnaden visas.

    Kolumner: länskod, organ, datum, sista dag, handlingsstopp, regel för handlingsstopp, regel enligt, kallelse,
    mandatperiod, källa, exempel, inställt. De tre första måste finnas.
    """
    from uppdrag.service import meetings as service
    from uppdrag.service import sources

    name, content = sources.meetings(file)
    report = service.import_meetings(
        house(context), name, content, actor=actor_of("kansli", by), now=settings(context).now(), region=region,
        body=body, whole=replace, dry_run=dry_run,
    )  # fmt: skip
    _report(report, _regions(context))


@meetings.command("list", epilog="Exempel: uppdrag meetings list --region 03 --body RF --from 2026-03-27")
@told
def list_(
    context: typer.Context,
    region: OfRegion = "",
    body: OfBody = "",
    first: From = "",
    last: To = "",
    format: Show = Format.table,
) -> None:
    """Visa sammanträden och deras handlingsstopp."""
    from uppdrag.cli import show
    from uppdrag.service import meetings as service
    from uppdrag.service.region_rows import meeting_row

    found = service.listed(house(context), _wanted(region, body, first, last))
    if format is not Format.table:
        show.emit(format, [meeting_row(k) for k in found])
        return
    if not found:
        typer.echo("Inga sammanträden. Läs in dem: uppdrag meetings import FIL")
        return
    regions = _regions(context)
    show.table(
        ("Sammanträde", "Vilka", "Handlingsstopp", "Kallelse", "Period", "Att veta"),
        [
            (_days(k.meeting), _whose(k.meeting, regions), _papers(k), _day(k.meeting.published_on) or "–",
             k.meeting.period or "–", "exempel" if k.meeting.example else "")
            for k in found
        ],
    )  # fmt: skip


@meetings.command(epilog="Exempel: uppdrag meetings export sammantraden.ics --region 03")
@told
def export(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FIL", help="Filen att skriva; namnet slutar på .csv, .xlsx eller .ics.")
    ],
    region: OfRegion = "",
    body: OfBody = "",
    first: From = "",
    last: To = "",
) -> None:
    """Skriv sammanträden till en fil: kalkylblad, eller en kalender att prenumerera på."""
    from uppdrag.service import meetings as service

    wanted = _wanted(region, body, first, last)
    content, count = service.export(house(context), str(file), wanted, now=settings(context).now())
    try:
        file.write_bytes(content)
    except OSError as wrong:
        complain([f"{file} går inte att skriva ({wrong.strerror})."])
        raise typer.Exit(REFUSED) from None
    typer.echo(f"{_count(count)} skrivna till {file}.")


@meetings.command(
    epilog='Exempel: uppdrag meetings rule 03 AU "tio arbetsdagar före AU" --by "Nämndsekreteraren i Uppsala"'
)
@told
def rule(
    context: typer.Context,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Länskod, till exempel 03.")],
    body: Annotated[str, typer.Argument(metavar="ORGAN", help="Det organ som handlingarna ska till: AU, RS, RF ...")],
    words: Annotated[str, typer.Argument(metavar="REGEL", help='"tio arbetsdagar före AU"; "" tar bort regeln.')],
    said_by: Annotated[str, typer.Option("--by", metavar="VEM", help="Vem som har uppgett regeln.")],
    dry_run: DryRun = False,
) -> None:
    """Ange handlingsstopp som en regel.

    Regeln gäller de sammanträden som inte har ett eget handlingsstopp.
    """
    from uppdrag.service import meetings as service
    from uppdrag.words.meetings import whose

    actor = actor_of("kansli", said_by)
    done = service.set_rule(
        house(context), region, body, words, by=actor.name, actor=actor, now=settings(context).now(), dry_run=dry_run
    )
    before, after = done.before, done.after
    if before == after:
        typer.echo("Så var det redan.")
        return
    lead = "Det här skulle hända: " if dry_run else ""
    named = after or before
    if named is not None:
        typer.echo(f"{lead}{whose(named.region, named.body, _regions(context))}: {_told(before, after)}")
    _moved(done.moved, _regions(context))


def _report(report: "MeetingsReport", regions: "Mapping[str, Region]") -> None:
    from uppdrag import words

    parts = (
        ("nya", len(report.new)), ("ändrade", len(report.changed)), ("ställs in", len(report.cancelled)),
        ("exempel utgår", len(report.displaced)), ("oförändrade", report.unchanged),
    )  # fmt: skip
    lead = "Det här skulle hända" if report.dry_run else "Sammanträden"
    typer.echo(f"{lead}: {', '.join(f'{count} {word}' for word, count in parts if count) or 'inget'}.")
    _each("nytt", [f"{_whose(m, regions)} {_days(m)}" for m in report.new])
    _each("ändrat", [f"{_whose(a, regions)} {_days(a)}: {_difference(b, a)}" for b, a in report.changed])
    _each("ställs in", [f"{_whose(m, regions)} {_days(m)}" for m in report.cancelled])
    _each("regel", [_rule_line(before, after, regions) for before, after in report.rules])
    _moved(report.moved, regions)
    for number, warning in report.warnings:
        complain([f"Att kontrollera: {report.file}:{number}: {words.sentence(warning)}"])
    if report.left_out:
        complain([f"{len(report.left_out)} exempel lästes inte in: det finns riktiga datum för samma organ och år."])
    if report.absent:
        stay = f"{len(report.absent)} av samma organ och år står inte i filen och ligger kvar."
        complain([f"{stay} Är filen fullständig: ange --replace."])


def _moved(moved: "Sequence[Moved]", regions: "Mapping[str, Region]") -> None:
    from uppdrag import words
    from workflow.calendar import local_date

    lines = []
    for m in sorted(moved, key=lambda m: (m.uppdrag, m.region)):
        whose = f" {words.region(regions, m.region)}" if m.region in regions else ""
        after = local_date(m.after).isoformat() if m.after else "ingen fler"
        lines.append(f"{m.uppdrag}{whose}, nästa påminnelse: {local_date(m.before).isoformat()} → {after}")
    _each("flyttas", lines)


def _each(lead: str, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        typer.echo(f"  {lead}: {line}")
    if len(lines) > SHOWN:
        typer.echo(f"  {lead}: och {len(lines) - SHOWN} till")


def _difference(before: "Sammantrade", after: "Sammantrade") -> str:
    from uppdrag import words

    changed = {label: name for name, label in _LABELS.items() if getattr(before, name) != getattr(after, name)}
    was, now = ({label: _text(getattr(m, name)) for label, name in changed.items()} for m in (before, after))
    return words.differences(was, now)


def _rule_line(before: "PapersRule | None", after: "PapersRule | None", regions: "Mapping[str, Region]") -> str:
    from uppdrag.words.meetings import whose

    named = after or before
    return f"{whose(named.region, named.body, regions)}: {_told(before, after)}" if named else ""


def _told(before: "PapersRule | None", after: "PapersRule | None") -> str:
    from uppdrag.words.meetings import papers_rule

    if after is None:
        return "ingen regel om handlingsstopp längre."
    told = f"handlingsstopp {papers_rule(after.working_days, after.before)}, enligt {after.stated_by or 'okänd'}"
    return f"{told} (förut {papers_rule(before.working_days, before.before)})." if before else f"{told}."


def _papers(k: "Known") -> str:
    from uppdrag.words.meetings import papers_rule

    if k.rule is not None:
        rule = papers_rule(k.rule.working_days, k.rule.before)
        return f"{_day(k.papers_by)} ({rule})" if k.papers_by else f"uppgift saknas ({rule})"
    return _day(k.papers_by) or "uppgift saknas"


def _wanted(region: str, body: str, first: str, last: str) -> "Wanted":
    from uppdrag.service.meetings import Wanted

    return Wanted(region=region, body=body, first=_typed("--from", first), last=_typed("--to", last))


def _typed(option: str, text: str) -> "date | None":
    from workflow.facts import BadFact, clean_date

    try:
        return clean_date(text) if text else None
    except BadFact:
        complain([f'{option}: "{text}" är inte ett datum. Skriv ÅÅÅÅ-MM-DD.'])
        raise typer.Exit(WRONG_USAGE) from None


def _whose(m: "Sammantrade", regions: "Mapping[str, Region]") -> str:
    from uppdrag.words.meetings import whose

    return whose(m.region, m.body, regions)


def _regions(context: typer.Context) -> "dict[str, Region]":
    from uppdrag.service import queries

    return {r.lanskod: r for r in queries.regions(house(context))}


def _count(count: int) -> str:
    return f"{count} sammanträde{'n' if count != 1 else ''}"


def _days(m: "Sammantrade") -> str:
    return f"{m.first}" if m.first == m.last else f"{m.first}–{m.last}"


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _text(value: Any) -> str:
    return ("ja" if value else "nej") if isinstance(value, bool) else "" if value is None else str(value)


app.add_typer(meetings, name="meetings")
