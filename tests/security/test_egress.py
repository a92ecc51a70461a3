"""Whom the program reaches for: the database, the relay, the mailbox and the identity provider, and nobody else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests import mails, oidc_provider
from tests.cast import KANSLI, NOW
from tests.faults.relay import Relay
from tests.integration.imap_server import ImapServer
from tests.integration.servers import Wire
from tests.reliability import Tried
from tests.security.overheard import heard
from uppdrag.service import people
from uppdrag.service.house import House
from uppdrag.web.server import free_port

ROOT = Path(__file__).parents[2]
PEOPLE = ROOT / "definitions" / "people" / "exempel.csv"
HOLDER = "registrator@region-uppsala.example"
PATIENCE = 60.0
REACHING = (
    'socket.create_connection(("192.0.2.1", 25), timeout=0.1)', 'socket.getaddrinfo("relay.example", 25)',
    'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("203.0.113.7", 53))',
    'socket.socket(socket.AF_INET6).connect(("2001:db8::1", 443))',
    'urllib.request.urlopen("http://198.51.100.1/", timeout=0.1)',
)  # fmt: skip
HERE = ('socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 9))', 'socket.getaddrinfo("::1", 25)')


def test_a_test_that_reaches_for_another_machine_fails(tmp_path: Path) -> None:
    """Each way out, from a test that makes nothing of being refused; and each way to this machine."""
    planted = "".join(
        f"def test_{n}():\n    with contextlib.suppress(OSError):\n        {how}\n"
        for n, how in enumerate((*REACHING, *HERE))
    )
    (tmp_path / "test_planted.py").write_text(f"import contextlib, socket, urllib.request\n{planted}")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "tests.egress", "-p", "no:cacheprovider", "-c",
         os.devnull, "-W", "ignore", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "300"},
    )  # fmt: skip
    assert f"{len(REACHING)} failed, {len(HERE)} passed" in run.stdout
    assert run.stdout.count("reached for another machine: ") == len(REACHING)


class Somewhere:
    """The four that the program may reach for, each on a port of its own on this machine."""

    def __init__(self, relay: Relay, mailbox: ImapServer, provider: oidc_provider.Provider, database: Wire) -> None:
        self.relay, self.mailbox, self.provider, self.database = relay, mailbox, provider, database

    @property
    def settings(self) -> dict[str, str]:
        """How the program is told of them, and of nobody else."""
        return {
            "UPPDRAG_SMTP_HOST": "127.0.0.1", "UPPDRAG_SMTP_PORT": str(self.relay.port),
            "UPPDRAG_MAIL": "testadresser", "UPPDRAG_MAIL_TEST_ADDRESSES": HOLDER,
            "UPPDRAG_MAIL_FROM": "NSPL <nspl@uppdrag.example>",
            "UPPDRAG_MAILBOX": f"imap://{self.mailbox.user}@127.0.0.1:{self.mailbox.port}/INBOX",
            "UPPDRAG_MAILBOX_PASSWORD": self.mailbox.word, "UPPDRAG_OIDC_ISSUER": self.provider.address,
            "UPPDRAG_OIDC_CLIENT_ID": oidc_provider.CLIENT_ID,
            "UPPDRAG_OIDC_CLIENT_SECRET": oidc_provider.CLIENT_SECRET,
        }  # fmt: skip

    @property
    def ports(self) -> set[int]:
        return {self.relay.port, self.mailbox.port, urlsplit(self.provider.address).port or 0}


@pytest.fixture
def somewhere(postgres_url: str, tmp_path: Path) -> Iterator[Somewhere]:
    with ExitStack() as stack:
        wire = Wire(Path(parse_qs(urlsplit(postgres_url).query)["host"][0]) / ".s.PGSQL.5432")
        stack.callback(wire.close)
        yield Somewhere(
            stack.enter_context(Relay(tmp_path / "relay.log")), stack.enter_context(ImapServer([mails.answer("Hej")])),
            stack.enter_context(oidc_provider.provider()), wire,
        )  # fmt: skip


def test_the_service_reaches_only_whom_its_settings_name(
    postgres_url: str, somewhere: Somewhere, tmp_path: Path, tried: Tried
) -> None:
    """The whole service at work: mail that leaves, mail that is read, a login at the provider, a database by TCP."""
    house = House.open(postgres_url)
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    house.database.close()
    at = urlsplit(postgres_url)
    address = f"{at.scheme}://{at.username}@127.0.0.1:{somewhere.database.port}{at.path}"
    log = tmp_path / "heard.log"
    port = free_port("127.0.0.1")
    with (tmp_path / "serve.log").open("wb") as told:
        env = {k: v for k, v in os.environ.items() if not k.startswith("UPPDRAG_")}
        env |= somewhere.settings | {
            "UPPDRAG_DATABASE_URL": f"{address}?sslmode=disable&gssencmode=disable", "UPPDRAG_NOW": NOW.isoformat(),
            "UPPDRAG_URL": f"http://127.0.0.1:{port}",
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.security.overheard", str(log), "serve", "--port", str(port),
                   "--every", "0.2"]  # fmt: skip
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=told, stderr=told)
        try:
            sockets = _at_work(process, somewhere, f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(PATIENCE)
    said = (tmp_path / "serve.log").read_text()
    assert ended == 0, said
    assert heard(log, "connect") == {("127.0.0.1", p) for p in somewhere.ports}, said
    assert {name for name, _ in heard(log, "name")} <= {"127.0.0.1"}, "no other name is looked up"
    assert heard(log, "bind") == {("127.0.0.1", port)}
    assert not heard(log, "program"), "and no program is started"
    strangers = {one for one in sockets if one[1] not in somewhere.ports | {somewhere.database.port}}
    assert not strangers, "nor does what is written in C connect to anybody else"
    assert ("127.0.0.1", somewhere.database.port) in sockets, "the database was seen"
    tried("Utåt", "hela tjänsten i arbete: mejl ut, mejl in, inloggning, PostgreSQL", len(heard(log, "connect")) + 1,
          "bara de fyra som inställningarna nämner")  # fmt: skip


def _at_work(process: subprocess.Popen[bytes], somewhere: Somewhere, url: str) -> set[tuple[str, int]]:
    """Somebody asks for a code and goes to the provider; whom the process was connected to meanwhile."""
    seen = set[tuple[str, int]]()

    def so(condition: Callable[[], bool]) -> None:
        waited = time.monotonic() + PATIENCE
        while not condition():
            assert process.poll() is None, "it ended"
            assert time.monotonic() < waited, "it never came to that"
            seen.update(_peers(process.pid, int(url.rpartition(":")[2])))
            time.sleep(0.02)  # another process does it, and its sockets are read meanwhile

    with httpx2.Client(base_url=url, headers={"origin": url}) as browser:
        so(lambda: _answers(browser))
        browser.post("/logga-in", data={"adress": HOLDER})
        gone = browser.get("/logga-in/oidc", follow_redirects=False)
        if gone.status_code != 303:
            gone = browser.post("/logga-in/oidc", data={})
        browser.get(httpx2.get(gone.headers["location"]).headers["location"])
        so(lambda: bool(somewhere.relay.mails) and any("FETCH" in said.upper() for said in somewhere.mailbox.said))
        so(lambda: any(port == somewhere.database.port for _, port in seen))
    return seen


def _answers(browser: httpx2.Client) -> bool:
    try:
        return browser.get("/halsa/redo").status_code == 200
    except httpx2.HTTPError:
        return False


def _peers(pid: int, own: int) -> set[tuple[str, int]]:
    """Whom a process is connected to over IPv4 or IPv6 (proc(5)), save for those who came to its `own` port."""
    inodes = set[str]()
    for place in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.update(re.findall(r"socket:\[(\d+)\]", str(place.readlink())))
        except OSError:  # closed meanwhile
            continue
    found = set[tuple[str, int]]()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, peer, _, *rest = line.split()
            host, port = peer.split(":")
            if rest[5] in inodes and int(port, 16) and int(local.split(":")[1], 16) != own:
                found.add((_address(host), int(port, 16)))
    return found


def _address(packed: str) -> str:
    """An address as the kernel writes it; of IPv6 only those that are not of this machine are told apart."""
    if len(packed) == 8:
        return ".".join(str(int(packed[n : n + 2], 16)) for n in (6, 4, 2, 0))
    return "127.0.0.1" if packed.endswith("0100007F") or packed == "0" * 24 + "01000000" else packed
