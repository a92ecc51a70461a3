"""docs/personuppgifter.md, from the declaration: `python -m uppdrag.service.personal_data_page > FILE`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from uppdrag.service import pruning
from uppdrag.service.personal_data import OTHER, REGISTER, Treatment, personal

HEADING = """# Register över personuppgifter

Så här behandlar programmet personuppgifter (artikel 30 i dataskyddsförordningen). Sidan skrivs av programmet, och varje
kolumn i databasen står här: en ny går inte att lägga till utan. `uppdrag report personal-data` skriver ut den.

Personuppgiftsansvarig är den region som har kansliet för NSPL. Kansliet lägger till namn, kontaktväg och
dataskyddsombud, och låter ombudet bekräfta de rättsliga grunderna.

- **Vad som inte får finnas:** säkerhetsskyddsklassade uppgifter, patientuppgifter och känsliga personuppgifter
  (artikel 9). Fri text är till för saken, inte för personer.
- **Överföring till tredje land:** programmet gör ingen. Det når bara mejlservern, brevlådan, databasen och
  inloggningstjänsten som den som driver det har ställt in.
- **Säkerhet:** roller och behörigheter, inloggning, krypterad förbindelse, läslogg, kontrollerbar historik och
  säkerhetskopior. Se [security.md](security.md), [loggen.md](loggen.md) och [sakerhetskopia.md](sakerhetskopia.md).
- **Den registrerades rättigheter:** rättelse görs öppet, med det gamla kvar (`uppdrag correct`). Radering ur allmänna
  handlingar kräver ett gallringsbeslut, se [gallring.md](gallring.md)."""


def render() -> str:
    """The page."""
    parts = [HEADING]
    for treatment in REGISTER:
        parts += [f"## {treatment.name}", "\n".join(_told(treatment)), "\n".join(_columns(treatment))]
    return "\n\n".join([*parts, "## Kolumner utan personuppgifter", "\n".join(_others())]) + "\n"


def _told(t: Treatment) -> Iterator[str]:
    yield f"- **Ändamål:** {t.purpose}"
    yield f"- **Vilka personer:** {t.whose}"
    yield from (f"- **Rättslig grund:** {basis}" for basis in t.basis)
    yield f"- **Hur länge:** {t.kept}"
    for kind in pruning.SCHEDULE:
        if kind.name in t.pruned:
            setting = f", eller det som `{kind.setting}` säger" if kind.setting else ""
            decision = ", när ett gallringsbeslut är angivet" if kind.by_decision else ""
            yield f"  - {kind.what}: {_time(kind.keeps.total_seconds())}{setting}{decision}."
    yield f"- **Mottagare:** {'; '.join(t.recipients)}."


def _time(seconds: float) -> str:
    days = seconds / 86_400
    if days >= 1:
        return f"{days:.0f} dagar"
    return f"{seconds / 60:.0f} minuter" if seconds else "när det har gått ut"


def _columns(t: Treatment) -> Iterator[str]:
    yield "| Tabell | Kolumn | Vad den säger |"
    yield "|---|---|---|"
    for table, columns in t.personal.items():
        yield from (f"| `{table}` | `{name}` | {what} |" for name, what in columns.items())


def _others() -> Iterator[str]:
    known = personal()
    yield "| Tabell | Kolumner |"
    yield "|---|---|"
    for table, columns in OTHER.items():
        whole = "" if table in known else " (hela tabellen)"
        yield f"| `{table}`{whole} | {', '.join(f'`{name}`' for name in columns.split())} |"


if __name__ == "__main__":
    sys.stdout.write(render())
