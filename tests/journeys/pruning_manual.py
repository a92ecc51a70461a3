"""docs/rensning.md, from the schedule itself: `python -m tests.journeys.pruning_manual > FILE`."""

from __future__ import annotations

import sys
from datetime import timedelta

from uppdrag.service.pruning import SCHEDULE, Kind

HEADING = """# Vad som rensas av sig självt

Klockan tar varje timme bort det som är äldre än tabellen säger, tusen rader åt gången. Vad som togs bort står i
tjänstens logg (`pruned`). `uppdrag prune --dry-run` visar vad som väntar, utan att ändra något.

Det som står här är inte allmänna handlingar, eller får gallras enligt ett beslut som ni själva har fattat. Ange
beslutets nummer i `UPPDRAG_GALLRING_DECISION`. Utan det behålls de rader som är märkta **beslut**, och med det skrivs
numret där texten stod.

Aldrig rensas: uppdrag, beslut, händelser, protokoll, filer, mejl som har gått och frågor från regionerna. Inte heller
inkomna mejl som ingen har tagit hand om, eller som saknar diarienummer. De gallras bara ett och ett, efter ett eget
beslut. Säkerhetskopior rensas av den som tar dem: se [drift.md](drift.md)."""


def render() -> str:
    """The page."""
    rows = ["| Vad | Sparas | Varför det får tas bort |", "|---|---|---|"]
    rows += [f"| {one.what} | {_kept(one)} | {one.why} |" for one in SCHEDULE]
    return HEADING + "\n\n" + "\n".join(rows) + "\n"


def _kept(one: Kind) -> str:
    more = f" (`{one.setting}`)" if one.setting else ""
    return f"{_long(one.keeps)}{more}{', **beslut**' if one.by_decision else ''}"


def _long(time: timedelta) -> str:
    if not time:
        return "tills det har slutat gälla"
    if time.days:
        return f"{time.days} dagar"
    minutes = time.seconds // 60
    return f"{minutes} minuter" if minutes < 60 else "1 timme" if minutes == 60 else f"{minutes // 60} timmar"


if __name__ == "__main__":
    sys.stdout.write(render())
