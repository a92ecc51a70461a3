"""people: import, list, replace, vacant, correct: who holds which office, and where mail to it goes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uppdrag.cli.app import Group, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Show, actor_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.people import PeopleReport, Replacement
    from workflow.model import Region
    from workflow.people import Holder

people = typer.Typer(
    cls=Group, help="Befattningshavare: vem som har vilken befattning.", no_args_is_help=True, rich_markup_mode=None
)
Office = Annotated[str, typer.Argument(metavar="BEFATTNING", help="Till exempel registrator, hsd eller kansli.")]
OfRegion = Annotated[str, typer.Argument(metavar="[REGION]", help="Länskod; utelämnas för nationella befattningar.")]
From = Annotated[str, typer.Option("--from", metavar="DATUM", help="Första dagen, ÅÅÅÅ-MM-DD.")]
Who = Annotated[str, typer.Option("--who", metavar="VEM", help="Vem som slutar, om flera har befattningen.")]


@people.command("import", epilog="Exempel: uppdrag people import exempel --dry-run")
@told
def import_people(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FIL", help="CSV eller XLSX, eller namnet på en lista som följer med.")
    ],
    complete: Annotated[
        bool, typer.Option("--complete", help="Filen är fullständig: den som inte står där slutar i går.")
    ] = False,
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Läs in befattningshavare. Allt eller inget; skillnaden visas.

    Kolumner: befattning, region, namn, e-post, form (ordinarie, tf, ersättare), delad brevlåda, vakant, från, till.
    """
    from uppdrag.service import people as service
    from uppdrag.service import sources

    chosen = settings(context)
    name, content = sources.people(file)
    place = house(context)
    report = service.import_people(
        place, name, content, actor=actor_of("kansli", by), now=chosen.now(), dry_run=dry_run, complete=complete
    )
    _report(report, _regions(context))


@people.command("list", epilog="Exempel: uppdrag people list --region 03")
@told
def list_(
    context: typer.Context,
    region: Annotated[str, typer.Option("--region", metavar="LÄNSKOD", help="Bara denna region.")] = "",
    ended: Annotated[bool, typer.Option("--ended", help="Även de som har slutat.")] = False,
    format: Show = Format.table,
) -> None:
    """Visa befattningshavarna."""
    from uppdrag.cli import show
    from uppdrag.service import people as service

    found = service.listed(house(context), now=settings(context).now(), region=region, ended=ended)
    if format is not Format.table:
        show.emit(format, [_row(h) for h in found])
        return
    if not found:
        typer.echo("Inga befattningshavare. Läs in dem: uppdrag people import FIL")
        return
    regions = _regions(context)
    show.table(
        ("Befattning", "Namn", "E-post", "Från", "Till", "Att veta"),
        [
            (_office(h, regions), h.name or ("vakant" if h.vacant else "–"), h.email or "saknas", _day(h.first),
             _day(h.last), _noted(h))
            for h in found
        ],
    )  # fmt: skip


@people.command(
    epilog='Exempel: uppdrag people replace regiondirektör 03 --name "Eva Alm" --email eva.alm@region-uppsala.example '
    "--from 2026-04-01"
)
@told
def replace(
    context: typer.Context,
    office: Office,
    first: From,
    region: OfRegion = "",
    name: Annotated[str, typer.Option("--name", help="Efterträdarens namn.")] = "",
    email: Annotated[str, typer.Option("--email", help="Efterträdarens e-postadress.")] = "",
    capacity: Annotated[str, typer.Option("--as-capacity", help="ordinarie, tf eller ersättare.")] = "ordinarie",
    shared: Annotated[bool, typer.Option("--shared", help="Adressen är en delad brevlåda.")] = False,
    last: Annotated[str, typer.Option("--until", metavar="DATUM", help="Sista dagen, om den är känd.")] = "",
    who: Who = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Den som har befattningen står kvar, till exempel under en ledighet.")
    ] = False,
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Låt en efterträdare ta över.

    Den förra slutar dagen före. Efterträdaren tar över det som är öppet och får en introduktion.
    """
    stated = {
        "office": office, "region": region, "name": name, "email": email, "capacity": capacity,
        "shared": "ja" if shared else "", "first": first, "last": last,
    }  # fmt: skip
    _replace(context, stated, by, who=who, keep=keep, dry_run=dry_run)


@people.command(epilog="Exempel: uppdrag people vacant hsd 03 --from 2026-04-01 --email kansli@region-uppsala.example")
@told
def vacant(
    context: typer.Context,
    office: Office,
    first: From,
    region: OfRegion = "",
    email: Annotated[str, typer.Option("--email", help="Den som bevakar befattningen så länge.")] = "",
    who: Who = "",
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Notera att en befattning är vakant."""
    stated = {"office": office, "region": region, "email": email, "vacant": "ja", "first": first}
    _replace(context, stated, by, who=who, keep=False, dry_run=dry_run)


@people.command(
    epilog="Exempel: uppdrag people correct person:03:registrator:1 --email diariet@region-uppsala.example --dry-run"
)
@told
def correct(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="VEM", help="Beteckningen, ur uppdrag people list --format json.")],
    name: Annotated[str | None, typer.Option("--name", help="Namnet som ska stå.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="E-postadressen som ska stå.")] = None,
    shared: Annotated[bool | None, typer.Option("--shared/--own", help="Adressen är en delad brevlåda.")] = None,
    last: Annotated[str | None, typer.Option("--until", metavar="DATUM", help="Sista dagen.")] = None,
    by: By = "kansliet",
    dry_run: DryRun = False,
) -> None:
    """Rätta namn, adress eller sista dag. Mejl som inte har kommit fram skrivs på nytt."""
    from uppdrag import words
    from uppdrag.service import people as service
    from workflow.appointments import CHANGEABLE, called, in_words

    given = {"name": name, "email": email, "last": last, "shared": shared if shared is None else _yes(shared)}
    stated = {column: value for column, value in given.items() if value is not None}
    done = service.change(
        house(context), id, stated, actor=actor_of("kansli", by), now=settings(context).now(), dry_run=dry_run
    )
    told = words.differences(in_words(done.before, CHANGEABLE), in_words(done.after, CHANGEABLE))
    if not told:
        typer.echo(f"Så var det redan: {_office(done.after, _regions(context))} är {called(done.after)}.")
        return
    if dry_run:
        typer.echo("Det här skulle hända:")
    typer.echo(f"{_office(done.before, _regions(context))}, {called(done.before)}: {told}")
    _rewritten(done.rewritten)


def _yes(said: bool) -> str:
    return "ja" if said else "nej"


def _replace(
    context: typer.Context, stated: Mapping[str, str], by: str, *, who: str, keep: bool, dry_run: bool
) -> None:
    from uppdrag.service import people as service

    done = service.replace(
        house(context), stated, actor=actor_of("kansli", by), now=settings(context).now(), who=who, keep=keep,
        dry_run=dry_run,
    )  # fmt: skip
    _tell(done, _regions(context), dry_run)


def _tell(done: "Replacement", regions: "Mapping[str, Region]", dry_run: bool) -> None:
    from workflow.appointments import called

    who = done.successor
    if done.repeated:
        typer.echo(f"Så var det redan: {_office(who, regions)} är {called(who)} från {who.first}.")
        return
    if dry_run:
        typer.echo("Det här skulle hända:")
    for h in done.ended:
        typer.echo(f"{called(h)} slutar {h.last}.")
    typer.echo(f"{_office(who, regions)}: {called(who)} från {who.first}.")
    if done.open:
        typer.echo(f"Öppet i regionen: {', '.join(done.open)}.")
    _rewritten(done.rewritten)
    if done.introduced:
        typer.echo("En introduktion skickas till efterträdaren.")
    elif not who.email:
        complain(["Ingen e-postadress är känd. Post till befattningen når ingen."])


def _report(report: "PeopleReport", regions: "Mapping[str, Region]") -> None:
    from uppdrag import words
    from workflow.appointments import CHANGEABLE, called, in_words

    parts = (("nya", len(report.new)), ("ändrade", len(report.changed)), ("slutar", len(report.ended)),
             ("oförändrade", len(report.unchanged)))  # fmt: skip
    lead = "Det här skulle hända" if report.dry_run else "Befattningshavare"
    typer.echo(f"{lead}: {', '.join(f'{count} {word}' for word, count in parts if count)}.")
    for h in report.new:
        typer.echo(f"  ny: {_office(h, regions)}: {called(h)}{f', {h.email}' if h.name and h.email else ''}")
    for before, after in report.changed:
        told = words.differences(in_words(before, CHANGEABLE), in_words(after, CHANGEABLE))
        typer.echo(f"  ändrad: {_office(before, regions)}, {called(before)}: {told}")
    for h in report.ended:
        typer.echo(f"  slutar {h.last}: {_office(h, regions)}: {called(h)}")
    _rewritten(report.rewritten)
    for warning in report.warnings:
        complain([f"Att kontrollera: {words.sentence(warning)}"])
    if report.left_out:
        stay = f"{len(report.left_out)} står inte i filen och har kvar sin befattning."
        complain([f"{stay} Är filen fullständig: ange --complete."])


def _rewritten(mails: int) -> None:
    if mails:
        typer.echo(f"{mails} mejl som inte har gått eller inte kommit fram skrivs på nytt, till rätt mottagare.")


def _regions(context: typer.Context) -> "dict[str, Region]":
    from uppdrag.service import queries

    return {r.lanskod: r for r in queries.regions(house(context))}


def _office(h: "Holder", regions: "Mapping[str, Region]") -> str:
    from uppdrag import words

    return words.office(h.office, h.region, regions)


def _noted(h: "Holder") -> str:
    capacity = {"ordinarie": "", "tf": "tf", "ersattare": "ersättare"}[h.capacity]
    noted: Sequence[str] = (
        capacity, "delad brevlåda" if h.shared else "", f"post kommer inte fram: {h.flagged}" if h.flagged else "",
    )  # fmt: skip
    return ", ".join(filter(None, noted))


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _row(h: "Holder") -> dict[str, Any]:
    return {
        "id": h.id, "office": h.office, "region": h.region or None, "name": h.name or None, "email": h.email or None,
        "capacity": h.capacity, "shared": h.shared, "vacant": h.vacant, "first": _day(h.first) or None,
        "last": _day(h.last) or None, "flagged": h.flagged or None,
    }  # fmt: skip


app.add_typer(people, name="people")
