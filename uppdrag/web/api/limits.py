"""How often a key may be used: a bucket of tokens for each, and no more buckets than fit in the memory set aside."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock

PER_MINUTE = 600
BURST = 120
MOST = 10_000
"""Buckets kept. The one that has been idle the longest goes first, and would be full by then."""


class Limiter:
    """The rate of one process. Safe to share between threads."""

    def __init__(
        self, *, per_minute: int = PER_MINUTE, burst: int = BURST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> int:
        """Use a key once: 0 where it may, else the whole seconds until it may again."""
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(key, (float(self._burst), now))
            left = min(self._burst, left + (now - then) * self._rate)
            may = left >= 1
            self._buckets[key] = (left - 1 if may else left), now
            while len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        return 0 if may else ceil((1 - left) / self._rate)
