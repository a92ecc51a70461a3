"""From waiting intents to messages in the outbox: to whom, how often, and only what is still missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from definitions.holidays import work_calendar
from storage import intents, outbox
from tests.cast import KANSLI
from tests.integration.secretariat import EIGHT_WEEKS, EVERYBODY, ONE_WEEK, SETTINGS, Office, U, furnished
from uppdrag.service import clockwork, commands, wanted
from uppdrag.service.house import House
from workflow.appointments import Flag
from workflow.calendar import STOCKHOLM
from workflow.commands import AdvanceRegion, Decide
from workflow.message import NONE, Intent, Occasion
from workflow.people import Holder


@pytest.fixture
def office(house: House) -> Office:
    return furnished(house)


def test_a_reminder_goes_to_who_holds_the_office_and_is_written_once(office: Office) -> None:
    intent = office.ask()
    done = office.compose()
    assert len(done.messages) == 1
    kept = office.kept(done.messages[0])
    assert (kept.queued.recipient, kept.queued.region, kept.queued.uppdrag) == ("registrator@uppsala.example", "03", U)
    assert kept.queued.not_before == EIGHT_WEEKS
    assert kept.queued.expires_on == date(2026, 9, 30)
    assert "beslutet i Region Uppsala" in kept.message.text
    assert "Cecilia Nord, NSPL:s kansli, cecilia@nspl.example" in kept.message.text
    assert f"{SETTINGS.url}/svar/{U}/03" in kept.message.text
    assert kept.message.id.endswith("@nspl.example")
    assert office.status(intent) == "skriven"
    assert office.compose().messages == ()
    assert len(office.mails()) == 1


def test_the_window_decides_when_it_leaves(office: Office) -> None:
    office.ask()
    office.now = EIGHT_WEEKS + timedelta(hours=5)  # after 11 on the last morning before the quiet weeks
    office.compose()
    (mail,) = office.mails()
    assert office.kept(mail.id).queued.not_before == datetime(2026, 8, 3, 8, tzinfo=STOCKHOLM)


def test_what_the_clock_makes_is_composed(office: Office) -> None:
    office.now = ONE_WEEK
    clockwork.tick(office.house, work_calendar(), now=office.now)
    done = office.compose()
    recipients = {m.recipient for m in office.mails()}
    assert {"registrator@uppsala.example", "kim@uppsala.example", "dana@uppsala.example"} <= recipients
    assert ("registrator", "01") in done.unreachable
    assert office.compose().messages == ()


@pytest.mark.parametrize("outcome", ["antagen", "avslagen"])
def test_a_decision_before_composing_cancels(office: Office, outcome: str) -> None:
    intent = office.ask()
    office.decide("03", outcome)
    assert office.compose().cancelled == 1
    assert office.mails() == []
    assert office.status(intent) == "avbruten"


def test_a_decision_after_composing_takes_the_mail_back_at_once(office: Office) -> None:
    intent = office.ask()
    (id,) = office.compose().messages
    office.decide("03")
    assert office.kept(id).queued.status == "avbruten"
    office.compose()
    assert office.mails() == []
    assert office.status(intent) == "avbruten"


def test_a_refused_or_rehearsed_decision_takes_nothing_back(office: Office) -> None:
    office.ask()
    office.compose()
    command = Decide(actor=KANSLI, region="03", outcome="antagen", body="RF")
    commands.handle(office.house, U, command, now=office.now, dry_run=True)
    assert len(office.mails()) == 1


def test_an_open_outcome_leaves_the_same_mail_with_the_same_id(office: Office) -> None:
    office.ask()
    (id,) = office.compose().messages
    office.decide("03", "bordlagd")
    assert office.compose().messages == (id,)
    (mail,) = office.mails()
    assert "beslutet i Region Uppsala efter bordläggningen" in mail.text


def test_a_mail_that_leaves_after_all_does_not_count_as_late(office: Office) -> None:
    office.now = datetime(2026, 8, 5, 7, tzinfo=UTC)
    office.ask()
    (id,) = office.compose().messages
    office.decide("03", "bordlagd")
    office.now += timedelta(days=1)
    assert office.compose().messages == (id,)
    assert office.kept(id).queued.not_before == office.now
    assert office.compose().messages == ()


@pytest.mark.parametrize("trigger", ["pausa", "avbryt"])
def test_pause_and_stop_cancel(office: Office, trigger: str) -> None:
    office.ask()
    office.compose()
    office.advance(trigger, paragraf="30", skal="Väntar på ny lag.")
    office.compose()
    assert office.mails() == []


def test_a_new_round_cancels_what_belongs_to_the_old(office: Office) -> None:
    intent = office.ask()
    office.advance("omprioritera", paragraf="31", planerad_tid="Q4 2026", tidsgrans="regionbeslut")
    office.compose()
    assert office.mails() == []
    assert office.status(intent) == "avbruten"


def test_a_stated_date_silences_what_counts_down_and_delays_what_follows_up(office: Office) -> None:
    office.now = ONE_WEEK
    down = office.ask(at={"step": "en_vecka_till_regionbeslut"})
    after = office.follow_up("efter_planerad_tid", "efter_planerad_tid", "regiondirektor")
    stated = AdvanceRegion(
        actor=KANSLI, region="03", trigger="planera", facts={"instans": "regionfullmäktige", "datum": "2026-11-16"}
    )
    commands.handle(office.house, U, stated, now=office.now)
    office.now = datetime(2026, 10, 8, 7, tzinfo=UTC)
    assert office.compose().messages == ()
    assert (office.status(down), office.status(after)) == ("avbruten", "vantar")
    office.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    office.compose()
    (mail,) = office.mails()
    assert "planerat 16 november 2026 (regionfullmäktige)" in mail.text


def test_the_latest_step_speaks_and_the_others_are_passed_over(office: Office) -> None:
    old = office.ask()
    office.now = ONE_WEEK
    new = office.ask(at={"step": "en_vecka_till_regionbeslut"})
    done = office.compose()
    assert (len(done.messages), done.skipped) == (1, 1)
    assert (office.status(old), office.status(new)) == ("overhoppad", "skriven")


def test_at_most_one_mail_a_week_to_an_address(office: Office) -> None:
    office.now = datetime(2026, 8, 5, 7, tzinfo=UTC)
    office.ask()
    assert len(office.compose().messages) == 1
    office.send()
    office.now += timedelta(days=2)
    second = office.ask(at={"step": "en_vecka_till_regionbeslut"})
    assert office.compose().held == 1
    assert office.status(second) == "vantar"
    office.now += timedelta(days=5)
    assert len(office.compose().messages) == 1


def test_a_mail_that_may_have_arrived_before_it_was_taken_back_counts(office: Office) -> None:
    office.now = datetime(2026, 8, 5, 7, tzinfo=UTC)
    office.ask()
    (id,) = office.compose().messages
    with office.house.database.transaction() as session:
        [kept] = outbox.claim(session, [(office.kept(id), b"x")], worker="prov", until=office.now)
        assert outbox.settle(session, kept, "avbruten", response="Behövs inte. Osäkert om det har gått.", attempts=1)
    office.now += timedelta(days=2)
    office.ask(at={"step": "en_vecka_till_regionbeslut"})
    assert office.compose().held == 1
    office.now += timedelta(days=5)
    assert len(office.compose().messages) == 1


def test_a_mail_that_somebody_has_claimed_is_left_alone(office: Office) -> None:
    office.now = datetime(2026, 9, 25, 7, tzinfo=UTC)
    office.ask(office="registrator")
    (alone,) = office.compose().messages
    with office.house.database.transaction() as session:
        (kept,) = outbox.due(session, office.now, 1)
        outbox.claim(session, [(kept, b"x")], worker="s", until=office.now + timedelta(minutes=10))
    second = office.ask(office="registrator", at={"step": "en_vecka_till_regionbeslut"})
    (other,) = office.compose().messages
    with office.house.database.reading() as session:
        assert [i.id for i in intents.of_message(session, other)] == [second.id]
    assert office.kept(alone).queued.status == "tagen"


def test_what_did_not_leave_in_time_is_written_anew_and_only_the_latest_step(office: Office) -> None:
    office.now = datetime(2026, 8, 5, 7, tzinfo=UTC)
    first = office.ask()
    (old,) = office.compose().messages
    office.now += timedelta(weeks=3)  # no sender was at work
    second = office.ask(at={"step": "en_vecka_till_regionbeslut"})
    (new,) = office.compose().messages
    assert (office.status(first), office.status(second)) == ("overhoppad", "skriven")
    assert (office.kept(old).queued.status, office.kept(new).queued.status) == ("avbruten", "koad")


def test_what_would_miss_its_day_does_not_wait_for_the_week(office: Office) -> None:
    office.now = datetime(2026, 9, 25, 7, tzinfo=UTC)
    office.ask()
    office.compose()
    office.now = datetime(2026, 9, 28, 7, tzinfo=UTC)  # the week ends on 2 October, after the day that counts
    office.ask(at={"step": "en_vecka_till_regionbeslut"})
    done = office.compose()
    assert (len(done.messages), done.held) == (1, 0)


def test_what_counts_down_never_leaves_after_its_day(office: Office) -> None:
    intent = office.ask()
    office.now = datetime(2026, 9, 30, 10, tzinfo=UTC)  # noon of the last day: the next morning is too late
    assert office.compose().skipped == 1
    assert office.status(intent) == "overhoppad"


def test_a_thread_grows_and_its_subject_begins_the_same(office: Office) -> None:
    office.ask()
    (first,) = office.compose().messages
    office.send()
    office.now = ONE_WEEK
    office.ask(at={"step": "en_vecka_till_regionbeslut"})
    (second,) = office.compose().messages
    older, newer = office.kept(first).message, office.kept(second).message
    assert newer.references == (first,)
    assert newer.subject.partition(": ")[0] == older.subject.partition(": ")[0]


def test_the_caller_is_of_the_same_samverkansregion_and_never_the_director(office: Office) -> None:
    office.now = datetime(2026, 10, 22, 7, tzinfo=UTC)
    office.follow_up("samtal", "samtalsunderlag", "chefsgruppsledamot")
    office.compose()
    (mail,) = office.mails()
    assert mail.recipient == "dag@sormland.example"
    assert "ber dig ringa regiondirektör Dana Direktör" in mail.text


def test_nobody_to_reach_is_an_alarm_to_the_kansli_once_a_week(office: Office) -> None:
    office.holder(EVERYBODY[2], Flag("550 finns inte"))
    intent = office.ask()
    done = office.compose()
    assert done.unreachable == (("registrator", "03"),)
    (alarm,) = office.mails()
    assert alarm.recipient == "kansli@nspl.example"
    assert "registratorn i Region Uppsala: adress saknas" in alarm.text
    assert office.status(intent) == "vantar"
    assert office.compose().messages == ()
    office.now += timedelta(days=7)
    assert len(office.compose().messages) == 1


def test_a_substitute_answers_for_who_cannot_be_reached(office: Office) -> None:
    office.holder(EVERYBODY[2], Flag("550 finns inte"))
    office.holder(
        Holder(id="e03", office="registrator", region="03", email="ers@uppsala.example", capacity="ersattare")
    )
    office.ask()
    office.compose()
    assert [m.recipient for m in office.mails()] == ["ers@uppsala.example"]


def test_a_bounce_is_told_to_the_kansli(office: Office) -> None:
    office.ask()
    (id,) = office.compose().messages
    at = Occasion(region="03", deadline=id, step="studs", office="kansli")
    told = Intent(
        id=intents.id_of(at), occasion=at, template="studs", send_on=office.now.date(), reason="r@x: 550 okänd"
    )
    with office.house.database.transaction() as session:
        intents.add(session, [told], office.now)
    office.compose()
    mail = next(m for m in office.mails() if m.recipient == "kansli@nspl.example")
    assert "registratorn i Region Uppsala: r@x: 550 okänd" in mail.text


def test_a_successor_is_introduced_and_reminded_a_week_later_at_the_earliest(office: Office) -> None:
    at = Occasion(region="03", step="introduktion:r03", office="registrator")
    told = Intent(id=intents.id_of(at), occasion=at, template="introduktion", send_on=office.now.date())
    with office.house.database.transaction() as session:
        intents.add(session, [told], office.now)
    office.ask()
    assert office.compose().held == 1
    (mail,) = office.mails()
    assert mail.subject == "Regionernas gemensamma uppdrag: du är ny registrator i Region Uppsala"
    assert "U2026-01" in mail.text
    assert "U2026-03" not in mail.text, "a matter of the kansli's own is not open in the region"


def test_a_sensitive_uppdrag_is_told_by_number_and_neutral_title(office: Office) -> None:
    office.now = datetime(2026, 12, 2, 8, tzinfo=UTC)
    office.ask(
        NONE, "c_nspl", "U2026-09", template="paminnelse_redovisning", due=date(2026, 12, 31),
        expires_on=date(2026, 12, 31), at={"deadline": "redovisning", "step": "fyra_veckor_till_redovisning"},
    )  # fmt: skip
    office.compose()
    (mail,) = office.mails()
    assert mail.subject.startswith("U2026-09 Översyn av avtal mellan regionerna: ")
    assert "säkerhetsskydd" not in (mail.subject + mail.text + mail.html).casefold()
    assert "möjlig revision" not in mail.text


def test_the_kanslis_own_date_goes_to_the_owner_and_falls_back_to_the_kansli(office: Office) -> None:
    office.now = datetime(2026, 12, 2, 8, tzinfo=UTC)
    office.ask(
        NONE, "ansvarig", "U2026-02", template="paminnelse_redovisning", due=date(2026, 12, 31),
        expires_on=date(2026, 12, 31), at={"deadline": "redovisning", "step": "fyra_veckor_till_redovisning"},
    )  # fmt: skip
    office.compose()
    (mail,) = office.mails()
    assert mail.recipient == "kansli@nspl.example"
    assert "Redovisning för chefsgruppen" in mail.text


def test_still_wanted_at_the_moment_of_sending(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.ask()
    (id,) = office.compose().messages
    queued = office.kept(id).queued

    def asked() -> bool:
        with office.house.database.reading() as session:
            return wanted.Wanted(session, office.now, [queued]).still(queued)

    assert asked()
    monkeypatch.setattr(clockwork, "cancel_unwanted", lambda *_: 0)  # as when it was claimed already
    office.decide("04")
    assert asked()
    office.decide("03")
    assert not asked()


def test_many_composers_at_once_write_each_occasion_once(any_house: House) -> None:
    office = furnished(any_house)
    for region in ("03", "04"):
        office.follow_up("till_kansliet", "till_kansliet", "c_nspl", region)
    office.now = datetime(2026, 11, 12, 8, tzinfo=UTC)
    with ThreadPoolExecutor(4) as pool:
        done = [d.result() for d in [pool.submit(office.compose) for _ in range(4)]]
    assert sum(len(d.messages) for d in done) == 1
    assert len(office.mails()) == 1
