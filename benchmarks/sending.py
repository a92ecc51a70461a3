"""A thousand queued mails over one connection, against aiosmtplib alone in a loop, to the same server.

The server is a process of its own that says yes to everything: `python -m benchmarks.sending`.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import aiosmtplib
from aiosmtpd.smtp import SMTP

from benchmarks.composing import MAILS, MORNING, due
from benchmarks.measure import Bar, Disk, take_turns
from notifications.serialise import serialise
from storage import outbox
from uppdrag.service import composing, delivery
from uppdrag.service.house import House
from uppdrag.settings import Settings, Smtp

ADDRESS = "kansli@nspl.example"
SENDER = f"NSPL:s kansli <{ADDRESS}>"


def measure(folder: Path, rounds: int) -> list[Bar]:
    start = due(folder)
    house = House.open(f"sqlite:///{start}")
    composing.compose_due(house, now=MORNING, settings=Settings(mail_from=SENDER))
    with house.database.reading() as session:
        mails = [kept.message for kept in outbox.due(session, MORNING, MAILS)]
    house.database.close()
    written = [(mail.recipient, serialise(mail, MORNING)) for mail in mails]
    if len(written) != MAILS:
        raise AssertionError("not every reminder became a mail")
    numbers = count()
    houses: list[tuple[Path, House]] = []

    def copy() -> None:
        """A full outbox for every turn."""
        for path, house in houses:
            house.database.close()
            path.unlink()
        path = folder / f"outbox{next(numbers)}.db"
        shutil.copyfile(start, path)
        houses[:] = [(path, House.open(f"sqlite:///{path}"))]

    with _server() as port:
        smtp = Smtp(host="127.0.0.1", port=port, security="ingen")
        settings = Settings(mail="skarp", mail_from=SENDER, smtp=smtp)

        def ours() -> None:
            done = delivery.deliver(houses[0][1], settings, worker="mätning", clock=lambda: MORNING)
            if done.sent != MAILS:
                raise AssertionError(f"not every mail left: {done}")

        turns = take_turns(
            rounds, {"ours": ours, "bare": lambda: asyncio.run(_alone(port, written))}, disk=Disk(folder),
            warm_up=1, before_each=copy,
        )  # fmt: skip
    return [turns.rate(f"{MAILS} mejl mot aiosmtplib ensamt: takt", "ours", "bare", at_least=0.8)]


async def _alone(port: int, written: list[tuple[str, bytes]]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for recipient, raw in written:
            await client.sendmail(ADDRESS, recipient, raw)


@contextmanager
def _server() -> Iterator[int]:
    """The server at work; its port."""
    command = [sys.executable, "-m", "benchmarks.sending"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(next(iter(process.stdout or ())))
        finally:
            process.kill()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(object(), hostname="relay.example", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
