"""The last line of a mail that leaves the house: how far the log had come when it was written."""

from __future__ import annotations

from dataclasses import replace

from workflow.message import Message

_SAYS = "Kontrollpunkt: "
_LAST = "</p>"
_STYLE = "margin: 8px 0 0;font-size: 13px;color: #59616b;overflow-wrap: anywhere;"
_LINE = f'\n<p class="lasning" style="{_STYLE}">{_SAYS}{{}}</p>'
"""In the class that the page has a colour for in the dark."""


def stamped(message: Message, head: str) -> Message:
    """The mail with a checkpoint's name (`17-3fa9…`) as its last line; as it is where there is no checkpoint yet."""
    if not head:
        return message
    before, last, after = message.html.rpartition(_LAST)
    line = _LINE.format(head)
    return replace(message, text=f"{message.text}\n{_SAYS}{head}\n", html=f"{before}{last}{line}{after}")


def head_in(text: str) -> str:
    """The checkpoint's name that a mail's text ends with, empty where it has none."""
    said, found, head = text.rstrip().rpartition(_SAYS)
    return head.strip() if found and (not said or said.endswith("\n")) else ""
