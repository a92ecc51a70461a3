"""What the relay does wrong, against a real SMTP server in its own process: each fault gives the right status."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from definitions.holidays import work_calendar
from storage import mail_queue, suppressions
from tests.faults.at_the_relay import TWENTY_ONE, Start, office, recipients, start
from tests.faults.office import Office, plain
from uppdrag.service import mailing
from workflow.calendar import STOCKHOLM

__all__ = ["office", "start"]


def test_a_batch_goes_over_one_connection_with_an_envelope_each(start: Start, office: Office) -> None:
    relay = start()
    office.smtp = plain(relay.port)
    office.write(*TWENTY_ONE)
    assert office.deliver().sent == 21
    assert office.statuses() == {"skickad": 21}
    assert relay.connections == 1
    assert recipients(relay.mails) == list(TWENTY_ONE)
    assert {len(mail.recipients) for mail in relay.mails} == {1}
    assert {mail.sender for mail in relay.mails} == {"kansli@nspl.example"}
    for name, mail in zip(TWENTY_ONE, relay.mails, strict=True):
        assert mail.raw == office.kept(name).raw
    assert office.kept("region00").queued.response == "250 2.0.0 Taget"
    assert office.deliver().sent == 0


def test_one_refused_recipient_does_not_stop_the_others(start: Start, office: Office) -> None:
    relay = start(to={"region07@region.example": ["550 5.1.1 Okand"], "region08@region.example": ["550 5.7.1 Nej"]})
    office.smtp = plain(relay.port)
    office.write(*TWENTY_ONE)
    assert (office.deliver().sent, relay.connections) == (19, 1)
    assert office.statuses() == {"skickad": 19, "kraver_atgard": 2}
    assert office.kept("region07").queued.response == "550 5.1.1 Okand"
    with office.house.database.reading() as session:
        assert [s.address for s in suppressions.everyone(session)] == ["region07@region.example"]
    assert office.later(days=4).sent == 0


@pytest.mark.parametrize("word", ["450", "451", "data 451", "data 452"])
def test_a_temporary_refusal_is_tried_again_in_the_promised_rhythm(start: Start, office: Office, word: str) -> None:
    relay = start(to={"eva@region.example": [word] * 3})
    office.smtp = plain(relay.port)
    office.write("eva", "kim")
    assert (office.deliver().later, office.status("eva"), office.status("kim")) == (1, "koad", "skickad")
    for minutes in (1, 5):
        assert office.later(minutes=minutes, seconds=-1).later == 0
        assert office.later(seconds=1).later == 1
    assert office.later(minutes=15).sent == 1
    assert recipients(relay.mails) == ["kim", "eva"]
    assert relay.mails[1].raw == office.kept("eva").raw


def test_after_seventy_two_hours_a_person_must_look(start: Start, office: Office) -> None:
    relay = start(to={"eva@region.example": ["450"] * 100})
    office.smtp = plain(relay.port)
    office.write("eva")
    begun = office.now
    office.deliver()
    waits = []
    while office.status("eva") == "koad":
        waited = office.kept("eva").queued.next_try_at
        assert waited is not None
        waits.append((waited - office.now) // timedelta(minutes=1))
        office.now = waited
        office.deliver()
    assert waits == [1, 5, 15, 60, *[240] * (len(waits) - 4)]
    assert timedelta(hours=68) < office.now - begun <= timedelta(hours=72)
    assert (office.status("eva"), relay.mails) == ("kraver_atgard", [])


@pytest.mark.parametrize("first", ["2026-03-02T08:00", "2026-03-06T09:30", "2026-04-02T10:59"])
def test_seventy_two_hours_are_counted_although_mail_leaves_only_in_the_morning(
    start: Start, office: Office, first: str
) -> None:
    relay = start(to={"eva@region.example": ["450 4.2.0 Upptagen"] * 100})
    office.smtp = plain(relay.port)
    office.now = datetime.fromisoformat(first).replace(tzinfo=STOCKHOLM)
    calendar = work_calendar()
    office.next_morning = calendar.next_opening
    office.write("eva")
    begun, tried = office.now, [office.now]
    office.deliver()
    while office.status("eva") == "koad":
        office.now = office.kept("eva").queued.next_try_at or office.now
        tried += [office.now] * office.deliver().later
    assert all(calendar.is_open(moment) for moment in tried)
    assert tried[-1] - begun <= timedelta(hours=72)
    assert calendar.next_opening(begun + timedelta(hours=72)) - timedelta(hours=3) <= office.now
    assert office.now <= calendar.next_opening(begun + timedelta(hours=72)) + timedelta(hours=4)
    assert (office.status("eva"), office.kept("eva").queued.response) == ("kraver_atgard", "450 4.2.0 Upptagen")


def test_the_hours_are_counted_from_the_first_attempt_and_anew_when_a_person_asks_for_it(
    start: Start, office: Office
) -> None:
    relay = start(to={"eva@region.example": ["450"] * 100})
    office.smtp = plain(relay.port)
    office.write("eva")
    with office.house.database.transaction() as session:
        mail_queue.put(session, mail_queue.QueueState("Vi väntar", office.now, None))
    office.later(days=5)
    with office.house.database.transaction() as session:
        mail_queue.put(session, mail_queue.OPEN)
    office.deliver()
    office.later(hours=71)
    assert office.status("eva") == "koad"
    office.later(hours=2)
    assert office.status("eva") == "kraver_atgard"
    mailing.retry(office.house, "eva", who="Åsa", now=office.now)
    office.deliver()
    office.later(hours=71)
    assert office.status("eva") == "koad"
    office.later(hours=2)
    assert office.status("eva") == "kraver_atgard"


@pytest.mark.parametrize(("word", "status", "times"), [("drop", "osaker", 2), ("lose", "osaker", 1)])
def test_a_drop_after_data_is_uncertain_and_the_same_bytes_go_again(
    start: Start, office: Office, word: str, status: str, times: int
) -> None:
    relay = start(to={"region01@region.example": [word]})
    office.smtp = plain(relay.port)
    office.write(*TWENTY_ONE)
    done = office.deliver()
    assert (done.sent, done.uncertain, office.status("region01")) == (20, 1, status)
    office.now += timedelta(hours=30)  # the date in the mail stays as it was
    office.deliver()
    assert office.statuses() == {"skickad": 21}
    assert Counter(recipients(relay.mails)) == {name: times if name == "region01" else 1 for name in TWENTY_ONE}
    assert len({mail.raw for mail in relay.mails if mail.recipients == ("region01@region.example",)}) == 1


def test_silence_after_data_is_uncertain_and_slow_answers_are_waited_for(start: Start, office: Office) -> None:
    relay = start(to={"eva@region.example": ["mute"], "kim@region.example": ["slow"]})
    office.smtp, office.timeout = plain(relay.port), 0.6
    office.write("eva", "kim")
    office.deliver()
    assert office.later(minutes=1).standing == ""
    assert office.statuses() == {"skickad": 2}
    assert Counter(recipients(relay.mails)) == {"eva": 2, "kim": 1}
    assert len({mail.raw for mail in relay.mails}) == 2


@pytest.mark.parametrize("word", ["421", "hang up"])
def test_a_server_that_hangs_up_in_the_middle_gets_the_rest_over_a_new_connection(
    start: Start, office: Office, word: str
) -> None:
    relay = start(to={"region10@region.example": [word]})
    office.smtp = plain(relay.port)
    office.write(*TWENTY_ONE)
    done = office.deliver()
    assert (done.sent, done.later, relay.connections) == (20, 1, 2)
    assert office.later(minutes=1).sent == 1
    assert Counter(recipients(relay.mails)) == dict.fromkeys(TWENTY_ONE, 1)
    assert [office.kept(name).queued.attempts for name in TWENTY_ONE].count(1) == 20
