"""A gallringsbeslut is carried out: what it covers is gone from every byte of the file, and that it is gone is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage import gallring as stored
from storage import people
from tests.cast import KANSLI, NOW
from tests.integration.doing import codes, correct, new, step
from tests.integration.secrets import SECRET, direct, finish, live_in_secret, mail_about, minute_it
from tests.integration.tampering import at_the_file
from tests.integration.test_append_only import Refused as RefusedByTheDatabase
from tests.integration.test_append_only import trying
from tests.integration.test_plans import revised
from tests.reliability import Tried
from tests.web import visiting
from uppdrag import words
from uppdrag.service import figures, gallring, plans, queries
from uppdrag.service.gallring import Asked, Done
from uppdrag.service.house import House
from workflow.errors import Refused
from workflow.events import HolderAppointed, HolderEnded
from workflow.figures import period_of
from workflow.gallring import Gallringsbeslut
from workflow.reminders import of_own_dates
from workflow.status import StatusFilter
from workflow.workdays import WorkCalendar

LATER = NOW + timedelta(days=400)
BESLUT = Gallringsbeslut(number="RK2027-00044-1", on=date(2027, 4, 20), by="Regionarkivet")
"""Taken before `LATER`, long after everything was finished."""
MEETING, DIRECTIVE = "mote:2026-03-20", "direktiv:D2026-01"


def gallra(
    house: House, target: str, *, dry_run: bool = False, beslut: Gallringsbeslut = BESLUT, post: bool = False,
    also: tuple[str, ...] = (),
) -> Done:  # fmt: skip
    asked = Asked(target=target, beslut=beslut, actor=KANSLI, post=post, also=also)
    return gallring.gallra(house, asked, confirmed=beslut.number, now=LATER, dry_run=dry_run)


def everywhere(house: House, word: str = SECRET) -> dict[str, int]:
    """In how many rows of which tables a word stands."""
    with house.database.reading() as session:
        return dict(stored.traces(session, [word]))


@pytest.fixture
def finished(house: House) -> str:
    """An uppdrag that has had its whole life, with the secret in everything about it."""
    id = live_in_secret(house)
    assert direct(house, id) == DIRECTIVE
    finish(house, id)
    mail_about(house, id)
    assert minute_it(house, id) == MEETING
    return id


def test_every_table_is_either_emptied_or_kept_for_a_reason() -> None:
    """A new table, into which something may have been copied, stops here until somebody has decided."""
    assert {*stored.EMPTIED, *stored.KEPT} == set(SQLModel.metadata.tables)
    assert not set(stored.EMPTIED) & set(stored.KEPT)


@pytest.mark.sqlite_file("its bytes are searched")
def test_not_a_byte_of_it_is_left_in_the_file(house: House, finished: str, tried: Tried) -> None:
    before = everywhere(house)
    assert before.keys() >= {
        "event", "uppdrag", "beslut", "regionbeslut", "message", "letter", "incoming", "incoming_attachment",
        "attachment", "question", "mote",
    }  # fmt: skip
    path = Path(house.database.path)

    def raw() -> int:
        files = [path, *path.parent.glob(f"{path.name}-*")]
        return sum(file.read_bytes().count(SECRET.encode()) for file in files)

    assert raw() > 20
    gallra(house, finished, also=(MEETING, DIRECTIVE))
    with visiting(house) as at:
        at.log_in("kansli")
        for page in ("/direktiv", "/direktiv/D2026-01", "/moten/2026-03-20", "/moten"):
            assert at.get(page).status_code == 200, page
        for page in ("protokoll", "handlingar", "kallelse", "versioner", "atgarder", "vidare"):
            assert at.get(f"/moten/2026-03-20/{page}").status_code < 500, page
    assert everywhere(house) == {}
    assert gallring.overwrite(house)
    assert raw() == 0
    assert queries.verify(house).findings == ()
    tried("Gallring och rensning", "ett ord i rubrik, skäl, beslut, mejl, bilagor och protokoll gallras, filen söks",
          sum(before.values()), "ingen byte av det kvar, och loggen stämmer")  # fmt: skip


def test_the_chain_is_proved_and_says_by_which_decision(any_house: House) -> None:
    id = live_in_secret(any_house)
    finish(any_house, id)
    length = len(queries.history(any_house, id))
    done = gallra(any_house, id)
    report = queries.verify(any_house)
    assert report.findings == ()
    assert report.gallrat == ((BESLUT.number, length),)
    assert (done.events, done.event) == (length, f"{id}/{length + 1}")
    assert gallring.overwrite(any_house)
    assert everywhere(any_house) == {}


def test_it_is_never_silent(house: House, finished: str) -> None:
    gallra(house, finished)
    (row,) = queries.status(house, StatusFilter(today=LATER.date(), id=finished))
    assert (row.title, row.state) == (f"Gallrat enligt beslut {BESLUT.number}", "slutbehandlad")
    history = queries.history(house, finished)
    said = words.event(history[-1], None, {})
    assert said.startswith(f"Gallrat enligt beslut {BESLUT.number} (2027-04-20, Regionarkivet)")
    assert {words.event(e, None, {}) for e in history[:-1]} == {"Gallrad händelse"}
    with visiting(house) as at:
        at.log_in("kansli")
        page = at.get(f"/uppdrag/{finished}")
        assert page.status_code == 200
        assert "Gallrat enligt beslut" in page.text
        for path in ("/uppdrag?visa=alla", "/laget", f"/uppdrag/{finished}/region/03", "/inkommet", "/utskick",
                     "/moten/2026-03-20", "/moten/2026-03-20/protokoll", "/rapporter", "/sok?q=Gallrat"):  # fmt: skip
            assert at.get(path).status_code in (200, 404), path


def test_a_dry_run_shows_the_same_and_changes_nothing(house: House, finished: str) -> None:
    before = everywhere(house)
    shown = gallra(house, finished, dry_run=True)
    assert everywhere(house) == before
    assert shown.left["mote"] == 1, "the minutes, which the decision does not cover"
    done = gallra(house, finished)
    assert (done.events, done.rows, done.left) == (shown.events, shown.rows, shown.left)


def test_the_same_again_is_nothing_and_another_is_refused(house: House, finished: str) -> None:
    first, again = gallra(house, finished), gallra(house, finished)
    assert again.repeated
    assert (again.event, again.rows) == (first.event, first.rows)
    with pytest.raises(Refused) as no:
        gallra(house, finished, beslut=replace(BESLUT, number="RK2027-00099"))
    assert codes(no.value) == ["gallring_other"]


def test_only_the_mail_may_be_covered(house: House, finished: str) -> None:
    gallra(house, finished, post=True)
    left = everywhere(house)
    assert left.keys() & {"message", "letter", "draft", "incoming", "incoming_attachment", "question"} == set()
    assert left["attachment"] == 1, "the signed protokoll, which is chefsgruppen's"
    assert queries.detail(house, finished, now=LATER).row.title == f"{SECRET} i norr"
    gallra(house, finished, beslut=replace(BESLUT, number="RK2027-00045"))
    assert queries.verify(house).findings == ()


def test_what_is_not_finished_is_not_destroyed(house: House) -> None:
    id = live_in_secret(house)
    for beslut, more, wanted in (
        (BESLUT, {}, ["gallring_open", "gallring_waiting"]),
        (replace(BESLUT, number=" "), {}, ["fact_missing"]),
        (replace(BESLUT, on=date(2030, 1, 1)), {}, ["gallring_ahead"]),
        (BESLUT, {"also": ("mote:2020-01-01",)}, ["gallring_open", "gallring_waiting", "gallring_also"]),
    ):
        with pytest.raises(Refused) as no:
            gallra(house, id, beslut=beslut, **more)  # type: ignore[arg-type]
        assert codes(no.value) == wanted
    finish(house, id)
    with pytest.raises(Refused) as no:
        gallring.gallra(house, Asked(target=id, beslut=BESLUT, actor=KANSLI), confirmed="ja", now=LATER)
    assert codes(no.value) == ["gallring_unconfirmed"]
    assert everywhere(house)


def test_nothing_brings_it_back(house: House, finished: str) -> None:
    gallra(house, finished)
    with pytest.raises(Refused) as no:
        step(house, finished, "pausa", skal="x", now=LATER)
    assert codes(no.value) == ["gallrat"]
    with pytest.raises(Refused):
        correct(house, f"{finished}/1", title="Åter")
    gone, lifecycle, offered = queries.next_steps(house, finished, role=None)
    reminded = [r for rb in gone.regions.values() for r in of_own_dates(
        lifecycle, gone.uppdrag, rb, WorkCalendar(free=frozenset(), quiet=()), registered=lambda _: LATER.date()
    )]  # fmt: skip
    assert (offered, reminded) == ([], []), "nothing is offered, and nobody is asked for the protokoll"
    period = period_of("2027-05")
    assert period is not None
    counted = figures.of_period(house, period, known_by=LATER + timedelta(days=1))
    assert finished not in repr(counted)
    assert everywhere(house).keys() <= {"event", "mote", "direktiv", "attachment"}


def test_a_person_who_held_an_office(any_house: House) -> None:
    id = "person:03:registrator:1"
    held = HolderAppointed(
        office="registrator", region="03", name="Eva Hemlig", email="eva.hemlig@r03.example", first=date(2026, 1, 1),
        last=None, capacity="ordinarie", shared=False, vacant=False,
    )  # fmt: skip
    with any_house.database.transaction() as session:
        holder = people.save(session, id, None, [held], KANSLI, NOW)
    with pytest.raises(Refused) as no:
        gallra(any_house, id)
    assert codes(no.value) == ["gallring_holder"]
    with any_house.database.transaction() as session:
        people.save(session, id, holder, [HolderEnded(last=date(2026, 12, 31))], KANSLI, NOW)
    assert gallra(any_house, id).left == {}
    assert everywhere(any_house, "Hemlig") == everywhere(any_house, "eva.hemlig") == {}
    report = queries.verify(any_house)
    assert (report.findings, report.gallrat) == ((), ((BESLUT.number, 2),))


def test_the_database_empties_only_what_a_gallring_names(any_house: House) -> None:
    """Also for who comes past the program: an event is emptied when the log says by which decision, and never else."""
    id = live_in_secret(any_house)
    finish(any_house, id)
    empty = "UPDATE event SET content = NULL, actor = NULL, salt = NULL WHERE stream = '{}' AND seq = {}"
    with pytest.raises(RefusedByTheDatabase), trying(any_house) as session:
        session.connection.execute(empty.format(id, 1))
    done = gallra(any_house, id)
    for stream, seq in (("U2026-01", 1), (id, done.events + 1)):
        with pytest.raises(RefusedByTheDatabase), trying(any_house) as session:
            session.connection.execute(empty.format(stream, seq))


def test_an_import_of_the_plan_does_not_bring_a_title_back(house: House) -> None:
    step(house, "U2026-12", "avbryt", skal="Behövs inte")
    gallra(house, "U2026-12")
    assert queries.detail(house, "U2026-12", now=LATER).row.title.startswith("Gallrat")
    reworded = revised(("Följeforskning: samverkan etableras", "Följeforskning etableras"))
    assert "U2026-12" in plans.import_plan(house, reworded, actor=KANSLI, now=LATER).unchanged
    assert queries.detail(house, "U2026-12", now=LATER).row.title.startswith("Gallrat")
    assert new(house, parent="", title="Nytt", now=LATER).uppdrag != "U2026-12"


@pytest.mark.sqlite_file("somebody empties it behind the program")
def test_what_is_emptied_without_a_decision_is_named(house: House, finished: str) -> None:
    gallra(house, finished)
    with at_the_file(Path(house.database.path)) as db:
        db.execute("UPDATE event SET content = NULL, actor = NULL, salt = NULL WHERE stream = 'U2026-01' AND seq = 2")
    assert [(f.code, f.subject) for f in queries.verify(house).findings] == [("emptied_undecided", "U2026-01/2")]


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_what_is_left_is_proved_as_everything_else(house: House, finished: str) -> None:
    gallra(house, finished)
    with at_the_file(Path(house.database.path)) as db:
        db.execute("UPDATE uppdrag SET title = 'Något annat' WHERE id = ?", (finished,))
        db.execute("UPDATE beslut SET outcome = 'avslagen' WHERE uppdrag = ? AND region = '03'", (finished,))
    found = {(f.code, f.subject) for f in queries.verify(house).findings}
    assert found == {("row_changed", f"uppdrag {finished}"), ("row_changed", f"beslut {finished} 03 1")}
