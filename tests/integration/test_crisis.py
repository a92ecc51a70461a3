"""The drawer's copy: all of it on paper, needing nothing, and saying that it is a copy."""

from __future__ import annotations

import re

from tests.cast import NOW
from tests.integration.lived import FIRST, live_a_little
from uppdrag.documents.document import Document, Notice, Table
from uppdrag.documents.formats import rendered
from uppdrag.service import crisis, people, queries
from uppdrag.service.house import House
from workflow.status import StatusFilter


def table(document: Document, caption: str) -> list[tuple[str, ...]]:
    return next(list(b.rows) for b in document.blocks if isinstance(b, Table) and b.caption.startswith(caption))


def test_it_says_that_it_is_a_copy_and_when_it_was_taken(house: House) -> None:
    document = crisis.document(house, now=NOW)
    (notice,) = [b.text for b in document.blocks if isinstance(b, Notice)]
    assert "kopia, tagen 2026-03-27 kl. 10.00" in notice
    assert "kopia tagen 2026-03-27 kl. 10.00" in document.footer.lower()


def test_every_uppdrag_region_decision_and_holder_stands_there(any_house: House) -> None:
    live_a_little(any_house)
    document = crisis.document(any_house, now=NOW)
    rows = queries.status(any_house, StatusFilter(today=NOW.date()))
    listed = [row[0] for row in (*table(document, "Pågående"), *table(document, "Avslutade"))]
    assert sorted(listed) == sorted(row.id for row in rows)
    regions = {row[0]: row for row in table(document, f"Regionerna på {FIRST}")}
    assert len(regions) == 21
    assert regions["Stockholm"][1:] == ("Antagen med anpassning", "2026-03-27, RF § 9", "e-post")
    assert regions["Uppsala"][2] == "planerat 2026-06-15, RF"
    (holder,) = people.listed(any_house, now=NOW)
    assert table(document, "Befattningar: Region Stockholm") == [
        ("registrator", holder.name, holder.email, "vakant, delad brevlåda, post kommer inte fram, till 2026-12-31")
    ]  # fmt: skip


def test_what_is_planned_stands_in_order_of_time(house: House) -> None:
    live_a_little(house)
    rows = table(crisis.document(house, now=NOW), "Det som är planerat")
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert ("2026-06-15", "Planerat beslut: Uppsala") in [row[:2] for row in rows]
    assert all(row[0] >= "2026-03-27" for row in rows)


def test_it_needs_nothing_from_anywhere_and_tells_nothing_of_what_is_sensitive(house: House) -> None:
    live_a_little(house)
    page = rendered(crisis.document(house, now=NOW), "html").decode()
    secret = queries.detail(house, "U2026-09", now=NOW).row
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|src=", page)
    assert secret.neutral_title in page
    assert secret.title not in page


def test_the_same_moment_gives_the_same_bytes(house: House) -> None:
    live_a_little(house)
    assert rendered(crisis.document(house, now=NOW), "html") == rendered(crisis.document(house, now=NOW), "html")
