"""A relay that is away or that somebody must mend, what stays at home, and a queue that people stop."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import trustme

from storage import mail_queue, outbox, suppressions
from tests.faults.at_the_relay import TWENTY_ONE, Start, office, recipients, start
from tests.faults.office import Office, letter, plain
from tests.faults.relay import PASSWORD
from uppdrag.service import health, mailing
from uppdrag.service.metrics import Meters
from uppdrag.settings import Smtp
from workflow.calendar import local_date
from workflow.message import Queued

__all__ = ["office", "start"]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def certificate(authority: trustme.CA, folder: Path, *names: str) -> str:
    path = folder / "server.pem"
    authority.issue_cert(*names).private_key_and_cert_chain_pem.write_to_path(str(path))
    return str(path)


def test_a_server_that_is_down_is_probed_by_one_and_costs_no_attempts(start: Start, office: Office) -> None:
    with socket.socket() as taken:  # bound, but nobody listens: refused, and nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        office.smtp = plain(port)
        office.write(*TWENTY_ONE)
        begun = office.now
        assert "går inte att nå" in office.deliver().standing
        probes = []
        for _ in range(6):
            probe = office.queue().probe_at
            assert probe is not None
            probes.append((probe - begun) // timedelta(minutes=1))
            office.now = probe - timedelta(seconds=1)
            assert office.deliver().later == 0
            office.now = probe
            office.deliver()
        assert probes == list(accumulate((1, 5, 15, 60, 240, 240)))
        assert {office.kept(name).queued.attempts for name in TWENTY_ONE} == {0}
        assert office.statuses() == {"koad": 21}
    relay = start(port=port)
    assert office.later(hours=4).sent == 21
    assert (office.queue().open, relay.connections) == (True, 1)


def test_only_one_message_is_tried_when_the_server_is_away(start: Start, office: Office) -> None:
    relay = start(greeting=False)
    office.smtp, office.timeout = plain(relay.port), 0.3
    office.write(*TWENTY_ONE)
    office.deliver()
    for _ in range(3):
        office.deliver("en")
        office.deliver("en annan")
    assert relay.connections == 1
    office.later(minutes=1)
    assert (relay.connections, office.statuses()) == (2, {"koad": 21})


def test_what_has_waited_three_days_for_a_server_needs_a_hand(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        office.smtp = plain(taken.getsockname()[1])
        office.write("eva")
        office.deliver()
        office.later(hours=71)
        office.write("kim")
        assert office.status("eva") == "koad"
        office.later(hours=5)
    assert (office.status("eva"), office.status("kim")) == ("kraver_atgard", "koad")


@pytest.mark.parametrize(
    ("script", "relay", "says"),
    [
        ({}, {"security": "starttls"}, "STARTTLS"),
        ({}, {"security": "tls"}, "TLS"),
        ({}, {"user": "kansli", "password": PASSWORD}, "AUTH"),
        ({"auth": True}, {"user": "kansli", "password": "fel"}, "5.7.8"),
        ({"auth": True}, {}, "Authentication"),
        ({"mail": "530 5.7.0 Logga in"}, {}, "Logga in"),
        ({"mail": "550 5.7.1 Fel avsandare"}, {}, "Fel avsandare"),
    ],
)
def test_what_somebody_must_mend_pauses_the_queue_and_costs_no_attempts(
    start: Start, office: Office, script: dict[str, Any], relay: dict[str, Any], says: str
) -> None:
    wrong = start(**script)
    office.smtp = replace(plain(wrong.port), **relay)
    office.write(*TWENTY_ONE)
    assert says in office.deliver().standing
    assert (office.queue().open, office.statuses()) == (False, {"koad": 21})
    office.later(hours=1)
    assert {office.kept(name).queued.attempts for name in TWENTY_ONE} == {0}
    assert wrong.mails == []
    office.smtp = plain(start(port=0).port)
    assert office.deliver().sent == 0  # the next try comes by itself within the hour
    assert office.later(hours=1).sent == 21
    assert office.queue().open


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "annan.example"])
def test_the_certificate_is_verified(
    start: Start, office: Office, authority: trustme.CA, tmp_path: Path, security: Any, name: str
) -> None:
    relay = start(certificate=certificate(authority, tmp_path, name), implicit=security == "tls", auth=True)
    office.smtp = Smtp(host="127.0.0.1", port=relay.port, security=security, user="kansli", password=PASSWORD)
    office.write("eva")
    done = office.deliver()
    if name == "127.0.0.1":
        assert (done.sent, len(relay.mails)) == (1, 1)
    else:
        assert (done.sent, "certifikat" in done.standing) == (0, True)
        assert office.status("eva") == "koad"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_from_nobody_known_is_refused(
    start: Start, office: Office, tmp_path: Path, security: Any
) -> None:
    relay = start(certificate=certificate(trustme.CA(), tmp_path, "127.0.0.1"), implicit=security == "tls")
    office.smtp = Smtp(host="127.0.0.1", port=relay.port, security=security)
    office.write("eva")
    assert "certifikat" in office.deliver().standing
    assert (office.queue().open, office.kept("eva").queued.attempts, relay.mails) == (False, 0, [])


def test_a_poison_message_is_parked_and_the_others_go(start: Start, office: Office) -> None:
    relay = start()
    office.smtp = plain(relay.port)
    with office.house.database.transaction() as session:
        for name, subject in (
            ("crlf", "a\r\nBcc: x@y.example"),
            ("kodat", "=?utf-8?q?a=0d=0aBcc:_x@y?="),
            ("bra", "Hej"),
        ):
            outbox.enqueue(session, replace(letter(name), subject=subject), now=office.now, not_before=office.now)
    done = office.deliver()
    assert (done.sent, done.stuck, recipients(relay.mails)) == (1, 2, ["bra"])
    assert "kan inte skrivas" in office.kept("crlf").queued.response


def test_what_is_too_late_suppressed_or_no_longer_wanted_stays_at_home(start: Start, office: Office) -> None:
    relay = start()
    office.smtp = plain(relay.port)
    office.write("sen", expires_on=local_date(office.now) - timedelta(days=1))
    office.write("i-dag", expires_on=local_date(office.now))
    office.write("sparrad", "svarat", "annan")
    with office.house.database.transaction() as session:
        suppressions.add(session, "Sparrad@region.example", "550 5.1.1 Okänd", office.now)
    office.still_wanted = lambda queued: queued.id != letter("svarat").id
    done = office.deliver()
    assert (done.sent, done.cancelled, done.stuck) == (2, 2, 1)
    assert sorted(recipients(relay.mails)) == ["annan", "i-dag"]
    assert [office.status(name) for name in ("sen", "sparrad", "svarat")] == ["avbruten", "kraver_atgard", "avbruten"]


def test_a_decision_while_the_batch_is_on_its_way_stops_the_mail(start: Start, office: Office) -> None:
    relay = start(to={f"{name}@region.example": ["slow"] for name in TWENTY_ONE})
    office.smtp = plain(relay.port)
    office.write(*TWENTY_ONE)
    asked: Counter[str] = Counter()

    def answered_meanwhile(queued: Queued) -> bool:
        asked[queued.id] += 1
        return asked[queued.id] == 1 or queued.id != letter("region20").id

    office.still_wanted = answered_meanwhile
    assert (office.deliver().sent, office.status("region20")) == (20, "avbruten")
    assert "region20" not in recipients(relay.mails)


def test_modes_decide_what_leaves(start: Start, office: Office) -> None:
    relay = start()
    office.smtp = plain(relay.port)
    office.write("av")
    office.mode = "av"
    assert (office.deliver().sent, office.status("av")) == (0, "koad")
    office.mode = "simulera"
    assert (office.deliver().simulated, office.status("av"), office.kept("av").queued.response) == (
        1, "skickad", "simulerat",
    )  # fmt: skip
    assert relay.connections == 0
    office.mode, office.test_addresses = "testadresser", frozenset({"eva@region.example", "@annan.example"})
    office.write("eva", "kim")
    done = office.deliver()
    assert (done.sent, done.simulated, recipients(relay.mails)) == (1, 1, ["eva"])
    assert office.kept("kim").queued.response == "simulerat"


def test_a_person_can_pause_the_queue_and_only_a_person_resumes_it(start: Start, office: Office) -> None:
    relay = start()
    office.smtp = plain(relay.port)
    office.write("eva")
    with office.house.database.transaction() as session:
        mail_queue.put(session, mail_queue.QueueState("Vi väntar på chefsgruppen", office.now, None))
    assert office.later(days=30).standing == "Vi väntar på chefsgruppen"
    assert (relay.connections, office.status("eva")) == (0, "koad")
    with office.house.database.transaction() as session:
        mail_queue.put(session, mail_queue.OPEN)
    assert office.deliver().sent == 1


def test_health_tells_a_pause_from_a_relay_that_is_away(office: Office) -> None:
    def told() -> dict[str, tuple[bool, str]]:
        return {c.name: (c.ok, c.text) for c in health.check(office.house, now=office.now, wanted=frozenset())}

    def measured() -> str:
        return Meters(office.house, office.now).text()

    assert told()["queue"][0]
    assert told()["relay"][0]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        office.smtp = plain(taken.getsockname()[1])
        office.write("eva")
        office.deliver()
    well, text = told()["relay"]
    assert (well, told()["queue"][0]) == (False, True)
    assert "går inte att nå" in text
    assert "sedan 2026-03-02 08:00" in text
    assert "Nästa försök 2026-03-02 08:01" in text
    assert "uppdrag_relay_away 1.0" in measured()
    mailing.pause(office.house, "Vi väntar på chefsgruppen", who="Åsa", now=office.now)
    well, text = told()["queue"]
    assert (well, told()["relay"][0]) == (False, True)
    assert "Vi väntar på chefsgruppen. Starta den: uppdrag outbox resume" in text
    assert "uppdrag_queue_paused 1.0" in measured()
