"""Long lists, a page at a time: a cursor that says after what the next page begins, and a link to it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request

from uppdrag.web.api.calls import Reply
from uppdrag.web.api.problems import Problem

T = TypeVar("T")
Place = list[Any]
"""Where something stands in its list: values that sort."""


def page(
    request: Request, items: Sequence[T], place: Callable[[T], Place], row: Callable[[T], Any], *, limit: int,
    after: str,
) -> Reply:  # fmt: skip
    """At most `limit` of some items in order of `place`, after the cursor. Raises Problem for a cursor of nobody's."""
    begin = 0
    if after:
        last = _read(after)
        try:
            begin = next((i for i, item in enumerate(items) if place(item) > last), len(items))
        except TypeError:
            raise _unknown() from None
    shown = items[begin : begin + limit]
    more = begin + limit < len(items)
    following = str(request.url.include_query_params(after=_written(place(shown[-1])))) if more and shown else ""
    address = following.removeprefix(f"{request.url.scheme}://{request.url.netloc}")
    links = {"Link": f'<{address}>; rel="next"'} if address else {}
    return Reply({"items": [row(item) for item in shown], "next": address or None}, headers=links)


def _written(place: Place) -> str:
    return urlsafe_b64encode(json.dumps(place, ensure_ascii=True).encode()).decode().rstrip("=")


def _read(cursor: str) -> Place:
    try:
        found = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise _unknown() from None
    if not isinstance(found, list):
        raise _unknown()
    return found


def _unknown() -> Problem:
    told = "Fortsättningen går inte att läsa. Följ länken next, eller börja om från början."
    return Problem("invalid", told, errors=[{"field": "after", "code": "cursor", "detail": told}])
