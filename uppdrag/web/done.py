"""Forms that this server has carried out, so that the same form again leads where it led the first time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

_MOST = 2_000


class Done:
    """The newest forms, by digest, each with the address that it led to. Ask and put within `alone`."""

    def __init__(self) -> None:
        self.alone = Lock()
        self._led: OrderedDict[str, str] = OrderedDict()

    def get(self, form: str) -> str:
        """Where a form led, empty where it has not been carried out."""
        return self._led.get(form, "")

    def put(self, form: str, led: str) -> None:
        """Keep where a form led; the oldest are forgotten."""
        self._led[form] = led
        if len(self._led) > _MOST:
            self._led.popitem(last=False)
