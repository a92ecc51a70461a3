"""A question before something is done: what would happen, a reason where one is wanted, and a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import Response

from uppdrag.web import forms
from uppdrag.web.errors import status_of
from uppdrag.web.forms import NO_COMPLAINT, Field
from uppdrag.web.rendering import render
from workflow.errors import UppdragError


def confirm(
    request: Request, *, title: str, lead: str, button: str, back: tuple[str, str], fields: Sequence[Field] = (),
    about: Sequence[tuple[str, str]] = (), warnings: Sequence[str] = (), hidden: Mapping[str, str] | None = None,
    danger: bool = False, form: Mapping[str, str] | None = None, no: UppdragError | None = None,
) -> Response:  # fmt: skip
    """The page that asks. It is posted to its own address.

    `back`: where to go instead, and what that is called. `form` is what was posted and refused with `no`: it comes back
    as it was. `hidden` goes with the form beside its key.
    """
    posted = form or {}
    filled = [forms.filled(f, posted) for f in fields]
    wrong = NO_COMPLAINT if no is None else forms.complaint(no, [f.name for f in filled])
    key = posted.get("nyckel") or forms.new_key()
    return render(
        request, "bekrafta.html", status=200 if no is None else status_of(no), title=title, lead=lead, button=button,
        back=back[0], back_name=back[1], about=about, warnings=warnings, danger=danger, wrong=wrong,
        fields=forms.with_errors(filled, wrong), hidden={"nyckel": key, **(hidden or {})}, action=request.url.path,
    )  # fmt: skip
