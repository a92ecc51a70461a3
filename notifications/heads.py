"""The last line of a mail that leaves the house: how far the log had come when it was written."""

from __future__ import annotations

from dataclasses import replace

from workflow.message import Message

SAYS = "Kontrollpunkt: "
_LAST = "</p>"
_STYLE = "margin: 8px 0 0;font-size: 13px;color: #59616b;overflow-wrap: anywhere;"
_BEFORE = f'\n<p class="lasning" style="{_STYLE}">{SAYS}'
"""In the class that the page has a colour for in the dark."""


def stamped(message: Message, head: str) -> Message:
    """The mail with a checkpoint's name (`17-3fa9…`) as its last line; as it is where there is no checkpoint yet."""
    return replace(message, text=in_text(message.text, head), html=in_html(message.html, head)) if head else message


def in_text(text: str, head: str) -> str:
    """A mail's text with the line."""
    return f"{text}\n{SAYS}{head}\n"


def in_html(html: str, head: str) -> str:
    """A mail's HTML with the line after its last paragraph."""
    end = html.rindex(_LAST) + len(_LAST)
    return f"{html[:end]}{_BEFORE}{head}{_LAST}{html[end:]}"
