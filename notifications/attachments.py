"""Files that come with a mail: told by their content, not by their name; refused with a reason."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TypeAlias

SIZE_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
ENTRY_LIMIT = 2_000
RATIO_LIMIT = 200
PIXEL_LIMIT = 100_000_000
NAME_LIMIT = 120
_MANIFEST_LIMIT = 1024 * 1024

PDF, PNG, JPEG, TEXT, CSV = "application/pdf", "image/png", "image/jpeg", "text/plain", "text/csv"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
DOCUMENTS = frozenset({PDF, DOCX, XLSX, ODT})
"""What may be a protokollsutdrag: a mail that brings one is a person's answer, whatever its headers say."""

_EXTENSIONS = {
    PDF: ("pdf",), DOCX: ("docx",), XLSX: ("xlsx",), ODT: ("odt",), PNG: ("png",), JPEG: ("jpg", "jpeg"),
    TEXT: ("txt",), CSV: ("csv",),
}  # fmt: skip
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"#!", b"\x4c\x00\x00\x00\x01\x14\x02\x00", b"\x00asm",
)  # fmt: skip
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_MACROS = re.compile(r"vbaproject|vbadata|activex/|macrosheets/|(?:^|/)basic/|(?:^|/)scripts/", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that may be kept. `digest` is the SHA-256 of its content in hex; the name ends as its content wants."""

    filename: str
    content_type: str
    content: bytes
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKept:
    """A file that is not kept, and why, in Swedish."""

    filename: str
    reason: str


File: TypeAlias = Kept | NotKept


class _No(Exception):
    """Why a file is not kept."""


def inspect(filename: str, content: bytes, number: int) -> File:
    """A file as it may be kept, or the reason why not. `number` names a file that has no name. Never raises."""
    name = clean_name(filename, number)
    if not content:
        return NotKept(filename=name, reason="Filen är tom.")
    if len(content) > SIZE_LIMIT:
        return NotKept(filename=name, reason=f"Filen är större än {SIZE_LIMIT // 1024 // 1024} MB.")
    try:
        kind = _kind(name, content)
    except _No as no:
        return NotKept(filename=name, reason=str(no))
    except Exception as wrong:  # noqa: BLE001 - a file made to break its reader is refused like any other
        return NotKept(filename=name, reason=f"Filen går inte att läsa ({type(wrong).__name__}).")
    return Kept(filename=_with_extension(name, kind), content_type=kind, content=content,
                digest=sha256(content).hexdigest())  # fmt: skip


def clean_name(filename: str, number: int) -> str:
    """A name that is safe as the name of a file anywhere: no path, control or bidi characters, not too long."""
    name = unicodedata.normalize("NFC", filename[:2_000]).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if c.isspace() else c for c in name)
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp"))
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(". ")
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        name = f"{stem[: NAME_LIMIT - len(ending) - 1].rstrip('. ')}.{ending}"
    return name[:NAME_LIMIT] or f"bilaga-{number}"


def _kind(name: str, content: bytes) -> str:
    """The content type. Raises _No."""
    ending = name.rpartition(".")[2].casefold()
    if content.startswith(_PROGRAMS):
        raise _No("Filen är ett program.")
    if ending == "winmail" or (ending == "dat" and content.startswith(b"\x78\x9f\x3e\x22")):
        raise _No("Filen är i Outlooks eget format (winmail.dat). Be om dokumentet som PDF.")
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _No("Filen är skyddad med lösenord eller i ett äldre Office-format. Be om den som PDF.")
    if content.startswith(b"PK"):
        return _office(content)
    if b"%PDF-" in content[:1024]:
        if _ENCRYPTED_PDF.search(content):
            raise _No("PDF-filen är krypterad. Be om den utan lösenord.")
        return PDF
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _image(content)
    if ending in ("txt", "csv") and _is_text(content):
        return CSV if ending == "csv" else TEXT
    raise _No("Filtypen tas inte emot. Det som tas emot är PDF, DOCX, XLSX, ODT, PNG, JPEG, TXT och CSV.")


def _image(content: bytes) -> str:
    """PNG or JPEG. Raises _No for an image that would fill the memory of whoever looks at it."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if int.from_bytes(content[16:20], "big") * int.from_bytes(content[20:24], "big") > PIXEL_LIMIT:
        raise _No("Bilden har för många bildpunkter.")
    return PNG


def _office(content: bytes) -> str:
    """What a ZIP archive holds: DOCX, XLSX or ODT, without macros, and no bomb. Raises _No."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries, len(content))
            if any(e.flag_bits & 1 for e in entries):
                raise _No("Filen är skyddad med lösenord. Be om den utan.")
            names = {e.filename for e in entries}
            if any(_MACROS.search(n) for n in names):
                raise _No("Filen innehåller makron. Be om den som PDF.")
            manifest = _read(archive, "[Content_Types].xml", names)
            if b"macroenabled" in manifest.lower():
                raise _No("Filen innehåller makron. Be om den som PDF.")
            if "word/document.xml" in names and b"wordprocessingml.document.main+xml" in manifest:
                return DOCX
            if "xl/workbook.xml" in names and b"spreadsheetml.sheet.main+xml" in manifest:
                return XLSX
            if _read(archive, "mimetype", names).strip() == ODT.encode():
                return ODT
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _No("Filen är skadad.") from None
    raise _No("ZIP-arkiv tas inte emot. Be om dokumenten som PDF, ett och ett.")


def _refuse_bomb(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """Raises _No where an archive would unpack to something unreasonable, or says so of itself."""
    unpacked = sum(e.file_size for e in entries)
    if len(entries) > ENTRY_LIMIT or unpacked > UNPACKED_LIMIT or unpacked > max(packed * RATIO_LIMIT, 10_000_000):
        raise _No("Filen skulle bli orimligt stor när den packas upp.")


def _read(archive: zipfile.ZipFile, name: str, names: set[str]) -> bytes:
    if name not in names:
        return b""
    with archive.open(name) as part:
        return part.read(_MANIFEST_LIMIT)


def _is_text(content: bytes) -> bool:
    """Whether the content is text as a spreadsheet or an editor would save it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        try:
            content.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "cp1252"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not any(ord(c) < 32 and c not in "\t\n\r\f" for c in text)


def _with_extension(name: str, kind: str) -> str:
    """The name with the ending that its content has: `beslut.exe` that is a PDF becomes `beslut.exe.pdf`."""
    endings = _EXTENSIONS[kind]
    if name.rpartition(".")[2].casefold() in endings and "." in name:
        return name
    return f"{name[: NAME_LIMIT - len(endings[0]) - 1]}.{endings[0]}"
