"""The question of a decision per capsulam by mail: to each member once, again to those who are silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from storage import codec, outbox
from tests.cast import KANSLI
from tests.integration.doing import codes, new
from tests.integration.test_circulating import ASKED, LAST, ROOMS
from uppdrag.service import chefsgrupp, circulating, circulating_mail, papers, people, queries
from uppdrag.service.agenda import Addition
from uppdrag.service.circulating import Matter
from uppdrag.service.circulating_mail import Plan
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.errors import Refused
from workflow.meeting import Arrangement
from workflow.message import Message

SETTINGS = Settings()
LATER = ASKED + timedelta(days=2)
MEMBERS = (
    "befattning;länskod;namn;e-post;form;från;till\n"
    "chefsgrupp;03;Eva Ek;eva@u.example;ordinarie;;\n"
    "chefsgrupp;12;Bo Bo;bo@s.example;ordinarie;;\n"
    "chefsgrupp;14;Cia Dahl;;ordinarie;;\n"
    "chefsgrupp;03;Nils Ny;nils@u.example;ersättare;;\n"
)


@pytest.fixture
def asked(any_house: House) -> House:
    """A sensitive matter and one about rooms are put to three members, of whom one has no address."""
    people.import_people(any_house, "p.csv", MEMBERS.encode(), actor=KANSLI, now=ASKED)
    id = new(any_house, "utredning", title="Hemliga lager", sensitive=True, neutral_title="Ärende 7").uppdrag
    said = {"proposal": "Chefsgruppen godkänner Hemliga lager."}
    circulating.circulate(
        any_house, LAST, [Matter(what=Addition(uppdrag=id), said=said), ROOMS], actor=KANSLI, now=ASKED
    )
    return any_house


def plan(house: House, *, now: datetime = ASKED, again: bool = False) -> Plan:
    return circulating_mail.plan(house, LAST, SETTINGS, now=now, again=again)


def send(
    house: House, *, now: datetime = ASKED, again: bool = False, shown: Plan | None = None
) -> tuple[str, ...]:  # fmt: skip
    return circulating_mail.send(house, LAST, SETTINGS, actor=KANSLI, now=now, again=again, shown=shown)


def kept(house: House, id: str) -> Message:
    with house.database.reading() as session:
        found = outbox.find(session, id)
    assert found is not None
    return codec.decode(found.draft, Message)


def test_each_member_is_mailed_once_with_the_matters_and_no_title_that_is_sensitive(asked: House) -> None:
    shown = plan(asked)
    assert [letter.address for letter in shown.letters] == ["eva@u.example", "bo@s.example"]
    assert [(r.code, r.facts["who"]) for r in shown.left_out] == [("member_without_address", "Cia Dahl")]
    ids = send(asked, shown=shown)
    mail = kept(asked, ids[0])
    assert mail.subject == "Beslut per capsulam, senast 10 april 2026: svara"
    assert "De 2 ärendena" in mail.text
    (pdf,) = mail.attachments
    assert (pdf.filename, pdf.content[:5]) == ("per-capsulam-2026-04-10.pdf", b"%PDF-")
    page = papers.rendered(papers.question(asked, LAST, now=LATER), "html").decode()
    assert "Chefsgruppen godkänner Ärende 7." in page
    assert "Hemliga lager" not in page + mail.text + mail.html
    assert send(asked) == ()
    assert [r.code for r in plan(asked, now=LATER).left_out] == ["question_mailed"] * 2 + ["member_without_address"]
    assert queries.verify(asked).findings == ()


def test_those_who_are_silent_are_told_again_once_a_day(asked: House) -> None:
    send(asked)
    circulating.answer(asked, LAST, "Eva", "bifall", channel="epost", actor=KANSLI, now=LATER)
    (id,) = send(asked, now=LATER, again=True)
    assert kept(asked, id).recipient == "bo@s.example"
    assert "Du har inte svarat" in kept(asked, id).text
    assert send(asked, now=LATER + timedelta(hours=1), again=True) == ()
    assert len(send(asked, now=LATER + timedelta(days=1), again=True)) == 1


def test_what_was_changed_since_it_was_shown_is_not_sent(asked: House) -> None:
    shown = plan(asked)
    circulating.answer(asked, LAST, "Eva", "bifall", channel="epost", actor=KANSLI, now=ASKED)
    with pytest.raises(Refused) as no:
        send(asked, shown=shown)
    assert codes(no.value) == ["meeting_changed"]
    assert len(send(asked, shown=plan(asked))) == 2


def test_there_is_nothing_to_ask_about_a_meeting_or_what_is_concluded(asked: House) -> None:
    where = date(2026, 5, 8)
    chefsgrupp.plan_year(asked, 2026, [where], Arrangement(), actor=KANSLI, now=ASKED)
    with pytest.raises(Refused) as no:
        circulating_mail.plan(asked, where, SETTINGS, now=ASKED)
    assert codes(no.value) == ["not_circulation"]
    with pytest.raises(Refused) as no:
        papers.question(asked, where, now=ASKED)
    assert codes(no.value) == ["not_circulation"]


def test_days_are_those_of_sweden(asked: House) -> None:
    late = datetime(2026, 4, 1, 22, 30, tzinfo=UTC)  # the second of April in Stockholm
    first = send(asked, again=True)
    assert set(first).isdisjoint(send(asked, now=late, again=True))
