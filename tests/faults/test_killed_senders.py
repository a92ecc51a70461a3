"""`kill -9` at every moment of a delivery, and many senders at once: nothing lost, and nothing sent twice in vain."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.faults.office import Office, letter, plain
from tests.faults.relay import Relay
from tests.faults.sender import MOMENTS, Moment, work
from tests.reliability import Tried
from uppdrag.service import claiming
from uppdrag.service.house import House
from uppdrag.service.marks import IN_DOUBT

KILLS = 6  # at each of nine moments
CERTAIN: frozenset[Moment] = frozenset({"claiming", "claimed", "connected"})
"""The moments at which no mail can have left that is not written down."""


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.sender"])
    return context


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_nothing_is_lost(
    empty_house: House, tmp_path: Path, processes: ForkServerContext, moment: Moment, tried: Tried
) -> None:
    chance = random.Random(moment)
    with Relay(tmp_path / "relay.jsonl") as relay:
        office = Office(empty_house, plain(relay.port), timeout=20)
        url = office.settings.database_url
        written: list[str] = []
        for kill in range(KILLS):
            names = [f"{moment.replace('_', '-')}-{kill}-{n}" for n in range(3)]
            written += names
            office.write(*names)
            after = 0 if moment in ("claiming", "claimed", "connected", "marked") else chance.randrange(3)
            doomed = processes.Process(target=work, args=(url, plain(relay.port), office.now, moment, after))
            doomed.start()
            doomed.join()
            assert doomed.exitcode == -signal.SIGKILL
            office.now += claiming.LEASE + timedelta(minutes=1)
        office.deliver()
        assert office.statuses() == {"skickad": len(written)}
        arrived = Counter(address.partition("@")[0] for mail in relay.mails for address in mail.recipients)
        assert arrived.keys() == set(written)
        assert {mail.raw for mail in relay.mails} == {office.kept(name).raw for name in written}
        twice = sum(arrived.values()) - len(written)
        assert twice <= (0 if moment in CERTAIN else KILLS * 2 * IN_DOUBT)
    tried("Processer", "kill -9 av utskicken vid nio bestämda ögonblick", KILLS,
          "inget mejl borta; dubbelt bara efter DATA, byte för byte likadant")  # fmt: skip


def test_a_lease_keeps_others_away_until_it_runs_out(
    empty_house: House, tmp_path: Path, processes: ForkServerContext
) -> None:
    with Relay(tmp_path / "relay.jsonl") as relay:
        office = Office(empty_house, plain(relay.port), timeout=20)
        office.write("eva")
        doomed = processes.Process(
            target=work, args=(office.settings.database_url, office.smtp, office.now, "connected", 0)
        )  # fmt: skip
        doomed.start()
        doomed.join()
        assert (office.status("eva"), office.kept("eva").fence) == ("tagen", 1)
        assert (office.later(minutes=9).sent, relay.mails) == (0, [])
        assert (office.later(minutes=1).sent, len(relay.mails)) == (1, 1)
        assert (office.kept("eva").fence, office.kept("eva").raw) == (2, relay.mails[0].raw)


def test_eight_senders_at_once_send_each_message_once(
    any_house: House, tmp_path: Path, processes: ForkServerContext, tried: Tried
) -> None:
    with Relay(tmp_path / "relay.jsonl") as relay:
        office = Office(any_house, plain(relay.port))
        names = [f"mottagare{n:03d}" for n in range(200)]
        office.write(*names)
        gate = processes.Barrier(8)
        arguments = (office.settings.database_url, office.smtp, office.now, None, 0, gate)
        senders = [processes.Process(target=work, args=arguments) for _ in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert [sender.exitcode for sender in senders] == [0] * 8
        assert office.statuses() == {"skickad": len(names)}
        arrived = Counter(address for mail in relay.mails for address in mail.recipients)
        assert arrived == {letter(name).recipient: 1 for name in names}
        assert {office.kept(name).fence for name in names} == {1}
    tried("Processer", "mejl som åtta utskick slogs om samtidigt", len(names), "vart och ett gick en gång")
