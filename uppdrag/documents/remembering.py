"""Drawings that were made a moment ago: the same data give the same picture, and drawing one takes a second."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_KEPT = 64
"""Drawings that a process keeps of each kind; one is at most half a megabyte."""


def remembered(draw: Callable[P, T]) -> Callable[P, T]:
    """A drawing function whose latest answers are kept by everything it was given. What it gives must not change.

    Two threads may draw the same at once; both get what either drew.
    """
    kept: OrderedDict[object, T] = OrderedDict()
    lock = Lock()

    @wraps(draw)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        key = _still(args), _still(kwargs)
        with lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = draw(*args, **kwargs)
        with lock:
            kept[key] = made
            if len(kept) > _KEPT:
                kept.popitem(last=False)
        return made

    return answer


def _still(given: object) -> object:
    """The same value, one that can be looked up by."""
    if isinstance(given, Mapping):
        return tuple((key, _still(value)) for key, value in given.items())
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(_still(one) for one in given)
    return given
