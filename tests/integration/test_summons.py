"""The kallelse by mail: to everybody who is called, shown first, and each version once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from storage import outbox
from tests.cast import KANSLI
from tests.heads import head_in
from tests.integration.called import (
    APRIL,
    BO,
    EVA,
    NOW,
    arrange,
    change,
    event_of,
    furnish,
    look,
    meeting_of,
    queued,
    send,
)
from tests.integration.doing import codes
from tests.integration.test_dispatching import settle
from uppdrag.service import chefsgrupp, queries
from uppdrag.service.house import House
from workflow.appointments import Flag
from workflow.calendar import STOCKHOLM
from workflow.errors import Refused
from workflow.meeting import Arrangement
from workflow.people import Holder


@pytest.fixture
def planned(house: House) -> House:
    return furnish(house)


def test_everybody_who_is_called_gets_a_mail_of_her_own(any_house: House) -> None:
    furnish(any_house)
    done = send(any_house)
    assert [m.recipient for m in queued(any_house)] == [
        "ada@skr.example", "bo@r14.example", "eva@r03.example", "ove@nspl.example", "siv@r14.example",
    ]  # fmt: skip
    assert sorted(done.messages) == sorted(m.id for m in queued(any_house))
    meeting = meeting_of(any_house)
    assert (meeting.status, meeting.summoned_on) == ("kallat", date(2026, 4, 15))
    assert [i.number for i in meeting.items] == list(range(1, len(meeting.items) + 1))
    assert queries.verify(any_house).findings == ()


def test_the_mail_brings_the_agenda_and_an_invitation_with_the_local_time(planned: House) -> None:
    send(planned)
    (eva,) = queued(planned, "eva@r03.example")
    assert eva.subject == "Chefsgruppens möte 24 april 2026: kallelse"
    assert "Fredag 24 april 2026 kl. 09.00–12.00\nPlats: Uppsala\nDigitalt: https://mote.example/1\n" in eva.text
    assert "https://uppdrag.nspl.example/moten/2026-04-24" in eva.text
    pdf, ics = eva.attachments
    assert (pdf.filename, pdf.content[:5]) == ("kallelse-2026-04-24.pdf", b"%PDF-")
    assert (ics.filename, ics.content) == ("inbjudan.ics", eva.calendar and eva.calendar.content)
    method, event = event_of(eva)
    assert (method, event.sequence, event.status, event.location) == ("REQUEST", 0, "CONFIRMED", "Uppsala")
    assert event.dtstart == datetime(2026, 4, 24, 9, tzinfo=STOCKHOLM)
    assert event.dtend == datetime(2026, 4, 24, 12, tzinfo=STOCKHOLM)
    assert event.organizer is not None
    assert str(event.organizer.uri) == "mailto:uppdrag@nspl.example"
    assert "1. Mötets öppnande och närvaro" in (event.description or "")
    (guest,) = event.attendees
    assert (str(guest.uri), guest.role, guest.rsvp) == ("mailto:eva@r03.example", "REQ-PARTICIPANT", True)


def test_the_chair_leads_and_a_substitute_is_told_for_information(planned: House) -> None:
    send(planned)
    roles = {m.recipient: (event_of(m)[1].attendees[0].role, event_of(m)[1].attendees[0].rsvp) for m in queued(planned)}
    assert roles["ove@nspl.example"] == ("CHAIR", True)
    assert roles["ada@skr.example"] == ("REQ-PARTICIPANT", True)
    assert roles["siv@r14.example"] == ("OPT-PARTICIPANT", False)
    (siv,) = queued(planned, "siv@r14.example")
    assert "för kännedom, som ersättare" in siv.text
    assert "Du behöver inte svara." in siv.text


def test_one_who_is_both_chair_and_member_is_called_once(house: House) -> None:
    furnish(house, replace(EVA, id="p-ove-2", region="01", name="Ove Ord", email="OVE@nspl.example"))
    send(house)
    assert [m.recipient for m in queued(house)].count("ove@nspl.example") == 1
    assert len(queued(house)) == 5


def test_a_look_changes_nothing_and_what_was_shown_is_what_is_sent(planned: House) -> None:
    shown = look(planned)
    assert [letter.name for letter in shown.letters] == ["Ove Ord", "Eva Ek", "Bo Bo", "Ada Skr", "Siv Ers"]
    assert (queued(planned), meeting_of(planned).summoned_on) == ([], None)
    done = send(planned, shown=shown)
    assert done.plan == shown
    left = {m.id: m for m in queued(planned)}
    assert left.keys() == {letter.message.id for letter in shown.letters}
    for letter in shown.letters:
        whole = left[letter.message.id].text
        assert whole == f"{letter.message.text}\nKontrollpunkt: {head_in(whole)}\n", "only how far the log had come"


def test_what_has_changed_since_it_was_shown_is_not_sent(planned: House) -> None:
    shown = look(planned)
    settle(planned, replace(EVA, id="p-ny", region="01", name="Nya Ny", email="ny@r01.example"))
    with pytest.raises(Refused) as no:
        send(planned, shown=shown)
    assert codes(no.value) == ["summons_changed"]
    shown = look(planned)
    arrange(planned, place="Gävle")
    with pytest.raises(Refused) as no:
        send(planned, shown=shown)
    assert codes(no.value) == ["meeting_changed"]
    assert queued(planned) == []


def test_whoever_lacks_an_address_stops_it_until_left_without(house: House) -> None:
    furnish(house, replace(EVA, id="p-x", region="01", name="Ture Tyst", email=""))
    change(house, BO, Flag("okänd mottagare"))
    with pytest.raises(Refused) as no:
        send(house)
    assert codes(no.value) == ["person_without_address", "person_without_address"]
    assert meeting_of(house).summoned_on is None
    done = send(house, without=("ture tyst", "p-bo"))
    assert len(done.messages) == 4
    assert [w.code for w in done.plan.left_out] == ["left_without_kallelse", "left_without_kallelse"]
    with pytest.raises(Refused) as no:
        look(house, without=("Okänd Okänd",))
    assert "not_called" in codes(no.value)


def test_a_vacant_seat_is_told_and_nobody_is_called_for_it(house: House) -> None:
    furnish(house, Holder(id="p-v", office="chefsgrupp", region="17", vacant=True, email="vakt@r17.example"))
    shown = look(house)
    assert [(w.code, w.facts["office"]) for w in shown.left_out] == [
        ("seat_vacant", "ledamot av chefsgruppen, Region Värmland")
    ]
    assert "vakt@r17.example" not in {letter.address for letter in shown.letters}


def test_only_those_who_hold_office_on_the_meetings_day_are_called(house: House) -> None:
    gone, coming = replace(EVA, last=date(2026, 4, 23)), replace(EVA, id="p-2", name="Ny Ny", email="ny@r03.example")
    furnish(house, gone, replace(coming, first=APRIL), without=(EVA,))
    assert {x.address for x in look(house).letters} >= {"ny@r03.example"}
    assert "eva@r03.example" not in {x.address for x in look(house).letters}


def test_what_cannot_be_sent_says_what_to_do(house: House) -> None:
    chefsgrupp.plan_year(house, 2026, (APRIL,), Arrangement(), actor=KANSLI, now=NOW)
    with pytest.raises(Refused) as no:
        look(house)
    assert codes(no.value) == ["nobody_to_call"]
    settle(house, EVA)
    assert [w.code for w in look(house).warnings] == ["meeting_nowhere"]
    arrange(house, starts="12.00", ends="09.00")
    with pytest.raises(Refused) as no:
        look(house)
    assert codes(no.value) == ["meeting_without_hours"]
    arrange(house, starts="09.00", ends="12.00")
    with pytest.raises(Refused) as no:
        look(house, now=datetime(2026, 4, 25, 8, tzinfo=UTC))
    assert codes(no.value) == ["meeting_has_been"]
    with pytest.raises(Refused) as no:
        look(house, channel="duva")
    assert codes(no.value) == ["not_a_choice"]
    with pytest.raises(Refused) as no:
        look(house, on=date(2026, 4, 14))
    assert codes(no.value) == ["mail_leaves_today"]


def test_the_same_version_goes_to_nobody_twice(any_house: House) -> None:
    furnish(any_house)
    shown = look(any_house)
    send(any_house, shown=shown)
    again = send(any_house, shown=shown)
    assert (again.again, again.messages) == (True, ())
    assert send(any_house).messages == ()
    assert {w.code for w in look(any_house).left_out} == {"has_kallelse"}
    assert len(queued(any_house)) == 5


def test_fifty_clicks_at_once_send_one_kallelse(any_house: House) -> None:
    furnish(any_house)
    shown = look(any_house)
    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(lambda _: send(any_house, shown=shown), range(50)))
    assert sum(not one.again for one in done) == 1
    assert len(queued(any_house)) == 5
    assert queries.verify(any_house).findings == ()


def test_a_crash_in_the_middle_leaves_no_trace(planned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "enqueue_all", lambda *_: (_ for _ in ()).throw(RuntimeError("strömavbrott")))
    with pytest.raises(RuntimeError):
        send(planned)
    monkeypatch.undo()
    assert (meeting_of(planned).summoned_on, meeting_of(planned).summons, queued(planned)) == (None, None, [])
    assert len(send(planned).messages) == 5
