"""Bounces and receipts: what comes back about a mail that has left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage import intents, outbox, people
from tests import mails
from tests.cast import KANSLI, NOW, TODAY
from tests.integration.arriving import (
    EVA,
    ROSTER,
    Post,
    everything,
    only,
    post,
    send,
    settings,
    status_of,
)
from uppdrag.service import incoming
from uppdrag.service import people as offices
from uppdrag.service import suppressions as lifting
from uppdrag.service.house import House
from uppdrag.service.incoming import Reading
from uppdrag.settings import Settings
from workflow.errors import NotFound

__all__ = ["post", "settings"]


@pytest.fixture
def registrator(house: House) -> Callable[[], str]:
    """Eva Holm is registrator in Region Uppsala; why mail does not reach her."""
    offices.import_people(house, "folk.csv", ROSTER.encode(), actor=KANSLI, now=NOW)

    def flagged() -> str:
        with house.database.reading() as session:
            return next(h.flagged for h in people.all_holders(session) if h.email == EVA)

    return flagged


def told(house: House) -> list[str]:
    with house.database.reading() as session:
        return [i.reason for i in intents.waiting(session, TODAY) if i.template == incoming.BOUNCED]


def test_a_permanent_bounce_stops_mail_flags_the_office_and_tells_the_kansli_once(
    house: House, post: Post, settings: Settings, registrator: Callable[[], str]
) -> None:
    send(house)
    send(house, "another@uppdrag.example", uppdrag="U2026-02")
    post.put(mails.postfix(), mails.exchange(), mails.gmail(original="another@uppdrag.example"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(bounces=3)
    assert {m.status for m in everything(house)} == {"klar"}
    assert (status_of(house), status_of(house, "another@uppdrag.example")) == ("kraver_atgard", "kraver_atgard")
    assert "550" in registrator()
    assert [s.address for s in lifting.listed(house)] == [EVA]
    (reason,) = told(house)
    assert reason.startswith(f"{EVA}: 550 5.1.1")


def test_a_lifted_suppression_sends_again_what_did_not_arrive(
    house: House, post: Post, settings: Settings, registrator: Callable[[], str]
) -> None:
    send(house)
    send(house, "hers@uppdrag.example", to="annan@region.example", status="kraver_atgard")
    send(house, "stale@uppdrag.example", status="kraver_atgard", expires_on=TODAY)
    post.put(mails.postfix())
    incoming.read_mailbox(house, NOW, settings)
    later = NOW + timedelta(days=1)
    assert lifting.lift(house, EVA.upper(), actor=KANSLI, now=later) == [mails.SENT]
    assert (status_of(house), status_of(house, "hers@uppdrag.example")) == ("koad", "kraver_atgard")
    assert (registrator(), lifting.listed(house)) == ("", [])
    with house.database.reading() as session:
        found = outbox.find(session, mails.SENT)
        assert found is not None
        assert (found.raw, found.queued.next_try_at, found.queued.attempts) == (b"raw", later, 0)
    with pytest.raises(NotFound):
        lifting.lift(house, EVA, actor=KANSLI, now=later)


@pytest.mark.parametrize(
    ("action", "status", "becomes"),
    [
        ("delivered", "2.0.0", "levererad"), ("delayed", "4.4.1", "skickad"), ("relayed", "2.0.0", "skickad"),
        ("failed", "4.4.7", "kraver_atgard"), ("failed", "5.2.2", "kraver_atgard"),
    ],
)  # fmt: skip
def test_other_reports_leave_the_address_alone(
    house: House, post: Post, settings: Settings, action: str, status: str, becomes: str
) -> None:
    send(house)
    post.put(mails.postfix(action=action, status=status, said="smtp; said so"))
    assert incoming.read_mailbox(house, NOW, settings) == Reading(bounces=1)
    assert (status_of(house), lifting.listed(house), told(house)) == (becomes, [], [])
    assert only(house).status == "klar"


def test_a_receipt_settles_a_mail_that_was_uncertain(house: House, post: Post, settings: Settings) -> None:
    send(house, status="osaker")
    post.put(mails.postfix(action="delivered", status="2.0.0", said="smtp; 250 ok"))
    incoming.read_mailbox(house, NOW, settings)
    assert status_of(house) == "levererad"


def test_a_bounce_of_an_address_that_mail_was_passed_on_to_waits_for_a_person(
    house: House, post: Post, settings: Settings
) -> None:
    send(house)
    post.put(mails.postfix("vikarie@other.example"), mails.postfix("x@y.example", original="never@sent.example"))
    incoming.read_mailbox(house, NOW, settings)
    assert [(m.kind, m.status) for m in everything(house)] == [("studs", "ny")] * 2
    assert (status_of(house), lifting.listed(house), told(house)) == ("skickad", [], [])
