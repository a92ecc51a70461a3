"""The only user of uvicorn: the pages, served in a thread beside the clock and the sender."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from uppdrag.service.house import House
from uppdrag.service.metrics import Meters
from uppdrag.settings import Settings
from uppdrag.web.app import create_app

_STARTS_WITHIN = 20.0


class PortTaken(RuntimeError):
    """The pages could not be served at the address; somebody else may be there."""


@contextmanager
def serving(
    house: House, settings: Settings, *, host: str, port: int, meters: Meters | None = None
) -> Iterator[None]:  # fmt: skip
    """Serve the pages as long as the block runs; requests that have begun are answered before it ends.

    No access log of uvicorn's: it would write down the links that log people in. Raises PortTaken.
    """
    config = uvicorn.Config(
        create_app(house, settings, meters), forwarded_allow_ips=list(settings.trusted_proxies),
        host=host, port=port, log_config=None, access_log=False, server_header=False,
        date_header=True, timeout_graceful_shutdown=10, lifespan="on",
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server,), name="web")
    thread.start()
    waited = time.monotonic() + _STARTS_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > waited:
            server.should_exit = True
            raise PortTaken(f"{host}:{port}")
        time.sleep(0.02)
    _settle()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def free_port(host: str) -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as one:
        one.bind((host, 0))
        port: int = one.getsockname()[1]
    return port


def _settle() -> None:
    """What is there when the pages are open stays for good: the collector need not go through it under a page, which
    then would wait a tenth of a second."""
    gc.collect()
    gc.freeze()


def _run(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:  # what uvicorn says when the port is taken; `serving` tells of it
        return
