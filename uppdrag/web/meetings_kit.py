"""What the pages about chefsgruppen's meetings share: the meeting that an address names, a form that comes twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from uppdrag import words
from uppdrag.service import chefsgrupp
from uppdrag.service.chefsgrupp import Held
from uppdrag.service.signing_in import WebRole
from uppdrag.web.forms import Complaint, Field
from uppdrag.web.permissions import form_of
from uppdrag.web.rendering import see_other
from uppdrag.web.state import web_of
from uppdrag.words import meeting_pages
from workflow.errors import Refusal, Refused, UppdragError
from workflow.facts import BadFact, clean_date, clean_text, clean_time

READING: tuple[WebRole, ...] = ("kansli", "chefsgrupp", "insyn")
"""Who may read of chefsgruppen's meetings."""


def day_of(text: str) -> date:
    """The day that an address names. Raises HTTPException (404) where it is none."""
    try:
        return clean_date(text)
    except BadFact:
        raise HTTPException(404) from None


def held(request: Request, day: str) -> Held:
    """The meeting that an address names. Raises HTTPException (404) where there is none on that day."""
    try:
        return chefsgrupp.one(web_of(request).house, day_of(day))
    except Refused:
        raise HTTPException(404) from None


def once(request: Request, change: Callable[[], str]) -> Response:
    """Carry out what a form asks for, and lead on to the address that `change` gives.

    The same form again, as when somebody clicks twice, leads where it led the first time. What keeps it from being
    recorded twice is the version that it was made from; this is only about what the second click is shown.
    """
    said = sorted((name, value) for name, value in form_of(request).items() if name != "formular")
    whose = (request.state.token, request.url.path, said)
    form = sha256(repr(whose).encode("utf-8", "surrogatepass")).hexdigest()
    done = web_of(request).done
    with done.alone:
        led = done.get(form) or change()
        done.put(form, led)
    return see_other(led)


def sentences(no: UppdragError) -> list[str]:
    """A refusal as a page tells it."""
    if not isinstance(no, Refused):
        return words.on_a_page(no)
    return [sentence(r) for r in no.refusals]


def sentence(refusal: Refusal) -> str:
    """One reason why not, with nothing in it that is done on a command line."""
    return meeting_pages.on_page(refusal) or words.sentence(refusal)


def complaint(no: UppdragError, fields: list[Field], also: dict[str, str] | None = None) -> Complaint:
    """A refusal as sentences beside the fields that it is about."""
    names, by_field, general = {f.name for f in fields}, dict[str, str](), list[str]()
    if not isinstance(no, Refused):
        return Complaint({}, tuple(words.on_a_page(no)))
    for r in no.refusals:
        field = (also or {}).get(r.code) or r.facts.get("fact", "")
        if field in names:
            by_field[field] = " ".join(filter(None, (by_field.get(field, ""), sentence(r))))
        else:
            general.append(sentence(r))
    return Complaint(by_field, tuple(general))


class Reader:
    """The answers of a form being read; `wrong` gathers what will not do, each with its field."""

    def __init__(self, form: dict[str, str]) -> None:
        self._form = form
        self.wrong: list[Refusal] = []

    def text(self, name: str, label: str, *, long: bool = False, needed: bool = False) -> str:
        """A text, cleaned."""
        found = self._clean(name, label, lambda v: clean_text(v, long=long))
        if needed and not found:
            self.wrong.append(Refusal.of("fact_missing", fact=name, label=label))
        return found

    def plain(self, value: str, name: str, label: str) -> str:
        """A text that was typed in a field, cleaned."""
        self._form[name] = value
        return self.text(name, label)

    def time(self, name: str, label: str) -> str:
        """A time of day: `09.00`."""
        return self._clean(name, label, clean_time)

    def day(self, name: str, label: str) -> date | None:
        """A day, None where nothing was said."""
        found = self._clean(name, label, lambda v: clean_date(v).isoformat())
        return date.fromisoformat(found) if found else None

    def number(self, name: str, label: str, *, most: int) -> int:
        """A whole number from 0, which stands for nothing said."""
        raw = self._form.get(name, "").strip()
        if raw and not (raw.isascii() and raw.isdigit() and len(raw) < 6 and int(raw) <= most):
            expected = f"ett heltal, högst {most}"
            self.wrong.append(Refusal.of("not_a_number", fact=name, label=label, value=raw[:80], expected=expected))
            return 0
        return int(raw) if raw else 0

    def done(self) -> None:
        """Raises Refused with all that was wrong."""
        if self.wrong:
            raise Refused(self.wrong)

    def _clean(self, name: str, label: str, clean: Callable[[str], str]) -> str:
        raw = self._form.get(name, "").strip()
        if not raw:
            return ""
        try:
            return clean(raw)
        except BadFact as bad:
            self.wrong.append(
                Refusal.of(bad.code, fact=name, label=label, value=raw[:80], expected=bad.expected)
            )  # fmt: skip
            return ""
