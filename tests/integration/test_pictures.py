"""The pictures of the house show what the status says, and of a sensitive uppdrag only what may leave."""

from __future__ import annotations

from collections import Counter

from tests.cast import NOW
from tests.integration.lived import FIRST, live_a_little
from tests.web import visiting
from uppdrag.documents.charts import WORDS
from uppdrag.documents.formats import FORMATS, rendered
from uppdrag.service import pictures, queries
from uppdrag.service.house import House
from workflow.status import StatusFilter


def test_the_map_counts_as_the_status_does(any_house: House) -> None:
    live_a_little(any_house)
    (on_map, over_time) = pictures.of_uppdrag(any_house, FIRST, now=NOW)
    counts = queries.detail(any_house, FIRST, now=NOW).row.regions
    told = Counter(row[1] for row in on_map.table.rows)
    assert sum(told.values()) == counts.concerned
    assert told[WORDS["antagen"]] + told[WORDS["anpassad"]] == counts.adopted
    assert (told[WORDS["avslagen"]], told[WORDS["ej_berord"]]) == (counts.rejected, counts.not_concerned)
    assert told[WORDS["planerad"]] == 1
    assert over_time.table.rows[-1] == ("dag saknas", str(counts.decided))


def test_the_pictures_of_all_show_every_uppdrag_once(house: House) -> None:
    live_a_little(house)
    plan, regions, states = pictures.of_all(house, now=NOW)
    rows = queries.status(house, StatusFilter(today=NOW.date()))
    assert sorted(row[0].split()[0] for row in plan.table.rows) == sorted(r.id for r in rows if r.deadline)
    assert [row[0].split()[0] for row in regions.table.rows] == [r.id for r in rows if r.regions.concerned]
    assert sum(int(row[1]) for row in states.table.rows) == sum(r.lifecycle == "regiongemensamt" for r in rows)


def test_a_sensitive_uppdrag_has_its_neutral_title_and_one_without_regions_no_picture(house: House) -> None:
    secret = queries.detail(house, "U2026-09", now=NOW).row
    shown = "".join(p.svg + str(p.table.rows) for p in pictures.of_all(house, now=NOW))
    assert secret.neutral_title in shown
    assert secret.title not in shown
    assert pictures.of_uppdrag(house, "U2026-09", now=NOW) == []


def test_every_format_takes_them(house: House) -> None:
    live_a_little(house)
    made = [*pictures.of_uppdrag(house, FIRST, now=NOW), *pictures.of_all(house, now=NOW)]
    document = pictures.document(made, "Bilder", now=NOW, name="bilder")
    assert all(len(rendered(document, format)) > 10_000 for format in FORMATS)


def test_the_pages_show_the_pictures_and_no_style_stands_inline(house: House) -> None:
    live_a_little(house)
    with visiting(house) as at:
        at.log_in("insyn")
        for path, many in ((f"/uppdrag/{FIRST}/bilder", 2), ("/bilder", 3)):
            shown = at.get(path)
            assert (shown.status_code, shown.text.count("<svg ")) == (200, many)
            assert " style=" not in shown.text
            assert "var(--bild-papper)" in shown.text
        assert f'href="/uppdrag/{FIRST}/bilder"' in at.get(f"/uppdrag/{FIRST}").text
        assert 'href="/bilder"' in at.get("/laget?visa=alla").text
        assert at.get("/uppdrag/U2026-06/bilder").status_code == 404, "it has no regions"
