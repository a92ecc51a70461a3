"""prune: what is too old to be kept, shown or taken away."""

from typing import Annotated

import typer

from uppdrag.cli.app import app, house, settings, told
from uppdrag.cli.doing import Show
from uppdrag.cli.show import Format


@app.command(epilog="Exempel: uppdrag prune --dry-run")
@told
def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa vad som skulle tas bort; inget ändras.")] = False,
    format: Show = Format.table,
) -> None:
    """Rensa det som är för gammalt: loggar, inloggningar och mejltext.

    Klockan gör det varje timme. Hur länge var och en sparas, och varför den får tas bort, står i docs/rensning.md.
    Ärenden, beslut, mejl som har gått och filer rensas aldrig.
    """
    from uppdrag.cli import show
    from uppdrag.service import pruning

    place, chosen = house(context), settings(context)
    found = pruning.due(place, chosen, now=chosen.now())
    if not dry_run:
        gone = pruning.run(place, chosen, now=chosen.now())
        found = [pruning.Due(d.kind, d.before, None if d.rows is None else gone.get(d.kind.name, 0)) for d in found]
    if format is not Format.table:
        show.emit(format, [
            {"name": d.kind.name, "what": d.kind.what, "before": d.before.isoformat(), "rows": d.rows} for d in found
        ])  # fmt: skip
        return
    heading = "Skulle rensas" if dry_run else "Rensades"
    rows = [(d.kind.what, f"{d.before:%Y-%m-%d %H:%M}", "inget gallringsbeslut" if d.rows is None else str(d.rows))
            for d in found]  # fmt: skip
    show.table(("Vad", "Äldre än", heading), rows)
