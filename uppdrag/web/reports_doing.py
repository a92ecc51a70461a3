"""What the kansli does with a månadsbrev: drafts it, writes in it, lets it rest, reads it and sends it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words as sentences
from uppdrag.service import letters, letters_send
from uppdrag.service.letters import Change
from uppdrag.web import forms
from uppdrag.web.confirming import confirm
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Complaint, Field
from uppdrag.web.letters import FRAMES, isolated
from uppdrag.web.meetings_kit import once
from uppdrag.web.permissions import Pages, form_of
from uppdrag.web.rendering import render, see_other, written
from uppdrag.web.reports import opened
from uppdrag.web.state import known_visitor, web_of
from uppdrag.words.reports import PARTS
from workflow.errors import Refused
from workflow.letter import Letter, PartText

pages = Pages()


@pages.post("/rapporter", ("kansli",))
def draft(request: Request) -> Response:
    """Draft the letter of a month that is over."""
    web, month = web_of(request), form_of(request).get("manad", "")
    try:
        letters.draft(web.house, month, actor=known_visitor(request).actor, now=web.settings.now())
    except Refused as no:
        if not {r.code for r in no.refusals} & {"letter_exists"}:
            raise
    return see_other(f"/rapporter/{month}")


@pages.get("/rapporter/{month}/text", ("kansli",))
def ask_text(request: Request, month: str) -> Response:
    """The kansli's own words, to be changed."""
    letter = opened(request, month).letter
    return _text(request, letter, _fields(letter), seen=letter.version)


@pages.post("/rapporter/{month}/text", ("kansli",))
def write(request: Request, month: str) -> Response:
    """Keep what was written."""
    web, form = web_of(request), form_of(request)
    letter = opened(request, month).letter
    change = Change(
        introduction=form.get("inledning", ""),
        parts=tuple(PartText(part=part, text=form.get(f"text-{part}", "")) for part in PARTS),
        hidden=tuple(part for part in PARTS if not form.get(f"visa-{part}")),
    )

    def keep() -> str:
        letters.write(
            web.house, month, change, seen=forms.seen(form), actor=known_visitor(request).actor, now=web.settings.now()
        )
        return f"/rapporter/{month}"

    try:
        return once(request, keep)
    except Refused as no:
        fields = [forms.filled(f, {f.name: "", **form}) for f in _fields(letter)]
        wrong = forms.complaint(no, [f.name for f in fields])
        return _text(request, letter, fields, seen=forms.seen(form), wrong=wrong, status=status_of(no))


@pages.get("/rapporter/{month}/vila", ("kansli",))
def ask_hold(request: Request, month: str) -> Response:
    """Why the letter is to rest."""
    return _hold(request, opened(request, month).letter)


@pages.post("/rapporter/{month}/vila", ("kansli",))
def hold(request: Request, month: str) -> Response:
    """Let the letter rest."""
    web, form = web_of(request), form_of(request)

    def rest() -> str:
        why, actor = form.get("skal", ""), known_visitor(request).actor
        letters.hold(web.house, month, why, seen=forms.seen(form), actor=actor, now=web.settings.now())
        return f"/rapporter/{month}"

    try:
        return once(request, rest)
    except Refused as no:
        return _hold(request, opened(request, month).letter, form=form, no=no)


@pages.get("/rapporter/{month}/skicka", ("kansli",))
def read(request: Request, month: str) -> Response:
    """The letter whole, as mail and to whom, to be read before it is sent."""
    return _send(request, month)


@pages.get("/rapporter/{month}/html", ("kansli",))
def mail(request: Request, month: str) -> Response:
    """What the mail looks like to who gets it, for a frame of ours."""
    web = web_of(request)
    message = letters_send.preview(opened(request, month), web.settings, now=web.settings.now())
    if message is None:
        raise HTTPException(404)
    return isolated(message.html, message.pictures)


@pages.post("/rapporter/{month}/skicka", ("kansli",))
def send(request: Request, month: str) -> Response:
    """Send the letter as it was read."""
    web, form = web_of(request), form_of(request)
    if not form.get("har_last"):
        return _send(request, month, wrong=["Läs brevet och kryssa i att du har gjort det."], status=422)

    def leave() -> str:
        letters_send.send(
            web.house, month, confirmed=form.get("kvitto", ""), actor=known_visitor(request).actor,
            settings=web.settings, now=web.settings.now(),
        )  # fmt: skip
        return f"/rapporter/{month}"

    try:
        return once(request, leave)
    except Refused as no:
        return _send(request, month, wrong=[sentences.sentence(r) for r in no.refusals], status=status_of(no))


def _send(request: Request, month: str, *, wrong: Sequence[str] = (), status: int = 200) -> Response:
    web, found = web_of(request), opened(request, month)
    if found.letter.sent is not None:
        return see_other(f"/rapporter/{month}")
    mail = letters_send.preview(found, web.settings, now=web.settings.now())
    response = render(
        request, "rapport_skicka.html", status=status, found=found, mail=mail, wrong=wrong,
        named=found.figures.period.text, text=written(found.document, top=3),
        missing=[sentences.sentence(r) for r in found.missing],
    )  # fmt: skip
    response.headers.update(FRAMES)
    return response


def _hold(
    request: Request, letter: Letter, *, form: dict[str, str] | None = None, no: Refused | None = None
) -> Response:  # fmt: skip
    address = f"/rapporter/{letter.month}"
    return confirm(
        request, title="Låt brevet vila", lead="Brevet skickas inte förrän någon har ändrat det igen.",
        button="Låt brevet vila", back=(address, "Månadsbrevet"), form=form, no=no,
        fields=[Field(name="skal", label="Varför brevet ska vänta", kind="long", required=True)],
        hidden={"sedd": str(letter.version)},
    )  # fmt: skip


def _fields(letter: Letter) -> list[Field]:
    """The introduction, and for each part whether it is shown and the kansli's own words in it."""
    found = [Field(name="inledning", label="Inledning", kind="long", value=letter.text.introduction)]
    for part, heading in PARTS.items():
        found += [
            Field(
                name=f"visa-{part}", label=f"Visa delen ”{heading}”", kind="tick",
                value="ja" if letter.text.shows(part) else "",
            ),
            Field(name=f"text-{part}", label=f"Egna ord under ”{heading}”", kind="long", value=letter.text.of(part)),
        ]  # fmt: skip
    return found


def _text(
    request: Request, letter: Letter, fields: Sequence[Field], *, seen: int, wrong: Complaint = NO_COMPLAINT,
    status: int = 200,
) -> Response:  # fmt: skip
    address = f"/rapporter/{letter.month}"
    return render(
        request, "direktiv_form.html", status=status, title=f"Skriv i månadsbrevet {letter.month}",
        lead="Siffrorna räknas ur loggen. Här skriver du det som ska stå bredvid dem. Skriv inget hemligt.",
        fields=forms.with_errors(fields, wrong), wrong=wrong, hidden={"sedd": str(seen)}, action=f"{address}/text",
        button="Spara", back=(address, "Månadsbrevet"),
    )  # fmt: skip
