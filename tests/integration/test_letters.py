"""Månadsbrev: drafted once by the clock, written by the kansli, sent as somebody has read it, and kept as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from definitions.holidays import work_calendar
from notifications.serialise import serialise
from storage import outbox
from tests.cast import KANSLI, NOW, actor
from tests.integration.doing import codes
from tests.integration.lived import FIRST, step
from tests.integration.test_dispatching import SETTINGS, settle
from tests.integration.test_papers import said
from uppdrag.documents import pdf
from uppdrag.documents.document import Figure, Table
from uppdrag.service import commands, letters, letters_send, queries
from uppdrag.service.house import House
from uppdrag.service.letters import Change, Shown
from uppdrag.service.letters_send import Done
from workflow.commands import Decide
from workflow.errors import Refused
from workflow.letter import PartText
from workflow.message import Message
from workflow.people import Holder

APRIL = datetime(2026, 4, 1, 6, tzinfo=UTC)
MAY = datetime(2026, 5, 4, 7, tzinfo=UTC)
MONTH = "2026-03"


def leader(region: str, office: str, address: str = "") -> Holder:
    return Holder(id=f"{office}{region}", office=office, region=region, email=address or f"{office}@r{region}.example")


@pytest.fixture
def drafted(any_house: House) -> House:
    """A reported uppdrag, two directors and an HSD, and the draft of March."""
    settle(any_house, leader("01", "regiondirektor"), leader("01", "hsd"), leader("03", "regiondirektor"))
    step(any_house, FIRST, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(any_house, FIRST, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    assert letters.draft_due(any_house, work_calendar(), now=APRIL) == MONTH
    return any_house


def send(house: House, confirmed: str | None = None, now: datetime = APRIL) -> Done:
    digest = letters.shown(house, MONTH, now=now).digest if confirmed is None else confirmed
    return letters_send.send(house, MONTH, confirmed=digest, actor=KANSLI, settings=SETTINGS, now=now)


def mails(house: House) -> list[Message]:
    with house.database.reading() as session:
        found = [outbox.find(session, m.id) for m in outbox.newest(session, limit=100)]
    return [kept.message for kept in found if kept]


def test_the_clock_drafts_the_month_gone_by_once_on_the_first_working_day(any_house: House) -> None:
    calendar = work_calendar()
    easter = (
        datetime(2026, 4, 30, 9, tzinfo=UTC),
        datetime(2026, 5, 1, 9, tzinfo=UTC),
        datetime(2026, 5, 3, 9, tzinfo=UTC),
    )
    assert letters.draft_due(any_house, calendar, now=easter[0]) == MONTH, "late, but once"
    assert [letters.draft_due(any_house, calendar, now=now) for now in easter] == ["", "", ""], "1 May is a holiday"
    assert letters.draft_due(any_house, calendar, now=MAY) == "2026-04"
    assert letters.draft_due(any_house, calendar, now=MAY) == ""
    assert [one.month for one in letters.every(any_house)] == ["2026-04", "2026-03"]
    assert mails(any_house) == [], "nothing leaves by itself"
    assert queries.verify(any_house).findings == ()


def test_nothing_is_drafted_for_a_month_before_there_was_a_database(any_house: House) -> None:
    assert letters.draft_due(any_house, work_calendar(), now=datetime(2026, 3, 2, 9, tzinfo=UTC)) == ""


def test_a_letter_by_hand_is_for_a_month_that_is_over(any_house: House) -> None:
    with pytest.raises(Refused) as no:
        letters.draft(any_house, MONTH, actor=KANSLI, now=NOW)
    assert codes(no.value) == ["letter_month_not_over"]
    assert letters.draft(any_house, MONTH, actor=KANSLI, now=APRIL).status == "utkast"
    with pytest.raises(Refused) as no:
        letters.draft(any_house, MONTH, actor=KANSLI, now=APRIL)
    assert codes(no.value) == ["letter_exists"]


def test_the_kansli_writes_and_chooses_what_is_shown(drafted: House) -> None:
    change = Change(introduction="Hej!", parts=(PartText(part="kommer", text="Vi ses i juni."),), hidden=("avsnitt",))
    letter = letters.write(drafted, MONTH, change, seen=1, actor=KANSLI, now=APRIL)
    assert (letter.version, letter.text.introduction, letter.text.hidden) == (2, "Hej!", ("avsnitt",))
    text = said(letters.shown(drafted, MONTH, now=APRIL).document)
    assert "Hej!" in text
    assert "Vi ses i juni." in text
    assert "Per avsnitt i verksamhetsplanen" not in text
    same = letters.write(drafted, MONTH, Change(introduction="Hej! "), seen=2, actor=KANSLI, now=APRIL)
    assert same.version == 2, "nothing was changed"
    with pytest.raises(Refused) as no:
        letters.write(drafted, MONTH, Change(introduction="Nej"), seen=1, actor=KANSLI, now=APRIL)
    assert codes(no.value) == ["letter_seen_changed"]
    with pytest.raises(Refused) as no:
        letters.write(drafted, MONTH, Change(hidden=("finns_inte",)), seen=2, actor=KANSLI, now=APRIL)
    assert codes(no.value) == ["letter_part_unknown"]


def test_a_letter_goes_to_the_leadership_as_it_was_read(drafted: House) -> None:
    letters.write(drafted, MONTH, Change(introduction="Hej!"), seen=None, actor=KANSLI, now=APRIL)
    found = letters.shown(drafted, MONTH, now=APRIL)
    assert [r.named for r in found.to] == ["01:regiondirektor", "01:hsd", "03:regiondirektor"]
    assert len(found.missing) == 42 - 3
    done = send(drafted, found.digest)
    assert (done.letter.status, len(done.messages)) == ("skickat", 3)
    for message in mails(drafted):
        raw = message_from_bytes(serialise(message, APRIL), policy=policy.default)
        assert raw["Subject"] == "Regionernas gemensamma uppdrag: månadsbrev mars 2026"
        link = re.fullmatch(r"<(https://uppdrag\.nspl\.example/avregistrera/[\w-]{43})>", raw["List-Unsubscribe"])
        assert link
        assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link[1] in message.text
        assert "Hej!" in message.text
        assert "Redovisat för chefsgruppen: 1" in message.text
        (pdf,) = message.attachments
        assert (pdf.filename, pdf.content[:5]) == ("manadsbrev-2026-03.pdf", b"%PDF-")
    assert len({m.headers["List-Unsubscribe"] for m in mails(drafted)}) == 3, "each has a link of its own"
    assert queries.verify(drafted).findings == ()


def test_nothing_leaves_that_nobody_has_read(drafted: House) -> None:
    before = letters.shown(drafted, MONTH, now=APRIL)
    for confirmed, code in (("", "letter_unread"), ("0" * 64, "letter_changed")):
        with pytest.raises(Refused) as no:
            send(drafted, confirmed)
        assert codes(no.value) == [code]
    step(drafted, "U2026-04", "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(drafted, "U2026-04", "besluta", mote="2026-03-13", paragraf="2")
    with pytest.raises(Refused) as no:
        send(drafted, before.digest)
    assert codes(no.value) == ["letter_changed"], "the figures are not those that were read"
    with pytest.raises(Refused) as no:
        letters_send.send(
            drafted, MONTH, confirmed=letters.shown(drafted, MONTH, now=APRIL).digest, actor=actor("kansli", " "),
            settings=SETTINGS, now=APRIL,
        )  # fmt: skip
    assert codes(no.value) == ["sender_missing"]
    assert mails(drafted) == []


def test_a_recipient_who_came_after_the_reading_is_not_written_to_unseen(drafted: House) -> None:
    read = letters.shown(drafted, MONTH, now=APRIL).digest
    settle(drafted, leader("25", "hsd"))
    with pytest.raises(Refused) as no:
        send(drafted, read)
    assert codes(no.value) == ["letter_changed"]
    assert mails(drafted) == []


def test_a_letter_that_is_held_does_not_leave_until_it_is_written_again(drafted: House) -> None:
    letters.hold(drafted, MONTH, "Väntar på protokollet", actor=KANSLI, now=APRIL)
    with pytest.raises(Refused) as no:
        send(drafted)
    assert codes(no.value) == ["letter_held"]
    assert letters.write(drafted, MONTH, Change(), seen=None, actor=KANSLI, now=APRIL).status == "utkast"
    assert send(drafted).letter.status == "skickat"


def test_sending_twice_is_sending_once(drafted: House) -> None:
    digest = letters.shown(drafted, MONTH, now=APRIL).digest
    send(drafted, digest)
    again = send(drafted, digest, now=APRIL + timedelta(minutes=1))
    assert (again.again, again.messages) == (True, ())
    assert len(mails(drafted)) == 3
    with pytest.raises(Refused) as no:
        send(drafted, "0" * 64)
    assert codes(no.value) == ["letter_sent"]
    with pytest.raises(Refused) as no:
        letters.write(drafted, MONTH, Change(introduction="Nej"), seen=None, actor=KANSLI, now=APRIL)
    assert codes(no.value) == ["letter_sent"]


def test_what_was_sent_stands_whatever_comes_later_and_the_next_letter_tells_of_it(drafted: House) -> None:
    send(drafted)
    sent = _as_kept(letters.shown(drafted, MONTH, now=APRIL))
    late = Decide(actor=KANSLI, region="09", outcome="antagen", body="RS", on=date(2026, 3, 24))
    commands.handle(drafted, FIRST, late, now=APRIL + timedelta(days=3))
    assert _as_kept(letters.shown(drafted, MONTH, now=MAY)) == sent
    assert letters.document(drafted, MONTH, now=MAY) == letters.shown(drafted, MONTH, now=APRIL).document
    again = letters.document(drafted, MONTH, now=MAY, cut_off=APRIL)
    assert "Regionerna" not in said(again), "recomputed by the day it was sent, it knows of no decision"
    assert "Beslut i regionerna 1" in said(letters.document(drafted, MONTH, now=MAY, cut_off=MAY))
    letters.draft_due(drafted, work_calendar(), now=MAY)
    april = letters.shown(drafted, "2026-04", now=MAY)
    assert [(s.kind, s.region) for s in april.since.added.counted] == [("adopted", "09")]
    assert april.since.gone.value == 0
    assert "Det förra brevet skulle i dag ha haft 1 uppgifter till" in said(april.document)


def test_the_map_in_the_letter_and_its_mail_is_that_of_the_figures_it_was_sent_with(drafted: House) -> None:
    for region, outcome in (("01", "antagen"), ("03", "avslagen")):
        decision = Decide(actor=KANSLI, region=region, outcome=outcome, body="RS", on=date(2026, 3, 24))
        commands.handle(drafted, FIRST, decision, now=APRIL - timedelta(hours=1))
    send(drafted)
    sent = letters.shown(drafted, MONTH, now=APRIL).document
    (drawn,) = (b for b in sent.blocks if isinstance(b, Figure))
    assert "2 av 21 regioner har avslutat det enda uppdraget." in drawn.alt
    (named,) = (b for b in sent.blocks if isinstance(b, Table) and b.headings[0] == "Avslutade uppdrag")
    assert [row[1:] for row in named.rows] == [("2", "Stockholm, Uppsala"), ("19", "–")]
    for message in mails(drafted):
        (picture,) = message.pictures
        assert picture.content == pdf.picture(drawn.svg, dense=150)
        assert "2 av 21 regioner har avslutat" in message.text
        assert f'src="cid:{picture.id}"' in message.html
        serialise(message, APRIL)
    late = Decide(actor=KANSLI, region="09", outcome="antagen", body="RS", on=date(2026, 3, 24))
    commands.handle(drafted, FIRST, late, now=APRIL + timedelta(days=3))
    assert letters.shown(drafted, MONTH, now=MAY).document == sent
    assert "2 av 21" in said(letters.document(drafted, MONTH, now=MAY, cut_off=APRIL))
    assert "3 av 21" in said(letters.document(drafted, MONTH, now=MAY, cut_off=MAY))


def test_a_letter_without_the_map_has_none_in_its_mail(drafted: House) -> None:
    decision = Decide(actor=KANSLI, region="01", outcome="antagen", body="RS", on=date(2026, 3, 24))
    commands.handle(drafted, FIRST, decision, now=APRIL - timedelta(hours=1))
    letters.write(drafted, MONTH, Change(hidden=("karta",)), seen=None, actor=KANSLI, now=APRIL)
    send(drafted)
    assert not [b for b in letters.shown(drafted, MONTH, now=APRIL).document.blocks if isinstance(b, Figure)]
    assert {(m.pictures, "av 21 regioner" in m.text, "cid:" in m.html) for m in mails(drafted)} == {((), False, False)}


def _as_kept(found: Shown) -> Shown:
    return replace(found, to=(), missing=())


def test_an_office_leaves_the_letter_by_its_own_link_and_nothing_else(drafted: House) -> None:
    send(drafted)
    token = next(m for m in mails(drafted) if m.recipient == "hsd@r01.example").headers["List-Unsubscribe"][:-1][-43:]
    assert letters_send.leaving(drafted, token) == "hälso- och sjukvårdsdirektör i Region Stockholm"
    letters.draft_due(drafted, work_calendar(), now=MAY)
    assert len(letters.shown(drafted, "2026-04", now=MAY).to) == 3, "looking changes nothing"
    assert letters_send.leave(drafted, token, now=MAY) == letters_send.leave(drafted, token, now=MAY)
    assert [r.named for r in letters.shown(drafted, "2026-04", now=MAY).to] == [
        "01:regiondirektor",
        "03:regiondirektor",
    ]
    with pytest.raises(Refused) as no:
        letters_send.leave(drafted, token[:-1], now=MAY)
    assert codes(no.value) == ["no_such_link"]
    letters_send.subscribe(drafted, "01", "hsd", True, by="Anna Ek", now=MAY)
    assert len(letters.shown(drafted, "2026-04", now=MAY).to) == 3
    with pytest.raises(Refused) as no:
        letters_send.subscribe(drafted, "01", "registrator", True, by="Anna Ek", now=MAY)
    assert codes(no.value) == ["no_such_post"]
