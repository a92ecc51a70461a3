"""remind, simulate, clock, health: the reminders, and the service that sends them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from uppdrag.cli.app import REFUSED, WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.doing import Show, day_of
from uppdrag.cli.show import Format

Every = Annotated[
    float, typer.Option("--every", metavar="SEKUNDER", min=0.05, help="Hur ofta det som är dags söks upp.")
]
Metrics = Annotated[
    int, typer.Option("--metrics-port", min=0, max=65535, help="Visa mätvärden för Prometheus på denna port.")
]


@app.command(epilog="Exempel: uppdrag remind --dry-run --on 2026-08-05")
@told
def remind(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa vad som skulle skickas; inget skrivs.")] = False,
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen; utelämnad: i dag. Bara med --dry-run.")] = "",
    format: Show = Format.table,
) -> None:
    """Skriv påminnelser som det är dags för.

    Mejlen hamnar i utskickskön. Med --dry-run visas vad som skulle lämna en viss dag, till vem och varför den dagen.
    """
    from uppdrag.cli import foretelling, show
    from uppdrag.service import reminding
    from workflow.calendar import local_date

    chosen, day = settings(context), day_of(on)
    if on and not dry_run:
        complain(["--on hör till --dry-run: påminnelser skrivs bara för i dag."])
        raise typer.Exit(WRONG_USAGE)
    place, now = house(context), settings(context).now()
    if dry_run:
        rows = reminding.foreseen(place, day=day or local_date(now), now=now)
        if format is Format.table:
            foretelling.reminders_text(day or local_date(now), rows)
        else:
            show.emit(format, [foretelling.reminder_row(row) for row in rows])
        return
    written = reminding.run(place, chosen, now=now)
    typer.echo(f"{written.made} påminnelser blev {written.messages} mejl i kön.")
    for office, region in written.unreachable:
        complain([f"Ingen adress: {office} {region}. Lägg till befattningshavare med uppdrag people import."])


@app.command(epilog="Exempel: uppdrag simulate --from 2026-03-01 --to 2026-12-31 --output mejl/")
@told
def simulate(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="DATUM", help="Första dagen.")],
    last: Annotated[str, typer.Option("--to", metavar="DATUM", help="Sista dagen.")],
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="Vad regionerna gör och när, i YAML.", exists=True, dir_okay=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="KATALOG", help="Skriv varje mejl som en .eml-fil.")
    ] = None,
    format: Show = Format.table,
) -> None:
    """Spela upp en tid framåt på en kopia.

    Samma tjänst under en tänkt klocka: vilka mejl som skulle gå, till vem och när. Inget skickas, inget ändras.
    """
    from uppdrag.cli import foretelling, show
    from uppdrag.service import simulate as simulation
    from uppdrag.service import sources

    start, end = day_of(first), day_of(last)
    if start is None or end is None or end < start or (end - start).days > 3700:
        complain(["--from och --to: ange två dagar i ordning, högst tio år isär."])
        raise typer.Exit(WRONG_USAGE)
    source = sources.file(str(scenario)) if scenario else None
    with typer.progressbar(
        length=(end - start).days + 1, label="Simulerar", file=typer.get_text_stream("stderr")
    ) as bar:
        found = simulation.simulate(
            house(context), settings(context), first=start, last=end, scenario=source,
            progress=lambda done, _: bar.update(done - bar.pos),
        )  # fmt: skip
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for n, (_, raw) in enumerate(found.mails.items(), start=1):
            (output / f"{n:04d}.eml").write_bytes(raw)
    if format is Format.table:
        foretelling.timeline_text(found.timeline)
    else:
        show.emit(format, [foretelling.happening_row(h) for h in found.timeline])


@app.command(epilog="Exempel: uppdrag clock")
@told
def clock(context: typer.Context, every: Every = 30.0, metrics_port: Metrics = 0) -> None:
    """Kör bara klockan. Flera kan gå samtidigt."""
    run_workers(context, ("clock",), every, metrics_port)


def run_workers(context: typer.Context, kinds: tuple[str, ...], every: float, metrics_port: int) -> None:
    from uppdrag.service import logs, running

    place, chosen = house(context), settings(context)
    logs.to_stderr(chosen.log_format)
    running.serve(place, chosen, running.kinds(kinds), every=timedelta(seconds=every), metrics_port=metrics_port)


@app.command(epilog="Exempel: uppdrag health")
@told
def health(
    context: typer.Context,
    only: Annotated[
        list[str] | None, typer.Option("--worker", metavar="SLAG", help="clock eller sender; utelämnat: båda ska gå.")
    ] = None,
    only_workers: Annotated[
        bool, typer.Option("--only-workers", help="Bara om klocka och utskick går; inte kön, mejlen och påminnelserna.")
    ] = False,
    format: Show = Format.table,
) -> None:
    """Visa om allt lever. Slutstatus 1 när något inte gör det."""
    from uppdrag.cli import show
    from uppdrag.service import health as checking

    wanted = frozenset(only or ("clock", "sender"))
    found = checking.check(house(context), now=settings(context).now(), wanted=wanted)
    if only_workers:
        found = [check for check in found if check.name in wanted]
    if format is Format.table:
        for check in found:
            typer.echo(f"{'bra  ' if check.ok else 'FEL  '}{check.text}")
    else:
        show.emit(format, [{"name": c.name, "ok": c.ok, "text": c.text} for c in found])
    if not all(check.ok for check in found):
        raise typer.Exit(REFUSED)
