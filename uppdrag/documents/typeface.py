"""The typeface of documents, and what of a text it can show."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from struct import iter_unpack, unpack_from

FAMILY = "Source Sans 3"
PICTURES = "DejaVu Sans"
"""The typeface of texts in pictures: matplotlib measures them by it and brings it. It is wide, so that a text that a
reader sets in another has room."""
_PACKAGE = "fontpkg_source_sans_3"
_UPRIGHT = "SourceSans3[wght].ttf"
_COMMON = re.compile("[ -~\u00a0-\u00ff]*")
_IN_ITS_PLACE = "□"


@cache
def folder() -> Path:
    """Where the set-up has put the typeface's files. Raises ModuleNotFoundError where it has not."""
    return Path(str(files(_PACKAGE).joinpath("files")))


@cache
def pictures() -> Path:
    """Where the set-up has put the files of the pictures' typeface. Raises ModuleNotFoundError where it has not."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("matplotlib")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def legible(text: str) -> str:
    """The text with a box for every character that the typeface does not have: an archived PDF may hold no other.

    What would not be seen anyway, such as a mark that joins two emoji, is left out.
    """
    if _COMMON.fullmatch(text):
        return text
    return "".join(c if ord(c) in _drawn() else _instead(c) for c in unicodedata.normalize("NFC", text))


def _instead(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] == "Z":
        return " "
    return "" if kind[0] == "M" or kind == "Cf" else _IN_ITS_PLACE


@cache
def _drawn() -> frozenset[int]:
    """The characters that the typeface has: its cmap of format 12, as OpenType describes it."""
    font = (folder() / _UPRIGHT).read_bytes()
    (tables,) = unpack_from(">H", font, 4)
    cmap = next(at for tag, _, at, _ in iter_unpack(">4sLLL", font[12 : 12 + 16 * tables]) if tag == b"cmap")
    (many,) = unpack_from(">H", font, cmap + 2)
    places = [cmap + at for _, _, at in iter_unpack(">HHL", font[cmap + 4 : cmap + 4 + 8 * many])]
    whole = next(at for at in places if unpack_from(">H", font, at) == (12,))
    (groups,) = unpack_from(">L", font, whole + 12)
    ranges = iter_unpack(">LLL", font[whole + 16 : whole + 16 + 12 * groups])
    return frozenset(code for first, last, _ in ranges for code in range(first, last + 1))
