"""Expediering: the approved proposal to every region, each mail with its step, or nothing at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications import inbound
from notifications.mailbox import Letter
from storage import outbox, people, queries
from storage.outbox import Kept
from tests import mails
from tests.cast import KANSLI, NOW, REGION, TODAY
from tests.integration.doing import codes, correct, decide, matter, new, step, track
from uppdrag.service import delivery, dispatching
from uppdrag.service import queries as asked
from uppdrag.service.dispatching import Dispatched, Wanted
from uppdrag.service.house import House
from uppdrag.service.inbox import listed
from uppdrag.service.incoming import receive
from uppdrag.service.people import flag_address
from uppdrag.settings import Settings
from workflow.appointments import Appoint
from workflow.appointments import decide as decide_holder
from workflow.calendar import parse_span
from workflow.errors import KeyReused, NotFound, Refused
from workflow.people import Holder

SETTINGS = Settings()


def settle(house: House, *holders: Holder) -> None:
    """Give offices to people."""
    with house.database.transaction() as session:
        known = {r.lanskod for r in house.regions(session)}
        for holder in holders:
            people.save(session, holder.id, None, decide_holder(None, Appoint(holder), known), KANSLI, NOW)


def registrator(lanskod: str, **more: Any) -> Holder:
    return replace(
        Holder(id=f"r{lanskod}", office="registrator", region=lanskod, email=f"registrator@r{lanskod}.example"), **more
    )


def approved(house: House, *regions: str, justerad: str = "", **more: Any) -> str:
    """The id of an uppdrag whose proposal is approved, with a registrator in each region and C-NSPL to ask."""
    regions = regions or ("01", "03", "04")
    times = {"regionbeslut": parse_span("Q2–Q3 2026")}
    id = new(house, "regiongemensamt", title="Ledningsmodell", regions=regions, times=times, **more).uppdrag
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="RK2026-00012-3", forslagsversion="1")
    step(house, id, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1", justerad=justerad)
    cecilia = Holder(id="c", office="c_nspl", name="Cecilia Nord", email="cecilia@nspl.example")
    settle(house, cecilia, *(registrator(r) for r in regions))
    return id


def send(house: House, id: str, *, now: datetime = NOW, key: str = "", **asked_for: Any) -> Dispatched:
    asked_for.setdefault("actor", KANSLI)
    return dispatching.dispatch(house, id, Wanted(**asked_for), SETTINGS, now=now, key=key)


def look(house: House, id: str, **asked_for: Any) -> dispatching.Plan:
    return dispatching.plan(house, id, Wanted(actor=KANSLI, **asked_for), SETTINGS, now=NOW)


def waiting(house: House) -> list[Kept]:
    with house.database.reading() as session:
        found = [outbox.find(session, m.id) for m in outbox.newest(session)]
    return sorted((k for k in found if k), key=lambda k: k.queued.recipient)


def count_events(house: House) -> int:
    with house.database.reading() as session:
        return queries.count_events(session)


def test_every_region_gets_a_mail_and_a_step(any_house: House) -> None:
    id = approved(any_house)
    done = send(any_house, id)
    assert [k.queued.id for k in waiting(any_house)] == sorted(
        done.messages, key=lambda m: next(k.queued.recipient for k in waiting(any_house) if k.queued.id == m)
    )
    for lanskod, rb in matter(any_house, id).regions.items():
        assert (rb.state, rb.sent_version, rb.channel) == ("expedierad", 1, "epost"), lanskod
        assert rb.facts["expediera"]["on"] == TODAY.isoformat()
    assert not asked.verify(any_house).findings


def test_a_missiv_says_what_by_when_and_whom_to_ask(house: House) -> None:
    id = approved(house)
    send(house, id, regions=("03",), papers=("RK2026-00012-3", "https://nspl.example/h/7"))
    (kept,) = waiting(house)
    mail = kept.message
    assert mail.recipient == "registrator@r03.example"
    assert (kept.queued.office, kept.queued.region, kept.queued.uppdrag) == ("registrator", "03", id)
    assert mail.subject == f"{id} Ledningsmodell: förslag för beslut i Region Uppsala, version 1"
    for told in (
        "Chefsgruppen godkände det 20 mars 2026, § 5.", "Version 1.", "RK2026-00012-3; https://nspl.example/h/7",
        "”Q2–Q3 2026”, läst som sista dagen i Q3, 30 september 2026", "protokollsutdraget",
        "Skriv inget hemligt i svaret.", "Frågor? Cia Dahl, NSPL:s kansli, cecilia@nspl.example", f"/svar/{id}/03",
    ):  # fmt: skip
        assert told in mail.text, told
    assert not mail.attachments


def test_without_papers_those_that_were_reported_are_named(house: House) -> None:
    id = approved(house)
    assert "Handlingar: RK2026-00012-3." in look(house, id).letters[0].message.text  # type: ignore[union-attr]


def test_a_sensitive_uppdrag_shows_its_number_and_neutral_title_only(house: House) -> None:
    id = approved(house, sensitive=True, neutral_title="Översyn av avtal")
    plan = look(house, id, papers=("HEMLIG-7",))
    message = plan.letters[0].message
    assert message is not None
    said = plan.title + message.subject + message.text + message.html
    assert "Översyn av avtal" in said
    assert not [word for word in ("Ledningsmodell", "HEMLIG", "RK2026", "Q2–Q3") if word in said]


def test_looking_changes_nothing(house: House) -> None:
    id = approved(house)
    before = count_events(house)
    assert len(look(house, id).letters) == 3
    assert (count_events(house), waiting(house)) == (before, [])


def test_everything_is_recorded_and_queued_or_nothing_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id = approved(house)
    before, enqueue, left = count_events(house), outbox.enqueue, [2]

    def breaks(*args: Any, **kwargs: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError("the disk is full")
        enqueue(*args, **kwargs)

    monkeypatch.setattr(outbox, "enqueue", breaks)
    with pytest.raises(OSError, match="disk"):
        send(house, id)
    assert (count_events(house), waiting(house)) == (before, [])
    assert {rb.state for rb in matter(house, id).regions.values()} == {"ej_expedierad"}


def test_a_region_without_an_address_is_named_and_stops_it_unless_it_is_left_out(house: House) -> None:
    id = approved(house, "01", "03")
    with house.database.transaction() as session:
        flag_address(session, "registrator@r03.example", "550 okänd", KANSLI, NOW)
    with pytest.raises(Refused) as no:
        send(house, id)
    assert codes(no.value) == ["region_without_address"]
    assert no.value.refusals[0].facts["name"] == "Region Uppsala"
    assert waiting(house) == []
    assert len(send(house, id, without=("03",)).messages) == 1
    assert not send(house, id, regions=("03",), channel="post").messages
    assert matter(house, id).regions["03"].channel == "post"


def test_the_contact_stands_in_for_a_registrator_whom_no_mail_reaches(house: House) -> None:
    id = approved(house, "01")
    settle(house, registrator("03"), Holder(id="k04", office="kontakt", region="04", email="kim@r04.example"))
    other = approved_with_other(house, "04")
    send(house, other)
    assert [k.queued.recipient for k in waiting(house)] == ["kim@r04.example"]
    assert id != other


def approved_with_other(house: House, lanskod: str) -> str:
    id = new(house, "regiongemensamt", regions=(lanskod,)).uppdrag
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, id, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    return id


def test_by_another_channel_nothing_is_mailed_and_a_day_may_be_stated(house: House) -> None:
    id = approved(house)
    done = send(house, id, channel="saker_kanal", on=date(2026, 3, 24))
    assert (done.messages, waiting(house)) == ((), [])
    rb = matter(house, id).regions["01"]
    assert (rb.channel, rb.facts["expediera"]["on"]) == ("saker_kanal", "2026-03-24")
    with pytest.raises(Refused) as no:
        send(house, id, on=date(2026, 3, 24))
    assert codes(no.value) == ["mail_leaves_today"]
    with pytest.raises(Refused) as no:
        send(house, approved_with_other(house, "01"), channel="rop")
    assert codes(no.value) == ["not_a_choice"]


def test_who_has_the_version_already_is_left_out_and_a_new_version_says_what_it_replaces(house: House) -> None:
    id = approved(house)
    send(house, id, regions=("01",))
    again = send(house, id)
    assert [letter.region for letter in again.plan.letters] == ["03", "04"]
    assert [(r, why.code) for r, why in again.plan.left_out] == [("01", "sent_already")]
    decide(house, id, "04")
    correct(house, f"{id}/5", forslagsversion="2")
    newer = send(house, id)
    assert [(r, why.code, why.facts["version"]) for r, why in newer.plan.left_out] == [
        ("04", "region_has_concluded", "1")
    ]
    message = newer.plan.letters[0].message
    assert message is not None
    assert "Version 2, ersätter version 1." in message.text
    now = matter(house, id).regions
    assert [(rb.sent_version, [d.proposal_version for d in rb.decisions]) for rb in now.values()] == [
        (2, []), (2, []), (1, [1])
    ]  # fmt: skip


def test_only_the_approved_version_can_be_sent(house: House) -> None:
    id = approved(house)
    for refused, asked_for in (("version_not_approved", {"version": 2}), ("region_not_concerned", {"regions": ("25",)}),
                               ("role_not_allowed", {"actor": REGION})):  # fmt: skip
        with pytest.raises(Refused) as no:
            send(house, id, **asked_for)
        assert codes(no.value) == [refused]
    assert send(house, id, version=1).messages
    step(house, id, "pausa", paragraf="7", skal="Vi väntar")
    with pytest.raises(Refused) as no:
        send(house, id)
    assert codes(no.value) == ["paused"]
    with pytest.raises(Refused) as no:
        send(house, new(house, "regiongemensamt", regions=("01",)).uppdrag)
    assert codes(no.value) == ["dispatch_not_approved"]
    with pytest.raises(Refused) as no:
        send(house, new(house, "atagande").uppdrag)
    assert codes(no.value) == ["no_track"]
    with pytest.raises(NotFound):
        send(house, "U2026-99")


def test_the_same_key_sends_once_also_another_day(house: House) -> None:
    id = approved(house)
    first = send(house, id, key="k")
    correct(house, first.answers[0].events[0].id, withdraw=True)
    events = count_events(house)
    again = send(house, id, key="k", now=NOW + timedelta(days=1))
    assert ([a.repeated for a in again.answers], again.messages) == ([True] * 3, ())
    assert (count_events(house), len(waiting(house))) == (events, 3)
    with pytest.raises(KeyReused):
        send(house, id, key="k", channel="post")


def test_what_was_taken_back_can_be_sent_again_as_another_mail(house: House) -> None:
    id = approved(house, "01")
    first = send(house, id)
    correct(house, first.answers[0].events[0].id, withdraw=True)
    second = send(house, id)
    assert len({*first.messages, *second.messages}) == 2
    assert waiting(house)[0].message.recipient == waiting(house)[1].message.recipient
    assert sorted(len(k.message.references) for k in waiting(house)) == [0, 1]


def test_what_was_shown_is_what_leaves(house: House) -> None:
    id = approved(house)
    shown = look(house, id)
    track(house, id, "03", "expediera", version="1", kanal="post")
    with pytest.raises(Refused) as no:
        dispatching.dispatch(house, id, Wanted(actor=KANSLI), SETTINGS, now=NOW, shown=shown)
    assert codes(no.value) == ["dispatch_changed"]
    assert waiting(house) == []


def test_whoever_clicks_twice_on_what_was_shown_is_told_the_same(house: House) -> None:
    shown = dispatching.plan(house, id := approved(house), Wanted(actor=KANSLI), SETTINGS, now=NOW, key="klick")
    first, again = (
        dispatching.dispatch(house, id, Wanted(actor=KANSLI), SETTINGS, now=NOW, key="klick", shown=shown)
        for _ in range(2)
    )
    assert [a.events for a in again.answers] == [a.events for a in first.answers]
    assert (len(first.messages), again.messages) == (len(shown.letters), ())


def test_two_who_press_at_once_send_one_mail_each_region(any_house: House) -> None:
    id = approved(any_house)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: send(any_house, id).messages, range(4)))
    assert sorted(len(ids) for ids in sent) == [0, 0, 0, 3]
    assert len(waiting(any_house)) == 3


def test_it_leaves_at_any_hour_also_where_the_region_answers_first(house: House) -> None:
    id = approved(house, "01")
    night = datetime(2026, 7, 18, 1, 30, tzinfo=UTC)
    send(house, id, now=night)
    decide(house, id, "01")
    done = delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: night)
    assert (done.simulated, done.cancelled) == (1, 0)


def test_an_answer_by_mail_is_matched_to_uppdrag_and_region(house: House) -> None:
    id = approved(house)
    done = send(house, id, regions=("03",))
    raw = mails.answer(to=done.messages[0], sender="registrator@r03.example")
    assert isinstance(inbound.read(raw), inbound.Answer)
    receive(house, Letter("new/x", raw), now=NOW, domain=SETTINGS.mail_domain)
    (mail,) = listed(house, status="ny", kind=None, limit=9)
    assert (mail.kind, mail.uppdrag, mail.region, mail.answers) == ("svar", id, "03", done.messages[0])


def test_what_is_not_known_about_the_approval_is_a_warning(house: House) -> None:
    id = approved(house)
    assert [w.code for w in look(house, id).warnings] == ["approval_not_known_adjusted"]
    assert look(house, id).warnings[0].facts["approved"] == "20 mars 2026, § 5"


@pytest.mark.parametrize(("day", "warned"), [(TODAY, False), (TODAY + timedelta(days=1), True)])
def test_an_approval_that_is_adjusted_by_today_can_be_sent_without_a_warning(
    house: House, day: date, warned: bool
) -> None:
    id = approved(house, justerad=day.isoformat())
    assert [w.code for w in look(house, id).warnings] == ["approval_not_known_adjusted"] * warned
