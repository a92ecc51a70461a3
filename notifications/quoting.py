"""What a person wrote in an answer, without the mails that lie quoted beneath it."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser

BODY_LIMIT = 20_000
HTML_LIMIT = 400_000
_CUT = " […]"

# Outlook puts the earlier mail beneath such a line, unmarked: all that follows is history.
_HISTORY = re.compile(
    r"-{2,}\s*(?:ursprungligt meddelande|original message|vidarebefordrat meddelande|forwarded message)\s*-{2,}"
    r"|begin forwarded message:|vidarebefordrat brev:",
    re.IGNORECASE,
)
_FROM = re.compile(r"[\s*]*(?:från|from)\s*:[\s*]*\S.*", re.IGNORECASE)
_NEXT = re.compile(r"[\s*]*(?:skickat|sent|datum|date|till|to|kopia|cc|ämne|subject)\s*:.*", re.IGNORECASE)
_RULE = "_" * 8
# Others introduce it, and mark each of its lines.
_SAYS = re.compile(r"(?:den|on|am|le|mån|tis|ons|tors|fre|lör|sön)\b.{3,300}(?:skrev|wrote)\b.{0,200}:", re.IGNORECASE)


def own_words(text: str) -> str:
    """The text above what is quoted; where nothing stands there, the whole text. At most BODY_LIMIT characters."""
    lines = [line.rstrip() for line in text.split("\n")]
    own: list[str] = []
    i = 0
    while i < len(lines):
        if _starts_history(lines, i):
            break
        skipped = _introduction(lines, i)
        if skipped:
            i += skipped
            continue
        if not lines[i].lstrip().startswith(">"):
            own.append(lines[i])
        i += 1
    written = _tidy(own)
    return _cut(written or _tidy(lines))


def from_html(html: str) -> str:
    """The text of an HTML page, a line for each block; what is in blockquotes is marked with `>`."""
    reader = _Text()
    with suppress(Exception):
        reader.feed(html[:HTML_LIMIT])
        reader.close()
    return reader.text()


def _starts_history(lines: list[str], i: int) -> bool:
    line = lines[i][:500].strip()
    if _HISTORY.fullmatch(line):
        return True
    if _RULE in line and not line.replace("_", "").strip():
        following = next((one for one in lines[i + 1 : i + 4] if one.strip()), "")
        return _FROM.fullmatch(following[:500]) is not None
    return _FROM.fullmatch(line) is not None and sum(
        _NEXT.fullmatch(one[:500]) is not None for one in lines[i + 1 : i + 6]
    ) >= 2  # fmt: skip


def _introduction(lines: list[str], i: int) -> int:
    """How many lines say `Den 3 mars skrev Anna:` here; a mail program may have broken the line in two or three."""
    if not lines[i].strip():
        return 0
    for length in (1, 2, 3):
        said = " ".join(one.strip() for one in lines[i : i + length])[:600]
        if _SAYS.fullmatch(said):
            return length
    return 0


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _cut(text: str) -> str:
    return text if len(text) <= BODY_LIMIT else text[: BODY_LIMIT - len(_CUT)] + _CUT


class _Text(HTMLParser):
    _BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote"})
    _SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._silent = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its own signature
        if tag in self._SILENT:
            self._silent += 1
        if tag in self._BLOCKS:
            self._break()
        if tag == "blockquote":
            self._quoted += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in self._BLOCKS:
            self._break()
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._silent or not words:
            return
        if not self._lines[-1] and self._quoted:
            self._lines[-1] = "> "
        space = " " if self._lines[-1] and (data[0].isspace() or self._lines[-1][-1:] != " ") else ""
        self._lines[-1] += f"{space if data[0].isspace() else ''}{words}{' ' if data[-1].isspace() else ''}"

    def _break(self) -> None:
        if self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._lines)
