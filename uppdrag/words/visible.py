"""Text from outside as it may stand on a terminal or in a log: whatever is in it is seen, and nothing obeys it."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """The text with each character that a terminal obeys, or that hides or turns others, shown as one that cannot be
    shown. Spaces of every kind stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "�" for c in text)
