"""decide: what a region has decided, one decision or a file of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.doing import By, DryRun, Key, On, Role, Show, actor_of, day_of
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.house import House
    from workflow.model import Actor


@app.command(
    epilog="Exempel: uppdrag decide U2026-01 17 antagen --as region --by Bo --body RF --on 2026-06-09 --paragraph 88"
)
@told
def decide(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="Uppdragets nummer; utelämnas med --file.")] = "",
    region: Annotated[str, typer.Argument(metavar="REGION", help="Länskod, till exempel 01.")] = "",
    outcome: Annotated[
        str, typer.Argument(metavar="UTFALL", help="antagen, antagen_med_anpassning, avslagen ...")
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option("--file", help="Många beslut på en gång, ur en CSV- eller XLSX-fil.", exists=True, dir_okay=False),
    ] = None,
    role: Role = "",
    by: By = "",
    body: Annotated[str, typer.Option("--body", help="Beslutsinstans: RF, RS, nämnd, regiondirektör ...")] = "",
    on: On = "",
    paragraph: Annotated[str, typer.Option("--paragraph", help="Paragraf i protokollet.")] = "",
    dnr: Annotated[str, typer.Option("--dnr", help="Regionens diarienummer.")] = "",
    adaptation: Annotated[str, typer.Option("--adaptation", help="Vad anpassningen består i.")] = "",
    note: Annotated[str, typer.Option("--note", help="Notering.")] = "",
    source: Annotated[
        str, typer.Option("--source", help="Källa: muntlig, epost, publicerat_protokoll, protokollsutdrag.")
    ] = "",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Förslagets version; utelämnad: den som regionen fick.")
    ] = None,
    more: Annotated[bool, typer.Option("--more-to-come", help="Regionen har fler beslut kvar att fatta.")] = False,
    kind: Annotated[str, typer.Option("--kind", help="Slag: beslut, delegationsbeslut, verkstallighet.")] = "beslut",
    link: Annotated[
        list[str] | None,
        typer.Option("--link", metavar="LED", help="Ett förslag före beslutet, till exempel AU:2026-03-10:45."),
    ] = None,
    justerat: Annotated[str, typer.Option("--justerat", metavar="DATUM", help="Dagen då paragrafen justerades.")] = "",
    tillkannagivet: Annotated[
        str, typer.Option("--tillkannagivet", metavar="DATUM", help="Dagen då justeringen tillkännagavs.")
    ] = "",
    delegationspunkt: Annotated[str, typer.Option("--delegationspunkt", help="Punkt i delegationsordningen.")] = "",
    reported_to: Annotated[str, typer.Option("--reported-to", help="Till vem ett delegationsbeslut anmäldes.")] = "",
    reported_on: Annotated[str, typer.Option("--reported-on", metavar="DATUM", help="Dagen då det anmäldes.")] = "",
    missing: Annotated[
        str, typer.Option("--missing", help="Vad kansliet ska komplettera efter återremiss eller bordläggning.")
    ] = "",
    task_owner: Annotated[
        str, typer.Option("--task-owner", help="Vem som kompletterar; utelämnat: uppdragets ansvariga.")
    ] = "",
    task_due: Annotated[str, typer.Option("--task-due", metavar="DATUM", help="Komplettera senast.")] = "",
    key: Key = "",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Registrera en regions beslut.

    Med --file registreras många beslut på en gång, alla eller inga.
    """
    from uppdrag.cli import telling
    from uppdrag.service import commands
    from workflow.commands import Decide

    if bool(file) == bool(id) or (id and not (region and outcome)):
        complain(["Ange ID, REGION och UTFALL, eller --file med en CSV- eller XLSX-fil."])
        raise typer.Exit(WRONG_USAGE)
    if file is None and not (role and by):
        complain(["Ange --as (rollen) och --by (vem som registrerar)."])
        raise typer.Exit(WRONG_USAGE)
    place = house(context)
    if file is not None:
        _decide_file(context, place, file, actor_of(role or "kansli", by or "kansliet"), key, dry_run, format)
        return
    command = Decide(
        actor=actor_of(role, by), on=day_of(on), region=region, outcome=outcome, body=body, paragraph=paragraph,
        dnr=dnr, adaptation=adaptation, note=note, source=source, proposal_version=version, complete=not more,
        kind=kind, links=";".join(link or ()), justerat=day_of(justerat, "--justerat"),
        tillkannagivet=day_of(tillkannagivet, "--tillkannagivet"), delegationspunkt=delegationspunkt,
        reported_to=reported_to, reported_on=day_of(reported_on, "--reported-on"), missing=missing,
        task_owner=task_owner, task_due=day_of(task_due, "--task-due"),
    )  # fmt: skip
    answer = commands.handle(place, id, command, now=settings(context).now(), key=key, dry_run=dry_run)
    telling.answers(place, [answer], format)


def _decide_file(
    context: typer.Context, place: "House", file: Path, actor: "Actor", key: str, dry_run: bool, format: Format
) -> None:
    from uppdrag import words
    from uppdrag.cli import telling
    from uppdrag.service import batch

    with typer.progressbar(length=1, label="Registrerar", file=typer.get_text_stream("stderr")) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        answers = batch.decide_file(
            place, str(file), file.read_bytes(), actor=actor, key=key, now=settings(context).now(), dry_run=dry_run,
            progress=progress,
        )  # fmt: skip
    if format is not Format.table:
        telling.answers(place, answers, format)
        return
    repeated = sum(a.repeated for a in answers)
    closed = sorted({a.uppdrag for a in answers if not a.repeated and len(a.events) > 1})
    typer.echo(f"{len(answers) - repeated} beslut {'skulle registreras' if dry_run else 'registrerade'}.")
    if repeated:
        typer.echo(f"{repeated} var redan registrerade med samma nyckel.")
    if closed:
        typer.echo(f"Därmed ändrades läget för: {', '.join(closed)}.")
    for a in answers:
        complain([f"Att kontrollera: {a.uppdrag} {a.events[0].region}: {words.sentence(w)}" for w in a.warnings])
