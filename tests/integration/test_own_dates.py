"""The kansli's own dates remind whoever answers for them, and C-NSPL, while there is still time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from definitions.holidays import work_calendar
from storage import intents, outbox, people, reminders
from tests.cast import CHEFSGRUPP, KANSLI
from uppdrag.service import clockwork, commands, composing, correcting, delivery, queries, reminding
from uppdrag.service.commands import New
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.appointments import Appoint, decide
from workflow.calendar import STOCKHOLM, parse_span
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.people import Holder

SETTINGS = Settings()
OWNER, MENDER, HEAD = "olle@nspl.example", "maja@nspl.example", "cecilia@nspl.example"
STAFF = (
    Holder(id="c", office="c_nspl", name="Cecilia Nord", email=HEAD),
    Holder(id="k", office="kansli", name="", email="kansli@nspl.example", shared=True),
    Holder(id="k2", office="kansli", name="Olle Owner", email=OWNER),
    Holder(id="k3", office="kansli", name="Maja Mender", email=MENDER),
)
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def staffed(house: House) -> House:
    """The kansli's own people, and nobody else."""
    with house.database.transaction() as session:
        for holder in STAFF:
            people.save(session, holder.id, None, decide(None, Appoint(holder), ()), KANSLI, BEGUN)
    return house


def created(house: House, lifecycle: str, times: Mapping[str, str]) -> str:
    new = New(
        title="Ett eget datum", lifecycle=lifecycle, actor=KANSLI, owner="Olle Owner",
        times={deadline: parse_span(words) for deadline, words in times.items()},
    )  # fmt: skip
    return commands.new(house, new, now=BEGUN).uppdrag


def lived(house: House, id: str, until: date, begun: datetime = BEGUN) -> list[tuple[date, str]]:
    """The mails about an uppdrag that leave each morning, digests among them, with the day and to whom."""
    left: list[tuple[date, str]] = []
    day = begun.date() + timedelta(days=1)
    with house.database.reading() as session:
        seen = {id for (id,) in session.raw("SELECT id FROM message WHERE status = 'skickad'")}
    while day <= until:
        now = datetime.combine(day, time(8, 5), STOCKHOLM).astimezone(UTC)
        clockwork.tick(house, work_calendar(), now=now)
        composing.compose_due(house, now=now, settings=SETTINGS)
        delivery.deliver(house, SETTINGS, worker="prov", clock=lambda: now)  # noqa: B023 - used at once
        with house.database.reading() as session:
            rows = list(
                session.raw(
                    "SELECT DISTINCT m.id, m.recipient FROM message m JOIN intent i ON i.message = m.id "
                    f"WHERE i.uppdrag = '{id}' AND m.status = 'skickad'"
                )
            )
            left += [(day, recipient) for message, recipient in rows if message not in seen]
            seen |= {message for message, _ in rows}
        day += timedelta(days=1)
    return sorted(left)


@pytest.mark.parametrize("lifecycle", ["regiongemensamt", "utredning"])
def test_a_redovisning_reminds_its_owner_and_c_nspl(staffed: House, lifecycle: str) -> None:
    id = created(staffed, lifecycle, {"redovisning": "2026-06-30"})
    left = lived(staffed, id, date(2026, 6, 30))
    first, last = date(2026, 6, 2), date(2026, 6, 23)
    assert left == [(first, HEAD), (first, OWNER), (last, HEAD), (last, OWNER)]


def test_an_answer_to_an_authority_reminds_its_owner_and_c_nspl(staffed: House) -> None:
    id = created(staffed, "inkommande", {"svarsdag": "2026-06-30"})
    left = lived(staffed, id, date(2026, 6, 30))
    assert left == [(date(2026, 6, 2), OWNER), (date(2026, 6, 23), HEAD), (date(2026, 6, 23), OWNER)]


def test_what_was_sent_back_reminds_who_completes_it_and_c_nspl(staffed: House) -> None:
    id, now = "U2026-01", datetime(2026, 3, 27, 9, tzinfo=UTC)
    for trigger, actor, facts in (
        ("redovisa", KANSLI, {"mote": "2026-03-27", "paragraf": "12", "rapport": "R1", "forslagsversion": "1"}),
        ("aterremittera", CHEFSGRUPP, {"paragraf": "13", "saknas": "En konsekvensanalys", "ansvarig": "Maja Mender",
                                       "klar_senast": "2026-06-30"}),
    ):  # fmt: skip
        commands.handle(staffed, id, Advance(actor=actor, trigger=trigger, facts=facts), now=now)
    left = lived(staffed, id, date(2026, 6, 30), begun=now)
    first, last = date(2026, 6, 2), date(2026, 6, 23)
    assert left == [(first, HEAD), (first, MENDER), (last, HEAD), (last, MENDER)]


WITH_THE_REGIONS = datetime(2026, 3, 27, 9, tzinfo=UTC)
REGISTRATOR = Holder(id="r03", office="registrator", region="03", name="Eva Ek", email="eva.ek@uppsala.example")


@pytest.fixture
def with_the_regions(staffed: House) -> str:
    """An uppdrag that is Olle's and lies with the regions, far from its planned time, and the registrator of one."""
    with staffed.database.transaction() as session:
        people.save(session, REGISTRATOR.id, None, decide(None, Appoint(REGISTRATOR), ("03",)), KANSLI, BEGUN)
    id = created(staffed, "regiongemensamt", {"redovisning": "2026-03-31", "regionbeslut": "2027-12-31"})
    for trigger, facts in (
        ("bered", {"ansvarig": "Olle Owner", "natverk": "HSD"}),
        ("besluta", {"mote": "2026-03-02", "paragraf": "1"}),
        ("redovisa", {"mote": "2026-03-02", "paragraf": "2", "rapport": "R1", "forslagsversion": "1"}),
        ("godkann", {"mote": "2026-03-02", "paragraf": "3", "forslagsversion": "1"}),
    ):
        commands.handle(staffed, id, Advance(actor=KANSLI, trigger=trigger, facts=facts), now=BEGUN)
    return id


def decided(house: House, id: str, region: str = "03", now: datetime = WITH_THE_REGIONS, **more: Any) -> str:
    """What a region decided, registered; the event."""
    said: dict[str, Any] = {"outcome": "antagen", "body": "RS", "on": date(2026, 3, 24), "source": "epost", **more}
    return commands.handle(house, id, Decide(actor=KANSLI, region=region, **said), now=now).events[0].id


def proven(house: House, event: str, now: datetime, **changes: str) -> None:
    told = {"source": "protokollsutdrag", **changes}
    correcting.correct(
        house, event, why="Protokollsutdraget har kommit", actor=KANSLI, changes=told, withdraw=False, now=now
    )


def last_mail(house: House, id: str) -> str:
    """The text of the newest mail about nothing but this uppdrag."""
    with house.database.reading() as session:
        kept = outbox.find(session, next(m.id for m in outbox.newest(session) if m.uppdrag == id))
        assert kept is not None
        return kept.message.text


def looks(house: House, id: str) -> set[str]:
    with house.database.reading() as session:
        return set(reminders.of_uppdrag(session, id))


AFTER_THREE_WEEKS = date(2026, 4, 14)


@pytest.mark.parametrize("source", ["", "muntlig", "epost"])
def test_a_protokollsutdrag_that_has_not_come_reminds_the_owner_and_c_nspl_once(
    staffed: House, with_the_regions: str, source: str
) -> None:
    lived(staffed, with_the_regions, date(2026, 3, 4))  # the clock has looked at the uppdrag as a whole already
    event = decided(staffed, with_the_regions, source=source)
    left = lived(staffed, with_the_regions, date(2026, 7, 1), begun=WITH_THE_REGIONS)
    assert left == [(AFTER_THREE_WEEKS, HEAD), (AFTER_THREE_WEEKS, OWNER)]
    text = last_mail(staffed, with_the_regions)
    assert "protokollsutdraget från Region Uppsala" in text
    assert "Beslutat 24 mars 2026." in text
    assert "Be registrator Eva Ek (eva.ek@uppsala.example) om det." in text
    assert f"Rätta källan i {event} till protokollsutdrag." in text
    assert len(text.split()) <= 90


@pytest.mark.parametrize(
    "said",
    [
        {"source": "protokollsutdrag"},
        {"source": "publicerat_protokoll"},
        {"body": "regiondirektor"},
        {"body": "regiondirektor", "kind": "delegationsbeslut", "delegationspunkt": "4.2"},
        {"outcome": "ej_berord", "note": "Har en egen", "body": ""},
    ],
)
def test_nobody_waits_for_a_protokoll_that_has_come_or_that_nobody_writes(
    staffed: House, with_the_regions: str, said: dict[str, Any]
) -> None:
    lived(staffed, with_the_regions, date(2026, 3, 4))
    before = looks(staffed, with_the_regions)
    decided(staffed, with_the_regions, **said)
    assert looks(staffed, with_the_regions) == before - {"03"}, "the clock never looks at it again"
    assert lived(staffed, with_the_regions, date(2026, 5, 4), begun=WITH_THE_REGIONS) == []


def test_where_the_day_of_the_decision_is_unknown_the_registration_counts(
    staffed: House, with_the_regions: str
) -> None:
    decided(staffed, with_the_regions, on=None)
    left = lived(staffed, with_the_regions, date(2026, 5, 4), begun=WITH_THE_REGIONS)
    assert [day for day, _ in left] == [date(2026, 4, 17)] * 2
    assert "Registrerat 27 mars 2026." in last_mail(staffed, with_the_regions)


def test_a_source_that_is_corrected_silences_it(staffed: House, with_the_regions: str) -> None:
    event = decided(staffed, with_the_regions)
    eve = datetime(2026, 4, 13, 14, tzinfo=UTC)
    assert lived(staffed, with_the_regions, eve.date(), begun=WITH_THE_REGIONS) == []
    proven(staffed, event, eve)
    assert lived(staffed, with_the_regions, date(2026, 5, 4), begun=eve) == []


def test_a_protokollsutdrag_that_is_registered_beside_it_silences_it(staffed: House, with_the_regions: str) -> None:
    decided(staffed, with_the_regions)
    decided(staffed, with_the_regions, source="protokollsutdrag", paragraph="41")
    assert lived(staffed, with_the_regions, date(2026, 5, 4), begun=WITH_THE_REGIONS) == []


def test_it_is_asked_again_in_the_moment_of_sending(staffed: House, with_the_regions: str) -> None:
    event = decided(staffed, with_the_regions)
    now = datetime(2026, 4, 14, 8, 5, tzinfo=STOCKHOLM)
    clockwork.tick(staffed, work_calendar(), now=now)
    composing.compose_due(staffed, now=now, settings=SETTINGS)
    with pytest.MonkeyPatch.context() as patch:  # the correction has been written, the mails have not been taken back
        patch.setattr(clockwork, "cancel_unwanted", lambda *_: 0)
        proven(staffed, event, now)
    delivery.deliver(staffed, SETTINGS, worker="prov", clock=lambda: now)
    with staffed.database.reading() as session:
        asked = [i for i in intents.of_track(session, with_the_regions, "03", 1) if i.occasion.deadline == "protokoll"]
        assert {(i.occasion.office, i.status) for i in asked} == {("ansvarig", "vantar"), ("c_nspl", "vantar")}


def test_it_comes_when_the_uppdrag_is_slutbehandlat_and_each_region_is_its_own(
    staffed: House, with_the_regions: str
) -> None:
    regions = [r.lanskod for r in queries.regions(staffed)]
    for region in regions:
        decided(staffed, with_the_regions, region, source="epost" if region in ("03", "12") else "protokollsutdrag")
    assert queries.detail(staffed, with_the_regions, now=WITH_THE_REGIONS).matter.uppdrag.final
    foreseen = reminding.foreseen(staffed, day=AFTER_THREE_WEEKS, now=WITH_THE_REGIONS)
    assert {(f.region, f.office, f.recipient, f.reason) for f in foreseen} == {
        (region, office, recipient, "3 veckor efter beslutet 2026-03-24")
        for region in ("03", "12") for office, recipient in (("ansvarig", OWNER), ("c_nspl", HEAD))
    }  # fmt: skip
    left = lived(staffed, with_the_regions, date(2026, 5, 4), begun=WITH_THE_REGIONS)
    assert left == [(AFTER_THREE_WEEKS, HEAD), (AFTER_THREE_WEEKS, OWNER)], "one mail about both"
    assert "(beslutat 2026-03-24)" in last_mail(staffed, with_the_regions)
    assert looks(staffed, with_the_regions) == set(), "nothing more is to come"


def test_it_waits_while_the_uppdrag_is_paused(staffed: House, with_the_regions: str) -> None:
    decided(staffed, with_the_regions)
    for trigger, now in (("pausa", WITH_THE_REGIONS), ("ateruppta", datetime(2026, 5, 4, 14, tzinfo=UTC))):
        facts = {"skal": "Vi väntar"} if trigger == "pausa" else {}
        commands.handle(staffed, with_the_regions, Advance(actor=KANSLI, trigger=trigger, facts=facts), now=now)
        if trigger == "pausa":
            assert lived(staffed, with_the_regions, date(2026, 5, 4), begun=WITH_THE_REGIONS) == []
    left = lived(staffed, with_the_regions, date(2026, 6, 1), begun=now)
    assert left == [(date(2026, 5, 5), HEAD), (date(2026, 5, 5), OWNER)]


SENT_BACK: dict[str, Any] = {
    "outcome": "aterremitterad", "source": "protokollsutdrag", "missing": "En konsekvensanalys",
    "task_owner": "Maja Mender", "task_due": date(2026, 4, 30),
}  # fmt: skip
WEEK_BEFORE, MORNING_AFTER = date(2026, 4, 23), date(2026, 5, 4)  # the first of May is a Friday and a holiday


@pytest.mark.parametrize("outcome", ["aterremitterad", "bordlagd"])
def test_what_a_region_sent_back_reminds_who_completes_it_and_c_nspl(
    staffed: House, with_the_regions: str, outcome: str
) -> None:
    decided(staffed, with_the_regions, **{**SENT_BACK, "outcome": outcome})
    left = lived(staffed, with_the_regions, date(2026, 7, 1), begun=WITH_THE_REGIONS)
    assert left == [(day, who) for day in (WEEK_BEFORE, MORNING_AFTER) for who in (HEAD, MENDER)]
    text = last_mail(staffed, with_the_regions)
    assert "Skulle vara klart 30 april 2026." in text
    assert "Att komplettera: En konsekvensanalys." in text
    assert "registrator Eva Ek (eva.ek@uppsala.example)" in text


def test_a_new_expediering_completes_it(staffed: House, with_the_regions: str) -> None:
    decided(staffed, with_the_regions, **SENT_BACK)
    then = datetime(2026, 4, 29, 9, tzinfo=UTC)
    assert len(lived(staffed, with_the_regions, then.date(), begun=WITH_THE_REGIONS)) == 2
    again = AdvanceRegion(actor=KANSLI, region="03", trigger="expediera", facts={"version": "1"})
    commands.handle(staffed, with_the_regions, again, now=then)
    assert lived(staffed, with_the_regions, date(2026, 7, 1), begun=then) == []


def test_a_new_decision_completes_it(staffed: House, with_the_regions: str) -> None:
    decided(staffed, with_the_regions, **SENT_BACK)
    decided(staffed, with_the_regions, source="protokollsutdrag", now=WITH_THE_REGIONS + timedelta(days=14))
    assert lived(staffed, with_the_regions, date(2026, 7, 1), begun=WITH_THE_REGIONS) == []


def test_a_date_that_the_region_has_stated_does_not_silence_the_kanslis_own(
    staffed: House, with_the_regions: str
) -> None:
    decided(staffed, with_the_regions, **SENT_BACK)
    stated = AdvanceRegion(
        actor=KANSLI, region="03", trigger="planera", facts={"instans": "RF", "datum": "2026-06-16"}
    )  # fmt: skip
    commands.handle(staffed, with_the_regions, stated, now=WITH_THE_REGIONS)
    left = lived(staffed, with_the_regions, date(2026, 7, 1), begun=WITH_THE_REGIONS)
    assert [day for day, _ in left] == [WEEK_BEFORE] * 2 + [MORNING_AFTER] * 2


def test_what_is_completed_takes_a_mail_back_that_waits_to_leave(staffed: House, with_the_regions: str) -> None:
    decided(staffed, with_the_regions, **SENT_BACK)
    now = datetime.combine(WEEK_BEFORE, time(8, 5), STOCKHOLM)
    clockwork.tick(staffed, work_calendar(), now=now)
    composing.compose_due(staffed, now=now, settings=SETTINGS)
    again = AdvanceRegion(actor=KANSLI, region="03", trigger="expediera", facts={"version": "1"})
    commands.handle(staffed, with_the_regions, again, now=now)
    with staffed.database.reading() as session:
        statuses = {m.recipient: m.status for m in outbox.newest(session) if m.uppdrag == with_the_regions}
    assert statuses[MENDER] == "avbruten"
