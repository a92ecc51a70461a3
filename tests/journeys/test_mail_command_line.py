"""The outbox and the relay from the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage import outbox
from tests.faults.office import letter
from tests.faults.relay import Relay
from tests.journeys.command_line import CommandLine, Run
from uppdrag.service import scheduler
from uppdrag.service.house import House

NOW = datetime(2026, 3, 27, 8, tzinfo=UTC)


@pytest.fixture
def post(kansli: Callable[..., Run], tmp_path: Path) -> Callable[..., Run]:
    """The command line with three mails in the outbox."""
    house = House.open(f"sqlite:///{tmp_path / 'uppdrag.db'}")
    with house.database.transaction() as session:
        for name in ("eva", "kim", "robin"):
            outbox.enqueue(session, letter(name), uppdrag="U2026-01", region="03", now=NOW, not_before=NOW)
    house.database.close()
    return kansli


@pytest.fixture
def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Relay]:
    """Makes a server that the settings point to; the test starts it with `with`."""

    def made(**script: Any) -> Relay:
        server = Relay(tmp_path / "relay.jsonl", **script)
        monkeypatch.setenv("UPPDRAG_MAIL_FROM", "NSPL:s kansli <kansli@nspl.example.se>")
        monkeypatch.setenv("UPPDRAG_SMTP_HOST", "127.0.0.1")
        return server

    return made


def statuses(post: CommandLine) -> dict[str, str]:
    return {m["id"].partition("@")[0]: m["shown"] for m in post("outbox", "list", "--format", "json").json()}


def test_by_default_nothing_leaves(post: CommandLine) -> None:
    assert statuses(post) == dict.fromkeys(("eva", "kim", "robin"), "köad")
    assert "3 simulerade." in post("sender", "--once").out
    assert statuses(post) == dict.fromkeys(("eva", "kim", "robin"), "skickad")
    assert "Svar: simulerat" in post("outbox", "show", "eva").out
    assert post("outbox", "show", "eva", "--raw").status == 0
    assert "Inget mejl ska gå nu" in post("sender", "--once").out


def test_a_person_holds_releases_cancels_and_retries(post: CommandLine) -> None:
    assert post("outbox", "hold", "eva").status == 0
    assert post("outbox", "cancel", "kim", "--why", "Regionen har ringt").status == 0
    assert "1 simulerade." in post("sender", "--once").out
    assert statuses(post) == {"eva": "hållen", "kim": "avbruten", "robin": "skickad"}
    assert "Regionen har ringt" in post("outbox", "show", "kim").out
    assert post("outbox", "release", "eva").status == 0
    assert "1 simulerade." in post("sender", "--once").out
    for verb in ("retry", "cancel", "hold", "release"):
        refused = post("outbox", verb, "robin")
        assert (refused.status, "Mejlet är skickad" in refused.err) == (1, True)
    assert [m["id"] for m in post("outbox", "list", "--status", "avbruten", "--format", "json").json()] == [
        letter("kim").id
    ]
    assert post("outbox", "list", "--status", "borta").status == 2
    assert (post("outbox", "show", "ingen").status, post("outbox", "show", "").status) == (1, 1)


def test_a_paused_queue_says_why(post: CommandLine) -> None:
    assert post("outbox", "pause", "--why", "Vi väntar").status == 0
    assert "Vi väntar" in post("outbox", "list").out
    assert (post("sender", "--once").status, statuses(post)["eva"]) == (1, "köad")
    assert post("outbox", "resume").status == 0
    assert post("sender", "--once").status == 0


def test_the_relay_is_examined_step_by_step(
    post: CommandLine, relay: Callable[..., Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    with relay(to={"nej@region.example": ["550 5.1.1 Okand"]}) as server:
        monkeypatch.setenv("UPPDRAG_SMTP_PORT", str(server.port))
        asked = post("mail", "test", "eva@region.example")
        assert asked.status == 0
        for step in ("anslutning", "kryptering", "inloggning", "mottagare"):
            assert f"bra  {step}:" in asked.out
        assert "inget provmejl har skickats" in asked.out
        assert server.mails == []
        refused = post("mail", "test", "nej@region.example")
        assert (refused.status, "FEL  mottagare: 550" in refused.out) == (1, True)
        monkeypatch.setenv("UPPDRAG_MAIL", "testadresser")
        monkeypatch.setenv("UPPDRAG_MAIL_TEST_ADDRESSES", "region.example")
        assert "Provmejlet är lämnat" in post("mail", "test", "eva@region.example").out
        assert b"provmejl" in server.mails[0].raw
        assert post("mail", "test", "ingen adress").status == 2
        assert "3 skickade." in post("sender", "--once").out
    down = post("mail", "test", "eva@region.example")
    assert (down.status, "FEL  anslutning" in down.out) == (1, True)


def test_a_mode_that_needs_a_relay_says_what_is_missing(post: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPPDRAG_MAIL", "testadresser")
    wanting = post("sender", "--once")
    assert (wanting.status, "UPPDRAG_SMTP_HOST" in wanting.err) == (2, True)
    monkeypatch.setenv("UPPDRAG_SMTP_HOST", "127.0.0.1")
    assert "UPPDRAG_MAIL_FROM" in post("sender", "--once").err


@pytest.mark.parametrize("mode", ["testadresser", "skarp"])
@pytest.mark.parametrize("command", ["serve", "sender"])
def test_the_service_does_not_start_where_mail_could_not_leave(
    post: CommandLine, monkeypatch: pytest.MonkeyPatch, mode: str, command: str
) -> None:
    monkeypatch.setattr(scheduler, "run", lambda *_, **__: pytest.fail("it has started"))
    monkeypatch.setenv("UPPDRAG_MAIL", mode)
    monkeypatch.delenv("UPPDRAG_NOW", raising=False)  # nobody may set the clock in skarp
    refused = post(command)
    assert (refused.status, "UPPDRAG_SMTP_HOST: ange servern" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("UPPDRAG_SMTP_PORT", "75000", "1 och 65535"),
        ("UPPDRAG_SMTP_SECURITY", "ssl", "starttls, tls, ingen"),
        ("UPPDRAG_SMTP_SECURITY", "ingen", "starttls eller tls"),
        ("UPPDRAG_SMTP_USER", "kansli", "både användare och lösenord"),
        ("UPPDRAG_SMTP_PASSWORD", "hemligt", "både användare och lösenord"),
        ("UPPDRAG_SMTP_PASSWORD_FILE", "/finns/inte", "går inte att läsa"),
        ("UPPDRAG_MAIL_TEST_ADDRESSES", "a b@c", "adresser och domäner"),
    ],
)
def test_a_wrong_setting_says_what_to_write_and_no_password(
    kansli: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv("UPPDRAG_SMTP_HOST", "127.relay.example")  # a name, though it looks like this machine
    monkeypatch.setenv(name, value)
    said = kansli("outbox", "list")
    assert (said.status, says in said.err) == (2, True)
    assert "hemligt" not in said.err
