"""Several things in one mail: gathered, written anew while it waits, and never held back by one that is poison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from notifications import compose as rendering
from storage import intents
from tests.integration.secretariat import EVERYBODY, Office, U, furnished
from uppdrag.service import writing
from uppdrag.service.house import House
from uppdrag.service.metrics import Meters
from workflow.appointments import End
from workflow.message import NONE, Message
from workflow.people import Holder


@pytest.fixture
def office(house: House) -> Office:
    return furnished(house)


def test_several_due_to_one_person_become_one_digest_of_what_is_missing(office: Office) -> None:
    office.now = datetime(2026, 11, 12, 8, tzinfo=UTC)
    for region in ("03", "04", "13"):
        office.follow_up("till_kansliet", "till_kansliet", "c_nspl", region)
    office.decide("04")
    (id,) = office.compose().messages
    mail = office.kept(id).message
    assert mail.recipient == "cecilia@nspl.example"
    assert "beslutet i Uppsala och Halland" in mail.text
    assert "Sörmland" not in mail.text + mail.html


def test_a_digest_to_those_who_register_asks_them_to_do_so(office: Office) -> None:
    office.now = datetime(2026, 12, 2, 8, tzinfo=UTC)
    office.follow_up("till_kansliet", "till_kansliet", "c_nspl", "03")
    office.ask(
        NONE, "c_nspl", "U2026-02", template="paminnelse_redovisning", due=date(2026, 12, 31),
        expires_on=date(2026, 12, 31), at={"deadline": "redovisning", "step": "fyra_veckor_till_redovisning"},
    )  # fmt: skip
    (id,) = office.compose().messages
    mail = office.kept(id).message
    for body in (mail.text, mail.html):
        assert "Registrera det som är klart. Ring den region som inte har lämnat besked" in body
        assert "Svara på mejlet" not in body
        assert "beslutet i Region Uppsala" in body
        assert "Redovisning för chefsgruppen" in body
    assert len(mail.text.split()) <= 90


def test_a_digest_is_written_anew_without_the_region_that_answered(office: Office) -> None:
    office.now = datetime(2026, 11, 12, 8, tzinfo=UTC)
    for region in ("03", "04"):
        office.follow_up("till_kansliet", "till_kansliet", "c_nspl", region)
    (first,) = office.compose().messages
    office.decide("03")
    (second,) = office.compose().messages
    assert first != second
    (mail,) = office.mails()
    assert "Sörmland" in mail.text
    assert "Uppsala" not in mail.text


def test_two_offices_with_one_mailbox_get_one_mail_that_is_no_digest(office: Office) -> None:
    office.holder(EVERYBODY[3], End(date(2026, 6, 30)))
    office.holder(Holder(id="k03b", office="kontakt", region="03", email="Registrator@uppsala.example", shared=True))
    asked = [office.ask(office=o) for o in ("registrator", "kontakt")]
    office.compose()
    (mail,) = office.mails()
    assert mail.subject.startswith("U2026-01 ")
    assert "uppgifter saknas" not in mail.subject
    assert {office.status(i) for i in asked} == {"skriven"}


def test_what_comes_due_while_a_mail_waits_is_told_in_the_same_mail(office: Office) -> None:
    office.now = datetime(2026, 9, 25, 12, tzinfo=UTC)  # Friday, after the window: it leaves on Monday
    first = office.ask(office="registrator")
    (alone,) = office.compose().messages
    office.holder(EVERYBODY[3], End(date(2026, 6, 30)))
    office.holder(Holder(id="k03b", office="kontakt", region="03", email=EVERYBODY[2].email, shared=True))
    second = office.ask(office="kontakt", at={"step": "en_vecka_till_regionbeslut"})
    (both,) = office.compose().messages
    assert [m.recipient for m in office.mails()] == [EVERYBODY[2].email]
    assert office.kept(alone).queued.status == "avbruten"
    assert (office.status(first), office.status(second)) == ("skriven", "skriven")
    with office.house.database.reading() as session:
        assert {i.id for i in intents.of_message(session, both)} == {first.id, second.id}
    assert office.compose().messages == ()


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A mail that mentions U2026-01 and goes to Uppsala's registrator cannot be written."""
    honest = rendering.compose

    def poisoned(template: str, facts: rendering.Facts) -> Message:
        if facts.recipient == "registrator@uppsala.example" and any(m.uppdrag == U for m in facts.missing):
            raise rendering.Unmailable("Subject", "control_character")
        return honest(template, facts)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "compose", poisoned)
        yield patch


def test_a_poison_mail_is_parked_and_the_others_go(office: Office, poison: pytest.MonkeyPatch) -> None:
    bad, fine = office.ask(), office.ask(office="kontakt")
    done = office.compose()
    assert done.parked == ((bad.id, "Subject: control_character"),)
    assert (office.status(bad), office.status(fine)) == ("vantar", "skriven")
    assert office.health("parked") == (False, f"paminnelse_region om {U} region 03 (Subject: control_character)")
    assert "uppdrag_reminders_parked 1.0" in Meters(office.house, office.now).text()
    poison.undo()
    assert len(office.compose().messages) == 1
    assert office.health("parked")[0]


def test_a_poison_thing_does_not_keep_the_rest_of_a_digest_at_home(office: Office, poison: pytest.MonkeyPatch) -> None:
    office.now = datetime(2026, 9, 25, 12, tzinfo=UTC)
    office.advance("redovisa", "U2026-02", mote="2026-03-27", paragraf="12", rapport="R1", forslagsversion="1")
    office.advance("godkann", "U2026-02", mote="2026-03-27", paragraf="18", forslagsversion="1")
    fine = office.ask(uppdrag="U2026-02", at={"round": 1}, due=date(2027, 6, 30), expires_on=date(2027, 6, 30))
    (id,) = office.compose().messages
    bad = office.ask()
    for _ in range(2):  # and so it stays, however often it is tried
        assert [i for i, _ in office.compose().parked] == [bad.id]
        assert (office.status(bad), office.status(fine)) == ("vantar", "skriven")
        assert [m.id for m in office.mails()] == [id]
