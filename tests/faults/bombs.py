"""Files made to fill the memory or the day of whoever reads them, each as large as its reader lets through."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from tests import mails
from tests.faults.parsers import CALENDAR, MEETINGS, PARSERS
from uppdrag.intake.tabular import MARKUP_LIMIT, SIZE_LIMIT

_YAML, _CSV, _XLSX, _CALENDAR, _MAIL = (parser.name for parser in PARSERS)


def _workbook(part: str, before: bytes, piece: bytes, after: bytes, times: int = MARKUP_LIMIT - 500) -> bytes:
    """A workbook in which one part is large and packs to nothing."""
    packed = io.BytesIO()
    sample = next(p for p in PARSERS if p.archive).samples()[0]
    with zipfile.ZipFile(io.BytesIO(sample)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in dict.fromkeys((*source.namelist(), part)):
            target.writestr(name, before + piece * times + after if name == part else source.read(name))
    return packed.getvalue()


_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHEET, _END = b"<worksheet " + _MAIN + b"><sheetData>", b"</sheetData></worksheet>"
_STYLES = b"<styleSheet " + _MAIN + b"><fonts>"
_LOL = b"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)

BOMBS: Mapping[tuple[str, str], Callable[[], bytes]] = {
    (_YAML, "djup"): lambda: b"kind: " + b"[" * 500_000,
    (_YAML, "nycklar"): lambda: b"kind: plan\n" + b"".join(b"a%d: 1\n" % n for n in range(50_000)),
    (_YAML, "alias"): lambda: b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(20_000)),
    (_CSV, "en rad"): lambda: MEETINGS + b"x" * (SIZE_LIMIT - len(MEETINGS)),
    (_CSV, "fält"): lambda: MEETINGS + b"," * (SIZE_LIMIT - len(MEETINGS)),
    (_CSV, "rubriker"): lambda: b"x;" * (SIZE_LIMIT // 2),
    (_CSV, "rader"): lambda: MEETINGS + b"\n" * (SIZE_LIMIT - len(MEETINGS)),
    (_XLSX, "rader"): lambda: _workbook("xl/worksheets/sheet1.xml", _SHEET, b"<row/>", _END),
    (_XLSX, "celler"): lambda: _workbook("xl/worksheets/sheet1.xml", _SHEET + b"<row>", b"<c/>", b"</row>" + _END),
    (_XLSX, "texter"): lambda: _workbook("xl/sharedStrings.xml", b"<sst " + _MAIN + b">", b"<si/>", b"</sst>"),
    (_XLSX, "format"): lambda: _workbook("xl/styles.xml", _STYLES, b"<font/>", b"</fonts></styleSheet>"),
    (_XLSX, "innehåll"): lambda: _workbook("[Content_Types].xml", b"<Types>", b"<Default/>", b"</Types>"),
    (_XLSX, "fler celler"): lambda: _workbook(
        "xl/worksheets/sheet1.xml", _SHEET + b"<row>", b"<c/>", b"</row>" + _END, times=5_000_000
    ),
    (_XLSX, "text"): lambda: _workbook("xl/worksheets/sheet1.xml", _SHEET, b"x" * 1_000, _END, times=19_000),
    (_XLSX, "entiteter"): lambda: _workbook("xl/worksheets/sheet1.xml", _LOL + b"]><l>", b"&j;", b"</l>", times=100),
    (_CALENDAR, "händelser"): lambda: b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5_000
                                      + b"END:VCALENDAR\r\n",
    (_CALENDAR, "djup"): lambda: CALENDAR + b"BEGIN:VALARM\r\n" * 149_000,
    (_CALENDAR, "en rad"): lambda: CALENDAR[:-30] + b"X-A:" + b"\r\n " * 1_000_000,
    (_MAIL, "delar"): lambda: _parts(b"--b\r\n\r\nx\r\n", 500_000),
    (_MAIL, "djup"): lambda: b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5_000)
    ),
    (_MAIL, "rubriker"): lambda: b"X: y\r\n" * 1_000_000 + b"\r\nHej",
    (_MAIL, "referenser"): lambda: b"References:" + b" <a@b>\r\n" * 1_000_000 + b"\r\nHej",
    (_MAIL, "citat"): lambda: mails.answer("> " * 500_000 + "\n" + "Den 3 mars skrev\n" * 50_000),
    (_MAIL, "html"): lambda: b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 500_000,
}  # fmt: skip


def _parts(piece: bytes, times: int) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + piece * times
