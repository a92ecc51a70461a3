"""A use case that the database broke off is carried out again, where that cannot do anything twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from workflow.errors import StorageUnavailable

P = ParamSpec("P")
R = TypeVar("R")

PAUSES = (0.1, 0.5, 1.0, 2.0)
"""Seconds before each new attempt: a restarted server answers again within them, and a page waits no longer."""
_log = logging.getLogger("uppdrag.service")


def persevering(use_case: Callable[P, R]) -> Callable[P, R]:
    """A use case of one transaction, and of nothing beside it.

    Where the connection was lost before the transaction was to be kept, nothing has happened and it is tried again.
    Where it was lost while it was to be kept, it is tried again only under an idempotency key (`key`): what was kept is
    then found by it and answered with, what was not is done now. Without a key the StorageUnavailable says `uncertain`,
    also where the attempts that followed another loss say something else: once in doubt, it stays so until a key is
    found. Servers that cannot be reached at all are not waited for.
    """

    @wraps(use_case)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return use_case(*args, **kwargs)
        except StorageUnavailable as wrong:
            if not _may_be_repeated(wrong, kwargs):
                raise
            return _again(lambda: use_case(*args, **kwargs), use_case.__name__, wrong, kwargs)

    return tried


def _again(attempt: Callable[[], R], name: str, first: StorageUnavailable, given: dict[str, Any]) -> R:
    doubt, last = first if first.code == "uncertain" else None, first
    for pause in PAUSES:
        _log.warning("tried_again", extra={"use_case": name, "code": last.code})
        time.sleep(pause)
        try:
            return attempt()
        except StorageUnavailable as wrong:
            last = wrong
            if wrong.code == "uncertain":
                doubt = doubt or wrong
            if wrong.code not in ("unreachable", "io") and not _may_be_repeated(wrong, given):
                break
    raise doubt or last


def _may_be_repeated(wrong: StorageUnavailable, given: dict[str, Any]) -> bool:
    return wrong.passing and (wrong.code != "uncertain" or bool(given.get("key")))
