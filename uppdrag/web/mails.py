"""*Utskick*: the queue and what has left, stopping and opening it, and the addresses that mail no longer goes to."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag.service import mailing, suppressions
from uppdrag.web.confirming import confirm
from uppdrag.web.forms import Field
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import moment, render, see_other
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.mails import LIFT, QUEUE_ACTS
from workflow.errors import UppdragError
from workflow.message import MESSAGE_STATUSES, SHOWN, MessageStatus

pages = Pages()
_MOST = 200
_BACK = "/utskick", "Utskick"
_NEEDS_A_HAND: tuple[MessageStatus, ...] = ("kraver_atgard", "osaker")


@pages.get("/utskick", ("kansli", "drift"))
def listing(request: Request) -> Response:
    """The queue and what has left. Who runs the program sees that mails exist, not to whom they went."""
    web, visitor = web_of(request), known_visitor(request)
    kansli = visitor.role == "kansli"
    wanted = request.query_params.get("visa", "")[:40]
    to = request.query_params.get("till", "").strip()[:200] if kansli else ""
    statuses = [s for s in MESSAGE_STATUSES if SHOWN[s] == wanted]
    counts = mailing.counts(web.house)
    told: dict[str, int] = {}
    for status in MESSAGE_STATUSES:
        told[SHOWN[status]] = told.get(SHOWN[status], 0) + counts.get(status, 0)
    return render(
        request, "utskick.html", mails=mailing.listed(web.house, statuses=statuses, recipient=to, limit=_MOST), to=to,
        shown=SHOWN, queue=mailing.queue(web.house), wanted=wanted if statuses else "", counts=told, most=_MOST,
        kansli=kansli, stuck=sum(counts.get(s, 0) for s in _NEEDS_A_HAND), waiting=counts.get("koad", 0),
        acts=mailing.acts_on_queue(web.house)[-5:] if kansli else [], verbs=QUEUE_ACTS,
        suppressed=suppressions.listed(web.house) if kansli else [], done=request.query_params.get("klart", ""),
    )  # fmt: skip


@pages.get("/utskick/ko/{act}", ("kansli",))
def ask_queue(request: Request, act: str) -> Response:
    """Whether the whole queue is to stop, or to go again."""
    return _ask_queue(request, act)


@pages.post("/utskick/ko/{act}", ("kansli",))
def do_queue(request: Request, act: str) -> Response:
    """Stop the queue, or let it go again."""
    web, form = web_of(request), form_of(request)
    who, now, key = known_visitor(request).name, web.settings.now(), form.get("nyckel", "")
    try:
        if act == "pausa":
            mailing.pause(web.house, form.get("skal", ""), who=who, now=now, key=key)
        elif act == "starta":
            mailing.resume(web.house, who=who, now=now, key=key)
        else:
            raise HTTPException(404)
    except UppdragError as no:
        return _ask_queue(request, act, form, no)
    return see_other("/utskick")


@pages.get("/utskick/sparr", ("kansli",))
def ask_lift(request: Request) -> Response:
    """Whether mail is to go to an address again, and what would then be sent."""
    return _ask_lift(request, request.query_params.get("adress", ""))


@pages.post("/utskick/sparr", ("kansli",))
def lift(request: Request) -> Response:
    """Let mail go to the address again."""
    web, form = web_of(request), form_of(request)
    address = form.get("adress", "")
    try:
        again = suppressions.lift(
            web.house, address, actor=known_visitor(request).actor, now=web.settings.now(),
            resend=form.get("sand_om") == "ja", key=form.get("nyckel", ""),
        )  # fmt: skip
    except UppdragError as no:
        return _ask_lift(request, address, form, no)
    return see_other(f"/utskick?till={quote(address)}" if again else "/utskick")


def _ask_queue(
    request: Request, act: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    if act not in QUEUE_ACTS:
        raise HTTPException(404)
    web, verb = web_of(request), QUEUE_ACTS[act]
    waiting = mailing.counts(web.house).get("koad", 0)
    why = Field(name="skal", label="Skälet", required=True, help="Visas här, i Att göra och i Systemstatus.")
    return confirm(
        request, title=verb.question, lead=verb.follows, button=verb.button, back=_BACK, danger=act == "pausa",
        fields=[why] if act == "pausa" else [], about=[("Väntar i kön", f"{waiting} mejl")], form=form, no=no,
    )  # fmt: skip


def _ask_lift(
    request: Request, address: str, form: dict[str, str] | None = None, no: UppdragError | None = None
) -> Response:  # fmt: skip
    web = web_of(request)
    found = next((s for s in suppressions.listed(web.house) if s.address == address.strip().lower()), None)
    if found is None:
        raise HTTPException(404)
    waiting = suppressions.waiting(web.house, found.address, now=web.settings.now())
    again = Field(name="sand_om", label=f"Sänd om det som inte kom fram ({len(waiting)} mejl)", kind="tick")
    told = (
        "Gör det när du vet att adressen fungerar. Har personen bytt adress: rätta den i Befattningshavare i stället."
    )
    return confirm(
        request, title=LIFT.question, lead=f"{LIFT.follows} {told}", button=LIFT.button, back=_BACK, form=form, no=no,
        about=[("Adress", found.address), ("Spärrad", f"{moment(found.since)}: {found.reason}"),
               *(("Inte framme", m.subject) for m in waiting)],
        fields=[again] if waiting else [], hidden={"adress": found.address},
    )  # fmt: skip
