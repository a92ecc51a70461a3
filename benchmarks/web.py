"""*Läget i regionerna* with 200 uppdrag × 21 regions, over HTTP: our pages against a bare FastAPI app that renders the
same template from prepared rows, and our slowest answers against our usual ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from threading import local

from benchmarks.measure import Bar, Cost, Turns
from benchmarks.web_app import HOST, PAGE
from benchmarks.web_data import TOKEN, lying_with_the_regions
from uppdrag.web.server import free_port

PAGES, WARM_UP = 10, 2
A_SECOND, SECONDS, AT_ONCE = 20, 10, 8
_STARTS_WITHIN = 30.0


class Server:
    """One of the two, as seen from outside."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self._port = port
        self._threads = local()

    def page(self, path: str = PAGE) -> bytes:
        """A page, on a connection that this thread keeps open."""
        connection: HTTPConnection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = HTTPConnection(HOST, self._port, timeout=30)
            connection.connect()
            self._threads.connection = connection
        try:
            connection.request("GET", path, headers={"cookie": f"uppdrag={TOKEN}"})
            answer = connection.getresponse()
        except ConnectionError:  # the server lets go of a connection that nobody has used for five seconds
            self._threads.connection = None
            return self.page(path)
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status}")
        return body

    def cost(self, work: Callable[[], object]) -> Cost:
        """What some work took by the clock, and of the server's CPU."""
        cpu, wall = self._cpu(), time.perf_counter()
        work()
        return Cost(time.perf_counter() - wall, self._cpu() - cpu)

    def memory(self) -> float:
        """The most memory that the server has had in use, in MB."""
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmHWM:")[2].split()[0]) / 1024

    def _cpu(self) -> float:
        return time.clock_gettime(~self._process.pid << 3 | 2)  # as clock_getcpuclockid(3) does


def measure(folder: Path, rounds: int) -> list[Bar]:
    database = lying_with_the_regions(folder)
    with served("ours", database) as ours, served("bare", database) as bare:
        if len(ours.page()) != len(bare.page()):
            raise AssertionError("the two pages differ")
        costs: dict[str, list[Cost]] = {"ours": [], "bare": []}
        for turn in range(WARM_UP + rounds):
            for name, server in (("ours", ours), ("bare", bare)):
                cost = server.cost(lambda server=server: [server.page() for _ in range(PAGES)])  # type: ignore[misc]
                if turn >= WARM_UP:
                    costs[name].append(cost)
        steady = [_steadily(ours) for _ in range(3)]
    turns = Turns(costs, None)
    return [
        turns.rate("läget i regionerna, 200 × 21, mot bar FastAPI: takt", "ours", "bare", at_least=0.5).each(PAGES),
        turns.cpu("läget i regionerna, 200 × 21, mot bar FastAPI: CPU", "ours", "bare", at_most=2.0).each(PAGES),
        Bar(
            f"läget i regionerna, {A_SECOND} i sekunden: p99 mot median", median(p99 for p99, _ in steady),
            median(usual for _, usual in steady), median(p99 / usual for p99, usual in steady), 3.0, False, None,
        ),
    ]  # fmt: skip


def _steadily(server: Server) -> tuple[float, float]:
    """The p99 and the median of pages asked for at a steady pace, each counted from when it was due."""
    begun = time.perf_counter() + 0.2

    def at(number: int) -> float:
        due = begun + number / A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        server.page()
        return time.perf_counter() - due

    with ThreadPoolExecutor(AT_ONCE) as pool:
        took = list(pool.map(at, range(A_SECOND * SECONDS)))
    return quantiles(took, n=100)[98], median(took)


@contextmanager
def served(kind: str, database: Path) -> Iterator[Server]:
    port = free_port(HOST)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.web_app", kind, str(database), str(port)])
    try:
        server = Server(process, port)
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        with suppress(ConnectionRefusedError):
            server.page()
            return
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the server did not start")
        time.sleep(0.1)
