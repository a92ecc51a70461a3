"""Weeks in which pages, clock, sender and the database's own server are killed at any moment, and what must hold."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from html import unescape
from pathlib import Path
from random import Random

import httpx2

from storage import outbox, sessions
from storage.sessions import SignedIn
from tests.cast import KANSLI
from tests.faults.lives import EXAMPLE
from tests.faults.relay import Relay
from tests.faults.service import PARTS, PATIENCE, Service, patiently
from tests.integration.doing import with_the_regions
from tests.integration.servers import Server
from uppdrag.service import form_tokens, people, queries, signing_in
from uppdrag.service.house import House
from uppdrag.service.marks import IN_DOUBT
from uppdrag.web.server import free_port
from workflow.calendar import STOCKHOLM, parse_span
from workflow.errors import StorageUnavailable
from workflow.events import RegionDecided

FIRST = date(2026, 8, 5)
"""A Wednesday; on this one and on those that follow something is due to every region."""
MOVED_IN = datetime(2026, 3, 27, 9, tzinfo=UTC)
STEP = timedelta(minutes=11)
"""What has gone by when something starts again: the lease of whoever was killed has run out."""
_FIELD = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
_NOTHING_MORE = ("skickad", "levererad", "avbruten")


@dataclass
class Weeks:
    """A service that is killed again and again. `server`: the PostgreSQL of our own that is killed with it."""

    url: str
    relay: Relay
    folder: Path
    seed: int
    server: Server | None = None
    posted: dict[tuple[str, str], str] = field(default_factory=dict)
    """The § of each decision that was answered with a yes, by uppdrag and region."""
    repeats: int = 0
    """How many of the posts had to be sent again."""
    known: int = 0
    """How many of those had been registered already."""
    kills: Counter[str] = field(default_factory=Counter)
    twice: int = 0

    def __post_init__(self) -> None:
        self.chance, self._luck = Random(self.seed), Random(-self.seed)
        self.house = House.open(self.url)
        self.now = MOVED_IN
        people.import_people(self.house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=KANSLI, now=self.now)
        self.ids = [
            with_the_regions(self.house, *(r.lanskod for r in queries.regions(self.house)), times={
                "redovisning": parse_span("2026-04-24"),
                "regionbeslut": parse_span((FIRST + timedelta(weeks=8 + n)).isoformat()),
            })
            for n in range(4)
        ]  # fmt: skip
        self._on_its_way, self._posting, self._seen = threading.Event(), False, 0
        self.open = [(id, r.lanskod) for id in self.ids for r in queries.regions(self.house)]
        self.chance.shuffle(self.open)
        domains = {h.email.rpartition("@")[2] for h in people.listed(self.house, now=self.now) if h.email}
        port = free_port("127.0.0.1")
        self.origin = f"http://127.0.0.1:{port}"
        self.service = Service(self.url, port, {
            "UPPDRAG_URL": self.origin, "UPPDRAG_MAIL": "testadresser",
            "UPPDRAG_MAIL_TEST_ADDRESSES": ",".join(sorted(f"@{d}" for d in domains)),
            "UPPDRAG_MAIL_FROM": "NSPL:s kansli <kansliet@nspl.example>", "UPPDRAG_SMTP_HOST": "127.0.0.1",
            "UPPDRAG_SMTP_PORT": str(self.relay.port),
        }, self.folder / "told")  # fmt: skip

    def live(self, weeks: int, answers: int = 6) -> None:
        """Week after week; what must hold is looked at after each."""
        with closing(self.house.database), self.service:
            for week in range(weeks):
                day = FIRST + timedelta(weeks=week)
                self.now = datetime.combine(day, clock_time(8, 5), STOCKHOLM).astimezone(UTC)
                self._week(answers)
                self._holds(f"frö {self.seed}, {day}")

    def _week(self, answers: int) -> None:
        for part in PARTS:
            self.service.start(part, self.now)
        wrong: list[BaseException] = []
        self._posting = True
        posting = threading.Thread(target=self._post, args=([self.open.pop() for _ in range(answers)], wrong))
        posting.start()
        victims = ["web", "web", "sender", "clock", *(["server", "server"] if self.server else ["web", "sender"])]
        self.chance.shuffle(victims)
        for victim in victims:
            self._await_a_moment(victim)
            self._kill(victim)
        posting.join()
        assert not wrong, wrong
        for part in PARTS:
            self.service.kill(part, may_have_ended=self.server is not None)
        self.kills += Counter(PARTS)
        self.now += STEP
        self.service.uppdrag("remind", now=self.now)
        self.service.uppdrag("sender", "--once", now=self.now)

    def _await_a_moment(self, victim: str) -> None:
        """Mostly one at which it is at work: a form is on its way, or mails are. The sleeps are chance, not patience:
        no test depends on how long they are."""
        if self.chance.random() < 0.25:
            time.sleep(0.5 * self.chance.random())
        elif victim == "sender":
            arrived = self._arrived()
            self._until(lambda: self._arrived() > arrived)
            time.sleep(0.05 * self.chance.random())
        elif victim == "clock":
            time.sleep(0.2 * self.chance.random())
        else:
            self._on_its_way.clear()
            self._until(lambda: self._on_its_way.is_set() or not self._posting)
            if self.chance.random() < 0.4:
                time.sleep(0.1 * self.chance.random())
            else:  # it has been written, and the answer is on its way
                events = self._events()
                self._until(lambda: self._events() > events or not self._posting, 1.0)

    def _is_registered(self, id: str, region: str) -> bool:
        with suppress(StorageUnavailable):
            return bool(self._paragraphs(id, region))
        return False

    def _events(self) -> int:
        with suppress(StorageUnavailable), self.house.database.reading() as session:
            for (count,) in session.raw("SELECT count(*) FROM event"):
                self._seen = int(str(count))
        return self._seen

    def _arrived(self) -> int:
        return self.relay.log.stat().st_size if self.relay.log.exists() else 0

    @staticmethod
    def _until(is_so: Callable[[], bool], patience: float = 2.0) -> None:
        end = time.monotonic() + patience
        while not is_so() and time.monotonic() < end:
            time.sleep(0.002)  # another process does it: there is nothing here to wait on

    def _kill(self, victim: str) -> None:
        self.kills[victim] += 1
        self.now += STEP
        if self.server:
            self.service.revive(self.now)
        if victim == "server":
            assert self.server
            self.server.crash()
            self.service.revive(self.now)
            return
        for part in PARTS:
            if part == victim:
                self.service.kill(part, may_have_ended=self.server is not None)
                self.service.start(part, self.now)

    def _post(self, decisions: list[tuple[str, str]], wrong: list[BaseException]) -> None:
        first = len(self.posted)
        try:
            with httpx2.Client(base_url=self.origin, timeout=10, trust_env=False) as browser:
                for number, (id, region) in enumerate(decisions, start=first + 1):
                    self._answer(browser, id, region, str(number), first)
        except BaseException as failed:  # noqa: BLE001 - told by the thread that waits
            wrong.append(failed)
        finally:
            self._posting = False

    def _answer(self, browser: httpx2.Client, id: str, region: str, paragraph: str, first: int) -> None:
        """Post a region's decision by its form until the pages say yes: the same form, with the same key."""
        deadline, form, tries = time.monotonic() + PATIENCE, dict[str, str](), 0
        losing = False
        while True:
            patiently(deadline)
            try:
                token = self._logged_in(region)
                as_her = {"cookie": f"uppdrag={token}", "origin": self.origin}
                if not form:
                    page = browser.get(f"/svar/{id}/{region}", headers=as_her)
                    form = {n: unescape(v) for n, v in _FIELD.findall(page.text)} if page.is_success else {}
                    continue
                tries += 1
                self.known += tries > 1 and paragraph in self._paragraphs(id, region)
                self._on_its_way.set()
                # The line may be lost; of the week's first it is, once that has been registered.
                losing = tries == 1 and len(self.posted) == first
                patience = 0.001 if losing else self._luck.choice((10.0, 10.0, 0.15 * self._luck.random()))
                said = browser.post(f"/svar/{id}/{region}", headers=as_her, timeout=patience, data={
                    **form, "formular": form_tokens.form_token(token), "steg": "registrera", "utfall": "antagen",
                    "instans": "RF", "datum": "2026-06-15", "paragraf": paragraph,
                })  # fmt: skip
            except (httpx2.HTTPError, StorageUnavailable):
                if losing:
                    self._until(lambda: self._is_registered(id, region))
                continue
            if said.status_code == 303:
                self.posted[id, region] = paragraph
                self.repeats += tries - 1
                return
            assert said.status_code >= 500, said.text

    def _logged_in(self, region: str) -> str:
        token = f"token-{region}"
        digest = signing_in._digest(token)
        with self.house.database.transaction() as session:
            sessions.end(session, digest)
            ends = self.now + signing_in.LONGEST
            sessions.open(
                session, SignedIn(digest, "region", "", region, "Eva Lind", "", self.now, self.now, ends)
            )  # fmt: skip
        return token

    def _holds(self, when: str) -> None:
        """Nothing that was answered is lost, nothing is there twice, no mail is lost, and the log is whole."""
        assert queries.verify(self.house).findings == (), when
        for (id, region), paragraph in self.posted.items():
            there = self._paragraphs(id, region)
            assert there == [paragraph], f"{when}: {id} {region}: {there}"
        arrived: dict[str, set[bytes]] = {}
        times: Counter[str] = Counter()
        for mail in self.relay.mails:
            found = _ID.search(mail.raw)
            assert found
            id = found[1].decode()
            times[id] += 1
            arrived.setdefault(id, set()).add(mail.raw)
        with self.house.database.reading() as session:
            rows = [tuple(map(str, row)) for row in session.raw("SELECT id, status, subject FROM message")]
            for id, copies in arrived.items():
                kept = outbox.find(session, id)
                assert kept, f"{when}: {id} kom fram men finns inte"
                assert copies == {kept.raw}, f"{when}: {id} kom fram med andra byte"
        left = [row for row in rows if row[1] not in _NOTHING_MORE]
        assert not left, f"{when}: har inte gått: {left}"
        lost = [row for row in rows if row[1] == "skickad" and row[0] not in arrived]
        assert not lost, f"{when}: sägs ha gått men kom aldrig fram: {lost}"
        receipts = Counter(subject for _, _, subject in rows if "Kvitto" in subject)
        assert len(receipts) == len(self.posted), f"{when}: {receipts}"
        assert set(receipts.values()) == {1}, f"{when}: {receipts}"
        self.twice = sum(times.values()) - len(times)
        assert self.twice <= (self.kills["sender"] + self.kills["server"]) * 2 * IN_DOUBT, f"{when}: {self.twice}"

    def _paragraphs(self, id: str, region: str) -> list[str]:
        """The § of each decision that is registered for a region."""
        return [
            e.event.decision.paragraph for e in queries.history(self.house, id)
            if isinstance(e.event, RegionDecided) and e.event.region == region
        ]  # fmt: skip
