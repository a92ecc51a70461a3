"""*Systemstatus*: whether everything is alive, which versions there are, and the proof of the log."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import catalogue, health, mailing, system
from uppdrag.web.permissions import Pages
from uppdrag.web.rendering import render, see_other
from uppdrag.web.state import known_visitor, web_of
from workflow.message import SHOWN

pages = Pages()
_WORKERS = {"clock": "Klockan", "sender": "Utskicken"}
_FINDINGS = 20


@pages.get("/systemstatus", ("kansli", "insyn", "drift"))
def status(request: Request) -> Response:
    """Whether everything is as it should be, and with what."""
    web, now = web_of(request), web_of(request).settings.now()
    found = system.look(web.house)
    messages: dict[str, int] = {}
    for one, count in found.messages.items():
        messages[SHOWN[one]] = messages.get(SHOWN[one], 0) + count
    return render(
        request, "systemstatus.html", checks=health.check(web.house, now=now), system=found, messages=messages,
        queue=mailing.queue(web.house), definitions=catalogue.listed(web.house), address=web.settings.url,
        workers=_WORKERS, verification=web.verifying.last, findings=_FINDINGS, finding=words.finding,
        mailbox=bool(web.settings.mailbox), silent=health.SILENT_AFTER, moment_now=now,
        may_verify=known_visitor(request).role in ("kansli", "drift"),
    )  # fmt: skip


@pages.post("/systemstatus/kontroll", ("kansli", "drift"))
def verify(request: Request) -> Response:
    """Start the proof of the log. It goes on beside the pages; pressed while it goes on, it is the same run."""
    web = web_of(request)
    web.verifying.start(known_visitor(request).name, web.settings.now())
    return see_other("/systemstatus#kontroll")
