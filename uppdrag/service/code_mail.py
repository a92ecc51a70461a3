"""The mail with the code that somebody logs in with."""

from __future__ import annotations

from html import escape
from uuid import uuid4

from uppdrag.settings import Settings
from workflow.message import Message


def written(settings: Settings, recipient: str, code: str) -> Message:
    """The code (six digits) to an address, and how long and where it is good."""
    shown = f"{code[:3]} {code[3:]}"
    lines = (
        f"Koden är {shown}.",
        "Den gäller i tio minuter, och bara i den webbläsare där du bad om den.",
        "Har du inte försökt logga in? Då behöver du inte göra något.",
    )
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Message(
        id=f"{uuid4().hex[:26]}@{settings.mail_domain}", recipient=recipient, subject="Din kod till Uppdrag",
        text="\n\n".join(lines) + "\n",
        html=f'<!doctype html><html lang="sv"><title>Din kod till Uppdrag</title><body>{html}</body></html>',
        sender=settings.mail_from, reply_to=settings.mail_reply_to,
    )  # fmt: skip
