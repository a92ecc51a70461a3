"""Whoever holds the office when a mail leaves is whom it goes to: successors, ends of office, addresses given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from storage import outbox, suppressions
from tests.cast import KANSLI
from tests.integration.secretariat import EVERYBODY, SETTINGS, Office, furnished
from uppdrag.service import delivery, incoming, people
from uppdrag.service import suppressions as suppressing
from uppdrag.service.house import House
from workflow.appointments import End, Flag
from workflow.calendar import STOCKHOLM
from workflow.errors import NotFound
from workflow.people import Holder

REGISTRATOR = EVERYBODY[2]
FRIDAY_NOON = datetime(2026, 8, 28, 12, tzinfo=STOCKHOLM)
MONDAY = datetime(2026, 8, 31, 8, tzinfo=STOCKHOLM)


@pytest.fixture
def office(any_house: House) -> Office:
    """A reminder to the registrator of Uppsala, written on Friday to leave on Monday."""
    made = furnished(any_house)
    made.now = FRIDAY_NOON
    made.ask()
    made.compose()
    return made


def recipients(office: Office) -> list[str]:
    """To whom mail waits to leave, introductions left out."""
    return [m.recipient for m in office.mails() if "du är ny" not in m.subject]


def send(office: Office) -> delivery.Delivered:
    return delivery.deliver(office.house, SETTINGS, worker="prov", clock=lambda: office.now)


def sent(office: Office) -> list[str]:
    with office.house.database.reading() as session:
        return sorted(m.recipient for m in outbox.newest(session, status="skickad") if "du är ny" not in m.subject)


def replace(office: Office, first: date, **more: str) -> people.Replacement:
    successor = {
        "office": "registrator", "region": "03", "name": "Nils Ny", "email": "nils@uppsala.example",
        "capacity": "ordinarie", "first": first.isoformat(), **more,
    }  # fmt: skip
    return people.replace(office.house, successor, actor=KANSLI, now=office.now)


def test_a_successor_gets_the_mail_that_waits(office: Office) -> None:
    assert recipients(office) == [REGISTRATOR.email]
    assert replace(office, MONDAY.date()).rewritten == 1
    assert recipients(office) == []
    office.compose()
    assert recipients(office) == ["nils@uppsala.example"]


def test_who_takes_over_later_does_not_get_the_mail_that_leaves_before(office: Office) -> None:
    assert replace(office, MONDAY.date() + timedelta(days=1)).rewritten == 0
    office.compose()
    assert recipients(office) == [REGISTRATOR.email]


def test_a_mail_is_written_to_who_holds_the_office_on_the_morning_it_leaves(any_house: House) -> None:
    office = furnished(any_house)
    office.now = FRIDAY_NOON
    replace(office, date(2026, 8, 30))
    office.ask()
    office.compose()
    assert recipients(office) == ["nils@uppsala.example"]


@pytest.mark.parametrize("change", [End(date(2026, 8, 29)), Flag("550 5.1.1 Okänd")])
def test_at_the_moment_of_sending_it_goes_to_nobody_who_has_left(office: Office, change: End | Flag) -> None:
    office.holder(Holder(id="r03b", office="registrator", region="03", name="Vik", email="vik@uppsala.example",
                         capacity="ersattare"))  # fmt: skip
    office.holder(REGISTRATOR, change)  # as when it was done by hand: nothing is taken back
    office.now = MONDAY.astimezone(UTC)
    assert send(office).cancelled == 1
    office.compose()
    send(office)
    assert sent(office) == ["vik@uppsala.example"]


def test_a_region_without_anybody_is_an_alarm_and_no_mail(office: Office) -> None:
    office.holder(REGISTRATOR, End(date(2026, 8, 29)))
    office.now = MONDAY.astimezone(UTC)
    send(office)
    assert office.compose().unreachable == (("registrator", "03"),)
    send(office)
    assert sent(office) == ["kansli@nspl.example"]


def bounced(office: Office) -> str:
    """The mail has left and come back: its address is given up."""
    office.now = MONDAY.astimezone(UTC)
    send(office)
    with office.house.database.transaction() as session:
        (queued,) = outbox.newest(session, status="skickad")
        outbox.move(session, queued.id, {"skickad"}, "kraver_atgard", response="550 5.1.1")
        incoming.give_up_address(session, queued, "550 5.1.1", office.now)
    return queued.id


def test_what_came_back_is_written_anew_once_the_address_is_corrected(office: Office) -> None:
    id = bounced(office)
    office.compose()
    assert recipients(office) == ["kansli@nspl.example"]
    corrected = b"befattning;region;namn;e-post;delad\nregistrator;03;;registratorn@uppsala.example;ja\n"
    people.import_people(office.house, "rattad.csv", corrected, actor=KANSLI, now=office.now, complete=False)
    with office.house.database.reading() as session:
        assert outbox.find(session, id).queued.status == "avbruten"  # type: ignore[union-attr]  # it is there
    office.now += timedelta(days=1)
    office.compose()
    send(office)
    assert "registratorn@uppsala.example" in sent(office)


def test_what_came_back_stays_with_a_person_while_nobody_can_be_reached(office: Office) -> None:
    id = bounced(office)
    assert office.kept(id).queued.status == "kraver_atgard"


def lift_suppression(office: Office) -> None:
    with office.house.database.transaction() as session:
        assert suppressions.lift(session, REGISTRATOR.email)


@pytest.mark.parametrize("before", [lambda _office: None, lift_suppression])
def test_a_lifted_address_gets_what_came_back_the_same_bytes(office: Office, before: Callable[[Office], None]) -> None:
    id = bounced(office)
    raw = office.kept(id).raw
    before(office)  # an office may be flagged although its address is not stopped
    assert suppressing.lift(office.house, "Registrator@uppsala.example", actor=KANSLI, now=office.now) == [id]
    send(office)
    assert (office.kept(id).queued.status, office.kept(id).raw) == ("skickad", raw)
    assert people.listed(office.house, now=office.now, region="03")[0].flagged == ""
    with pytest.raises(NotFound):
        suppressing.lift(office.house, REGISTRATOR.email, actor=KANSLI, now=office.now)
