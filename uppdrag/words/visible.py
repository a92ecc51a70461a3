"""Text from outside as it may stand on a terminal or in a log: whatever is in it is seen, and nothing obeys it."""

from __future__ import annotations

import unicodedata

LONGEST = 4_000
"""Characters of a sentence: what is in a file must not fill a screen or a log."""


def visible(text: str) -> str:
    """The text with each character that a terminal obeys, or that hides or turns others, shown as one that cannot be
    shown, and cut where it is beyond reason. Spaces of every kind stay."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} […]"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "�" for c in text)
