"""The signed protokoll: a PDF attached after justering, kept by its hash, got back as it was, and proved."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.cast import KANSLI
from tests.integration.doing import codes
from tests.integration.tampering import at_the_file, found, verify
from tests.integration.test_chefsgrupp import APRIL, MARCH, OTHER, plan
from tests.integration.test_minutes import AFTER, BEFORE, approve, close, take
from uppdrag.service import agenda, chefsgrupp, matter, queries, signed
from uppdrag.service.house import House
from workflow.errors import Refused
from workflow.meeting import Meeting

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nEva Ek\n%%EOF\n"


@pytest.fixture
def closed(any_house: House) -> House:
    """The meeting in March is over, and nothing is justerat."""
    plan(any_house, MARCH, APRIL)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(any_house)
    close(any_house)
    return any_house


def sign(house: House, content: bytes = PDF, name: str = "protokoll.pdf", expected: int | None = None) -> Meeting:
    return signed.sign(house, MARCH, name, content, actor=KANSLI, now=AFTER, expected=expected)


def refused(house: House, content: bytes = PDF, name: str = "protokoll.pdf") -> list[str]:
    with pytest.raises(Refused) as no:
        sign(house, content, name)
    return codes(no.value)


def test_it_comes_back_as_it_was_and_everything_is_proved(closed: House) -> None:
    approve(closed)
    digest = chefsgrupp.one(closed, MARCH).meeting.digest
    after = sign(closed)
    assert (after.digest, after.signed[-1].digest) == (digest, sha256(PDF).hexdigest())
    file, content = signed.signed(closed, MARCH)
    assert (file.name, file.size, file.by, content) == ("protokoll.pdf", len(PDF), "Anna Ek", PDF)
    assert sign(closed).version == after.version, "the same file again is no event"
    assert queries.verify(closed).findings == ()
    told = matter.make(closed, "U2026-01", now=AFTER).left_out
    assert any(after.signed[-1].digest in text for text in told), "a matter's package names what it does not hold"


def test_another_file_counts_from_then_on_and_the_earlier_is_kept(closed: House) -> None:
    approve(closed)
    sign(closed)
    better = PDF.replace(b"Eva", b"Eva och Bo")
    sign(closed, better, "../protokoll 2.pdf")
    assert signed.signed(closed, MARCH)[1] == better
    assert signed.signed(closed, MARCH, 1)[1] == PDF
    assert [f.name for f in chefsgrupp.one(closed, MARCH).meeting.signed] == ["protokoll.pdf", "protokoll 2.pdf"]
    with pytest.raises(Refused) as no:
        signed.signed(closed, MARCH, 3)
    assert codes(no.value) == ["no_such_file"]


def test_before_every_paragraph_is_justerad_it_is_refused(closed: House) -> None:
    approve(closed, 1)
    assert refused(closed) == ["protokoll_not_locked"]
    with pytest.raises(Refused) as no:
        signed.signed(closed, MARCH)
    assert codes(no.value) == ["not_signed"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"Hej", "protokoll.pdf", "file_not_kept"),
        (b"", "protokoll.pdf", "file_not_kept"),
        (b"Hej p\xc3\xa5 dig", "protokoll.txt", "file_not_pdf"),
        (PDF[:-7], "protokoll.pdf", "file_cut"),
        (b"MZ" + PDF, "protokoll.pdf", "file_not_kept"),
        (PDF + b"\0" * (20 * 1024 * 1024), "protokoll.pdf", "file_not_kept"),
    ],
    ids=["text", "empty", "txt", "cut", "program", "large"],
)
def test_what_is_no_whole_pdf_of_reasonable_size_is_refused(house: House, content: bytes, name: str, code: str) -> None:
    plan(house, MARCH)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(house)
    close(house)
    approve(house)
    assert refused(house, content, name) == [code]


@pytest.mark.sqlite_file("somebody changes it behind the program")
def test_a_file_that_was_changed_or_taken_away_is_found(house: House) -> None:
    plan(house, MARCH)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    take(house)
    close(house)
    approve(house)
    sign(house)
    path = Path(house.database.path)
    with at_the_file(path) as db:
        db.execute("UPDATE attachment SET content = replace(CAST(content AS TEXT), 'Eva', 'Ove')")
    assert found(verify(path)) == [("file_changed", "mote:2026-03-27 protokoll.pdf")]
    with pytest.raises(Refused) as no:
        signed.signed(house, MARCH)
    assert codes(no.value) == ["signed_file_changed"]
    with at_the_file(path) as db:
        db.execute("DELETE FROM attachment")
    assert found(verify(path)) == [("file_missing", "mote:2026-03-27 protokoll.pdf")]


def test_the_second_of_two_is_told(closed: House) -> None:
    approve(closed)
    seen = chefsgrupp.one(closed, MARCH).meeting.version
    signed.sign(closed, MARCH, "ett.pdf", PDF, actor=OTHER, now=AFTER, expected=seen)
    with pytest.raises(Refused) as no:
        sign(closed, PDF + b"\n", "två.pdf", expected=seen)
    assert "ett.pdf" in no.value.refusals[0].facts["what"]
