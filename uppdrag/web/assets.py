"""Stylesheets, scripts and pictures: read once, compressed once, served by a name that changes with the content."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

_STYLES = (
    "vendor/theme.css", "vendor/designsystemet.css", "tokens.css", "pages.css", "forms.css", "office.css", "matter.css",
    "mote.css", "beredning.css", "print.css",
)  # fmt: skip
"""In this order: ours stands last and has the last word."""
_SCRIPTS = ("vendor/htmx.js", "moving.js", "saving.js")
_PICTURES: Mapping[str, str] = {"ikon.svg": "image/svg+xml"}
_LAN = re.compile(r'<path id="lan-(\d\d)" d="([^"]+)"><title>([^<]+)</title></path>')


class AssetsMissing(RuntimeError):
    """What `make` brings from npm is not there."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served: its type, its bytes, and the same compressed."""

    kind: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Lan:
    """One län on the map (SCB, CC0): länskod, the SVG path and the county's name."""

    code: str
    path: str
    name: str


class Assets:
    """Everything that the pages need beside themselves."""

    def __init__(self) -> None:
        """Raises AssetsMissing where what comes from npm has not been brought."""
        static = files("uppdrag.web") / "static"
        try:
            css, js = (
                "\n".join((static / name).read_text(encoding="utf-8") for name in names)
                for names in (_STYLES, _SCRIPTS)
            )
        except FileNotFoundError as wrong:
            raise AssetsMissing(str(wrong.filename)) from wrong
        found = {
            "uppdrag.css": _asset("text/css; charset=utf-8", css.encode()),
            "uppdrag.js": _asset("text/javascript; charset=utf-8", js.encode()),
        }
        for name, kind in _PICTURES.items():
            found[name] = _asset(kind, (static / name).read_bytes())
        self._by_address = {_address(name, asset): asset for name, asset in found.items()}
        self._address = {name: _address(name, asset) for name, asset in found.items()}
        self.lan = tuple(
            Lan(*one) for one in _LAN.findall((files("uppdrag.documents") / "lan.svg").read_text(encoding="utf-8"))
        )

    def address(self, name: str) -> str:
        """Where a file is served. Raises KeyError for one that does not exist."""
        return self._address[name]

    def at(self, address: str) -> Asset | None:
        """The file that is served at an address."""
        return self._by_address.get(address)


def _asset(kind: str, content: bytes) -> Asset:
    return Asset(kind, content, gzip.compress(content, 9, mtime=0))


def _address(name: str, asset: Asset) -> str:
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{sha256(asset.plain).hexdigest()[:16]}.{ending}"
