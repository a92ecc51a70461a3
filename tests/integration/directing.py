"""Uppdragsdirektiv for the tests: drafted, edited, and on an agenda."""

from __future__ import annotations

from datetime import UTC, date, datetime

from definitions.direktiv import Stated
from tests.cast import KANSLI
from tests.integration.doing import step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.integration.test_minutes import BEFORE
from uppdrag import words
from uppdrag.service import agenda, directives
from uppdrag.service.directives import Changed
from uppdrag.service.house import House
from workflow.meeting import AgendaItem

NUMBER = "RK2026-00012-7"
LATER = datetime(2026, 4, 24, 15, tzinfo=UTC)
ROBUST, GAP = "U2026-04", "U2026-07"


def draft(house: House, *ids: str, key: str = "", title: str = "Kommunikation", number: str = NUMBER) -> Changed:
    stated = Stated(title=title, number=number)
    return directives.new(house, ids or (ROBUST, GAP), stated, actor=KANSLI, now=BEFORE, key=key)


def edit(house: House, *, seen: int | None = None, by: object = KANSLI, key: str = "", **said: object) -> Changed:
    return directives.edit(
        house, "D2026-01", Stated(**said), actor=by, now=BEFORE, expected=seen, key=key  # type: ignore[arg-type]
    )  # fmt: skip


def ready(house: House, *ids: str) -> None:
    for id in ids:
        step(house, id, "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")


def on(house: House, day: date = MARCH, now: datetime = BEFORE) -> list[AgendaItem]:
    """The items about directives on an agenda."""
    return [i for i in agenda.agenda(house, day, now=now).items if i.directive]


def sentences(changed: Changed) -> str:
    return " ".join(words.sentence(w) for w in changed.warnings)


def with_a_draft(house: House) -> House:
    """Meetings, and a draft for two uppdrag that are ready for a decision."""
    plan(house, MARCH, APRIL, JUNE)
    ready(house, ROBUST, GAP)
    draft(house)
    return house


def with_a_kallelse(house: House) -> House:
    """The kallelse to the meeting in March is out."""
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    return house
