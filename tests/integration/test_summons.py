"""The kallelse by mail: to everybody who is called, each version once, and what happens when the meeting changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from ical.calendar_stream import CalendarStream
from ical.event import Event

from notifications.mailbox import Letter as Arrived
from storage import motes, outbox, people
from tests import mails
from tests.cast import KANSLI
from tests.faults.relay import Relay
from tests.integration.doing import codes, new, step
from tests.integration.test_dispatching import settle
from uppdrag.service import agenda, calling_off, chefsgrupp, delivery, inbox, minutes, queries, summons
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from uppdrag.service.incoming import receive
from uppdrag.service.summons import Plan, Sent, Wanted
from uppdrag.settings import Settings, Smtp
from workflow.appointments import Alter, End, Flag, HolderCommand, decide
from workflow.calendar import STOCKHOLM
from workflow.errors import Refused
from workflow.meeting import Arrangement, Meeting
from workflow.message import Message
from workflow.model import Actor
from workflow.people import Holder

MARCH, APRIL, JUNE = date(2026, 3, 27), date(2026, 4, 24), date(2026, 6, 12)
NOW = datetime(2026, 4, 15, 7, 0, tzinfo=UTC)
SETTINGS = Settings()
OTHER = Actor(role="kansli", name="Cia Dahl")
OVE = Holder(id="p-ove", office="ordforande", name="Ove Ord", email="ove@nspl.example")
EVA = Holder(id="p-eva", office="chefsgrupp", region="03", name="Eva Ek", email="eva@r03.example")
BO = Holder(id="p-bo", office="chefsgrupp", region="14", name="Bo Bo", email="bo@r14.example")
SUB = Holder(
    id="p-sub", office="chefsgrupp", region="14", name="Siv Ers", email="siv@r14.example", capacity="ersattare"
)
ADA = Holder(id="p-ada", office="chefsgrupp_adjungerad", name="Ada Skr", email="ada@skr.example")
KIM = Holder(id="p-kim", office="kansli", name="Kim Kans", email="kansli@nspl.example", shared=True)


def furnish(house: House, *more: Holder, without: tuple[Holder, ...] = ()) -> House:
    """Three meetings, and chefsgruppen with a chair, two members, a substitute and one adjungerad."""
    chefsgrupp.plan_year(
        house, 2026, (MARCH, APRIL, JUNE), Arrangement(place="Uppsala", link="https://mote.example/1"), actor=KANSLI,
        now=NOW - timedelta(days=30),
    )  # fmt: skip
    settle(house, *(h for h in (OVE, EVA, BO, SUB, ADA, KIM, *more) if h not in without))
    return house


@pytest.fixture
def planned(house: House) -> House:
    return furnish(house)


def look(house: House, day: date = APRIL, now: datetime = NOW, **wanted: Any) -> Plan:
    return summons.plan(house, day, Wanted(actor=KANSLI, **wanted), SETTINGS, now=now)


def send(house: House, day: date = APRIL, now: datetime = NOW, shown: Plan | None = None, **wanted: Any) -> Sent:
    return summons.send(house, day, Wanted(actor=KANSLI, **wanted), SETTINGS, now=now, shown=shown)


def cancel(house: House, day: date = APRIL, now: datetime = NOW) -> calling_off.Done:
    return calling_off.call_off(house, day, "För få ärenden", SETTINGS, actor=KANSLI, now=now)


def arrange(house: House, day: date = APRIL, now: datetime = NOW, **where: Any) -> Meeting:
    return chefsgrupp.arrange(house, day, Arrangement(**where), actor=KANSLI, now=now)


def queued(house: House, to: str = "") -> list[Message]:
    """What stands in the outbox, oldest first."""
    with house.database.reading() as session:
        found = [k for m in outbox.newest(session, recipient=to) if (k := outbox.find(session, m.id))]
    return [k.message for k in sorted(found, key=lambda k: (k.queued.created_at, k.queued.recipient))]


def event_of(message: Message) -> tuple[str, Event]:
    """iTIP's method and the event, as another parser reads them."""
    assert message.calendar is not None
    (calendar,) = CalendarStream.from_ics(message.calendar.content.decode()).calendars
    (event,) = calendar.events
    assert calendar.method == message.calendar.method
    return str(calendar.method), event


def told(house: House, to: str) -> list[tuple[str, int | None, str | None]]:
    """Method, SEQUENCE and STATUS of every invitation to somebody, and that they are one and the same meeting."""
    found = [event_of(m) for m in queued(house, to)]
    assert len({event.uid for _, event in found}) <= 1
    return [(method, event.sequence, event.status) for method, event in found]


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def meeting_of(house: House, day: date = APRIL) -> Meeting:
    with house.database.reading() as session:
        return motes.load(session, day)


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
    assert {m.id: m.text for m in queued(planned)} == {x.message.id: x.message.text for x in shown.letters}


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
    _change(house, BO, Flag("okänd mottagare"))
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


@pytest.mark.parametrize(
    "change", [{"starts": "10.00"}, {"ends": "15.00"}, {"place": "Gävle"}, {"link": "https://mote.example/2"}]
)
def test_a_change_raises_sequence_and_goes_to_all_in_the_same_thread(planned: House, change: dict[str, Any]) -> None:
    send(planned)
    arrange(planned, now=later(1), **change)
    assert len(send(planned, now=later(2)).messages) == 5
    assert told(planned, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED")]
    first, second = queued(planned, "eva@r03.example")
    assert (second.subject, second.references) == (
        "Chefsgruppens möte 24 april 2026: ändrad kallelse", (first.id,),
    )  # fmt: skip
    arrange(planned, now=later(3), adjust_by=date(2026, 5, 20))
    assert send(planned, now=later(4)).messages == (), "the last day for justering is nothing that guests are told"


def test_what_comes_later_is_told_first_and_what_falls_away_too(planned: House) -> None:
    send(planned)
    new = Addition(title="Lägesbild; \\n, BEGIN:VEVENT", kind="information")
    agenda.add(planned, APRIL, new, {}, actor=KANSLI, now=later(1))
    agenda.drop(planned, APRIL, 2, actor=KANSLI, now=later(1))
    send(planned, now=later(2))
    assert told(planned, "eva@r03.example")[-1] == ("REQUEST", 1, "CONFIRMED")
    mail = queued(planned, "eva@r03.example")[-1]
    assert mail.subject.endswith(": kompletterad kallelse")
    after = mail.text.partition("Nytt på dagordningen:\n- ")[2]
    number = meeting_of(planned).items[-1].number
    assert after.startswith(f"{number} Lägesbild; \\n, BEGIN:VEVENT\nUtgår: 2 Godkännande av dagordningen.")
    about = event_of(mail)[1].description or ""
    assert f"{number}. Lägesbild; \\n, BEGIN:VEVENT" in about
    assert "2. Godkännande av dagordningen (utgår)" in about


def test_who_comes_to_chefsgruppen_gets_the_kallelse_and_who_leaves_is_told(planned: House) -> None:
    send(planned)
    settle(planned, replace(EVA, id="p-ny", region="01", name="Nya Ny", email="ny@r01.example"))
    leave(planned, BO, date(2026, 4, 20))
    done = send(planned, now=later(2))
    assert {(x.address, x.template) for x in done.plan.letters} == {
        ("ny@r01.example", "kallelse"), ("bo@r14.example", "kallelse_atertagen"),
    }  # fmt: skip
    assert told(planned, "ny@r01.example") == [("REQUEST", 0, "CONFIRMED")]
    assert told(planned, "bo@r14.example") == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 0, None)]
    assert send(planned, now=later(3)).messages == ()
    arrange(planned, now=later(4), place="Gävle")
    assert {x.address for x in send(planned, now=later(5)).plan.letters} == {
        "ove@nspl.example", "eva@r03.example", "ada@skr.example", "siv@r14.example", "ny@r01.example",
    }  # fmt: skip
    settle(planned, replace(BO, id="p-bo-igen"))
    send(planned, now=later(6))
    assert told(planned, "bo@r14.example")[-1] == ("REQUEST", 1, "CONFIRMED")


def test_whose_address_is_another_gets_it_there_and_nothing_at_the_old_one(planned: House) -> None:
    send(planned)
    readdress(planned, EVA, "eva.ek@r03.example")
    done = send(planned, now=later(2))
    assert [(x.address, x.template) for x in done.plan.letters] == [("eva.ek@r03.example", "kallelse")]
    cancel(planned, now=later(3))
    assert [m for m, _, _ in told(planned, "eva@r03.example")] == ["REQUEST"]
    assert [m for m, _, _ in told(planned, "eva.ek@r03.example")] == ["REQUEST", "CANCEL"]


def test_a_meeting_that_is_moved_keeps_its_invitation(any_house: House) -> None:
    furnish(any_house)
    send(any_house)
    agenda.add(any_house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=later(1))
    moved = calling_off.move(any_house, APRIL, date(2026, 4, 29), actor=KANSLI, now=later(1))
    assert (moved.status, moved.items[-1].title) == ("kallat", "Lokaler")
    assert [h.date.first for h in chefsgrupp.listed(any_house)] == [MARCH, date(2026, 4, 29), JUNE]
    send(any_house, date(2026, 4, 29), later(2))
    assert told(any_house, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED")]
    mail = queued(any_house, "eva@r03.example")[-1]
    assert event_of(mail)[1].dtstart == datetime(2026, 4, 29, 9, tzinfo=STOCKHOLM)
    assert "Mötet flyttas från 24 april 2026." in mail.text
    assert f"Nytt på dagordningen:\n- {len(moved.items)} Lokaler\n\nOnsdag 29 april" in mail.text
    assert send(any_house, date(2026, 4, 29), later(3)).messages == ()
    calling_off.move(any_house, date(2026, 4, 29), APRIL, actor=KANSLI, now=later(4))
    send(any_house, APRIL, later(5))
    assert told(any_house, "eva@r03.example")[-1] == ("REQUEST", 2, "CONFIRMED")
    assert queries.verify(any_house).findings == ()


def test_a_meeting_is_moved_only_where_there_is_room(planned: House) -> None:
    for to, code in ((APRIL, "same_day"), (JUNE, "day_taken"), (date(2026, 4, 1), "meeting_moved_back")):
        with pytest.raises(Refused) as no:
            calling_off.move(planned, APRIL, to, actor=KANSLI, now=NOW)
        assert codes(no.value) == [code]


def test_a_meeting_that_is_called_off_is_told_and_leaves_its_agenda_to_the_next(any_house: House) -> None:
    furnish(any_house)
    agenda.add(any_house, APRIL, Addition(title="Lokaler"), {}, actor=KANSLI, now=NOW)
    send(any_house)
    shown = calling_off.plan(any_house, APRIL, "För få ärenden", SETTINGS, now=later(1))
    assert ([i.title for i in shown.carried], shown.next_day, len(shown.letters)) == (["Lokaler"], JUNE, 5)
    cancel(any_house, now=later(1))
    assert told(any_house, "eva@r03.example") == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 1, "CANCELLED")]
    mail = queued(any_house, "eva@r03.example")[-1]
    assert "Skäl: För få ärenden" in mail.text
    assert mail.references == (queued(any_house, "eva@r03.example")[0].id,)
    assert [h.date.first for h in chefsgrupp.listed(any_house)] == [MARCH, JUNE]
    assert "Lokaler" in [i.title for i in agenda.agenda(any_house, JUNE, now=later(1)).items]
    with pytest.raises(Refused) as no:
        cancel(any_house, now=later(2))
    assert codes(no.value) == ["no_such_meeting"]
    assert len(queued(any_house, "eva@r03.example")) == 2
    assert queries.verify(any_house).findings == ()


def test_an_item_of_the_same_number_by_hand_is_another_item(planned: House) -> None:
    for day, title in ((APRIL, "Lokaler"), (JUNE, "Budget")):
        agenda.add(planned, day, Addition(title=title), {}, actor=KANSLI, now=NOW)
    cancel(planned)
    assert {"Lokaler", "Budget"} <= {i.title for i in agenda.agenda(planned, JUNE, now=NOW).items}


def test_a_meeting_planned_anew_on_the_same_day_goes_on_with_its_invitation(planned: House) -> None:
    send(planned)
    cancel(planned, now=later(1))
    chefsgrupp.plan_year(planned, 2026, (APRIL,), Arrangement(place="Umeå"), actor=KANSLI, now=later(2))
    assert (meeting_of(planned).status, meeting_of(planned).items) == ("planerat", ())
    send(planned, now=later(3))
    assert told(planned, "eva@r03.example")[1:] == [("CANCEL", 1, "CANCELLED"), ("REQUEST", 2, "CONFIRMED")]


def test_nobody_is_told_of_a_meeting_that_nobody_was_called_to(planned: House) -> None:
    assert cancel(planned).messages == ()
    agenda.summon(planned, JUNE, None, actor=KANSLI, now=NOW)
    done = cancel(planned, JUNE)
    assert (done.messages, done.plan.told_elsewhere) == ((), True)


def test_a_meeting_with_minutes_is_neither_moved_nor_called_off(planned: House) -> None:
    agenda.summon(planned, MARCH, MARCH, actor=KANSLI, now=NOW)
    minutes.take(planned, MARCH, minutes.read("p.yaml", b"narvarande: [Eva Ek]", MARCH), actor=KANSLI, now=NOW)
    with pytest.raises(Refused) as no:
        cancel(planned, MARCH)
    assert codes(no.value) == ["minutes_taken"]
    with pytest.raises(Refused) as no:
        calling_off.move(planned, MARCH, date(2026, 4, 29), actor=KANSLI, now=NOW)
    assert codes(no.value) == ["minutes_taken"]


def test_another_channel_is_only_registered_and_mail_may_follow(planned: House) -> None:
    done = send(planned, channel="post", on=date(2026, 4, 14))
    assert (done.meeting.summoned_on, queued(planned)) == (date(2026, 4, 14), [])
    with pytest.raises(Refused) as no:
        send(planned, channel="post")
    assert codes(no.value) == ["already_summoned"]
    assert len(send(planned, now=later(1)).messages) == 5
    assert meeting_of(planned).summoned_on == date(2026, 4, 14)


def test_a_sensitive_uppdrag_has_its_number_and_neutral_title_only(house: House) -> None:
    furnish(house)
    id = new(
        house, "regiongemensamt", title="Reservlager i bergrum", regions=("01",), sensitive=True,
        neutral_title="Försörjningsfråga",
    ).uppdrag  # fmt: skip
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    send(house)
    agenda.add(house, APRIL, Addition(title="Om Reservlager i bergrum"), {}, actor=KANSLI, now=later(1))
    send(house, now=later(2))
    said = "".join(
        m.subject + m.text + m.html + (m.calendar.content.decode() if m.calendar else "") for m in queued(house)
    ).replace("\r\n ", "")  # fmt: skip
    assert f"{id} Försörjningsfråga" in said
    assert "bergrum" not in said


def test_it_leaves_over_real_smtp_as_mail_programs_expect_it(planned: House, tmp_path: Path) -> None:
    send(planned)
    with Relay(tmp_path / "relay.log") as relay:
        settings = replace(
            SETTINGS, mail="skarp", smtp=Smtp(host="127.0.0.1", port=relay.port, security="ingen"),
            mail_from="NSPL:s kansli <uppdrag@nspl.se>",
        )  # fmt: skip
        done = delivery.deliver(planned, settings, worker="prov", clock=lambda: NOW)
    assert (done.sent, done.stuck) == (5, 0)
    raw = next(m.raw for m in relay.mails if m.recipients == ("eva@r03.example",))
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "multipart/mixed"
    alternative, *files = list(mail.iter_parts())
    assert [p.get_content_type() for p in alternative.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    assert [p.get_filename() for p in files] == ["kallelse-2026-04-24.pdf", "inbjudan.ics"]
    calendar = list(alternative.iter_parts())[-1]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    (kept,) = queued(planned, "eva@r03.example")
    assert calendar.get_payload(decode=True) == (kept.calendar and kept.calendar.content)


@pytest.mark.parametrize(
    ("partstat", "kind", "note"),
    [("ACCEPTED", "autosvar", "Tackar ja till inbjudan."), ("DECLINED", "autosvar", "Tackar nej till inbjudan.")],
)
def test_a_calendars_own_answer_is_laid_aside(planned: House, partstat: str, kind: str, note: str) -> None:
    send(planned)
    (eva,) = queued(planned, "eva@r03.example")
    reply = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"ATTENDEE;PARTST\r\n AT={partstat}:mailto:eva@r03.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    def answer(text: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "eva@r03.example", "uppdrag@nspl.example", "Svar"
        mail["In-Reply-To"] = f"<{eva.id}>"
        mail.set_content(text)
        mail.add_alternative(reply.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
        return mail.as_bytes()

    found = receive(planned, Arrived(key="1", raw=answer("")), now=NOW, domain="nspl.example")
    assert found == (kind, False)
    (kept,) = inbox.listed(planned, status="klar")
    assert (kept.uppdrag, kept.note) == ("", f"{note} Mejlet som besvaras gällde mötet 2026-04-24.")
    words = receive(
        planned, Arrived(key="1", raw=answer("Jag kommer först klockan tio.")), now=NOW, domain="nspl.example"
    )
    assert words == ("svar", False), "what a person has written is for a person to read"


def test_a_bounce_says_whom_the_kallelse_did_not_reach(planned: House) -> None:
    send(planned)
    (eva,) = queued(planned, "eva@r03.example")
    bounce = Arrived(key="1", raw=mails.postfix("eva@r03.example", original=eva.id))
    receive(planned, bounce, now=later(1), domain="nspl.example")
    arrange(planned, now=later(2), place="Gävle")
    with pytest.raises(Refused) as no:
        look(planned, now=later(3))
    assert codes(no.value) == ["person_without_address"]


def test_the_history_tells_what_went_out_to_whom(planned: House) -> None:
    shown = look(planned)
    arrange(planned, place="Gävle")
    send(planned)
    with pytest.raises(Refused) as no:
        send(planned, shown=replace(shown, version=shown.version + 1))
    (refusal,) = no.value.refusals
    assert "kallelsen finns hos 5" in refusal.facts["what"]


def leave(house: House, holder: Holder, last: date) -> None:
    _change(house, holder, End(last))


def readdress(house: House, holder: Holder, email: str) -> None:
    _change(house, holder, Alter({"email": email}))


def _change(house: House, holder: Holder, command: HolderCommand) -> None:
    with house.database.transaction() as session:
        known = next(h for h in people.all_holders(session) if h.id == holder.id)
        regions = {r.lanskod for r in house.regions(session)}
        people.save(session, holder.id, known, decide(known, command, regions), KANSLI, NOW)
