"""docs/installningar.md, from the settings themselves: `python -m tests.journeys.settings_manual > FILE`."""

from __future__ import annotations

import sys
from itertools import groupby

from uppdrag.settings import SETTINGS

HEADING = """# Inställningar

Programmet läser sina inställningar ur miljön när det startar, och bara då. `uppdrag config show` visar vad som gäller
och varifrån det kommer, med hemligheterna dolda. `uppdrag config check` säger allt som är fel på en gång. En tom
variabel är som ingen.

En inställning märkt **hemlig** kan stå i en fil i stället: ange sökvägen i variabeln med `_FILE` efter namnet, till
exempel `UPPDRAG_SMTP_PASSWORD_FILE`. Under systemd räcker en fil med inställningens namn som lämnas över med
`LoadCredential`, se [drift.md](drift.md). Filen har en enda rad och vägras om alla på maskinen kan läsa den
(`chmod o-rwx FIL`). När `UPPDRAG_MAIL` är `skarp` vägras hemligheter med färre än tolv tecken och sådana som står i
handböcker. Adressen till databasen får också stå i en fil, och lösenordet i den visas aldrig."""


def render() -> str:
    """The manual."""
    parts = [HEADING]
    for group, settings in groupby(SETTINGS, lambda one: one.group):
        rows = ["| Inställning | Vad den gör | Förvalt |", "|---|---|---|"]
        for one in settings:
            secret = " **Hemlig.**" if one.holds == "secret" else " Kan stå i en fil." if one.holds == "address" else ""
            rows.append(f"| `{one.name}` | {one.what}{secret} | {f'`{one.default}`' if one.default else '–'} |")
        parts += [f"## {group}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
