"""Letters and reports as documents: what they say, whose name they keep quiet about, and when they are the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cast import actor
from tests.integration.doing import codes
from tests.integration.lived import FIRST, live_a_little, step
from tests.integration.test_figures import APRIL, all_decide
from tests.integration.test_papers import said
from uppdrag.documents.document import Figure
from uppdrag.service import commands, queries, reports
from uppdrag.service.house import House
from workflow.commands import Advance
from workflow.errors import Refused
from workflow.status import StatusFilter

JULY = datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_a_letter_tells_of_the_month_with_a_note_to_each_figure(house: House) -> None:
    live_a_little(house)
    text = said(reports.letter(house, "2026-03", known_by=APRIL))
    assert "UTKAST" in text
    assert "det som var registrerat 1 april 2026 klockan 08.00" in text
    assert "Under mars 2026 fattade regionerna 1 (not 4) beslut: 1 antagna med anpassning." in text
    assert "Not 4. Beslut i regionerna: 1" in text
    assert "Antaget med anpassning, Stockholm 27 mars 2026, § 9, dnr RS 1 U2026-01 /10" in text, "broken at its stroke"
    assert "30 juni 2026 Redovisning för chefsgruppen U2026-03" in text


def test_no_region_is_named_for_what_it_has_not_done(house: House) -> None:
    step(house, FIRST, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, FIRST, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    text = said(reports.letter(house, "2026-10", known_by=datetime(2026, 11, 2, 7, tzinfo=UTC)))
    assert "har den planerade tiden gått ut" in text
    assert not [r.short_name for r in queries.regions(house) if r.short_name in text.replace("Stockholm–Gotland", "")]
    assert "försenad" not in text.casefold()


def test_a_year_is_told_section_by_section_with_the_time_it_took(house: House) -> None:
    all_decide(house)
    document = reports.annual(house, "2026", known_by=JULY)
    text = said(document)
    plan, one = (block.alt for block in document.blocks if isinstance(block, Figure))
    assert "punkter i planen, kvartal för kvartal: klart 2" in plan
    assert one.startswith("Karta och tidslinje över 21 regioner: antagen 20, avslagen 1. Besluten fattades 2026-05-01–")
    assert "Avsnitt 6.2 Uppdrag Planerat Vad det blev" in text
    assert "Klart, 6 mars 2026, § 4" in text
    assert "Regionerna fattade 21 (not 3) beslut under 2026" in text
    assert "6 mars 2026, § 4 21 maj 2026 76" in text
    assert "Avstämning det som var registrerat 1 juli 2026 klockan 09.00" in text
    assert "Inget uppdrag omprioriterades under 2026." in text


def test_a_report_of_a_past_day_is_the_same_whatever_was_registered_since(house: House) -> None:
    live_a_little(house)
    before = reports.annual(house, "2026", known_by=APRIL), reports.letter(house, "2026-03", known_by=APRIL)
    moved = Advance(
        actor=actor("kansli"), trigger="omprioritera", facts={"planerad_tid": "Q1 2028", "paragraf": "9"}
    )  # fmt: skip
    for id in (FIRST, "U2026-03"):
        commands.handle(house, id, moved, now=JULY)
    after = reports.annual(house, "2026", known_by=APRIL), reports.letter(house, "2026-03", known_by=APRIL)
    assert after == before
    assert reports.annual(house, "2026", known_by=JULY + timedelta(days=1)) != before[0]


def test_a_sensitive_uppdrag_keeps_its_own_title_to_itself(house: House) -> None:
    (row,) = (r for r in queries.status(house, StatusFilter(today=date(2026, 3, 27))) if r.sensitive)
    step(house, row.id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, row.id, "besluta", mote="2026-03-13", paragraf="3", dnr="RK2026-00099-1")
    for document in (
        reports.letter(house, "2026-03", known_by=APRIL), reports.annual(house, "2026", known_by=APRIL)
    ):  # fmt: skip
        text = said(document)
        assert row.neutral_title in text
        assert row.title not in text
        assert "RK2026-00099" not in text


def test_what_cannot_be_told_is_refused_with_what_to_do_instead(house: House) -> None:
    for asked in ("2026", "2026-13", "mars"):
        with pytest.raises(Refused) as no:
            reports.letter(house, asked, known_by=APRIL)
        assert codes(no.value) == ["not_a_month"]
    with pytest.raises(Refused) as no:
        reports.annual(house, "2026-03", known_by=APRIL)
    assert codes(no.value) == ["not_a_year"]
    with pytest.raises(Refused) as no:
        reports.letter(house, "2026-05", known_by=APRIL)
    assert codes(no.value) == ["period_not_begun"]
    with pytest.raises(Refused) as no:
        reports.cut_off(APRIL.date(), now=APRIL)
    assert codes(no.value) == ["cut_off_not_yet"]
    assert reports.cut_off(date(2026, 3, 31), now=APRIL) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert reports.cut_off(None, now=APRIL + timedelta(1)) == APRIL + timedelta(1)
