"""Each mail that leaves for a region ends with the log's newest checkpoint, whoever writes it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import uppdrag.service
from storage import outbox
from tests.cast import KANSLI, NOW, REGION
from tests.faults.lives import EXAMPLE
from tests.heads import head_in
from tests.integration.doing import with_the_regions
from tests.reliability import Tried
from tests.web import SETTINGS
from uppdrag.service import answering, chasing, dispatching, people, queries, questions
from uppdrag.service.chasing import Asking
from uppdrag.service.dispatching import Wanted
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.message import Message

NOT_THE_LOG = {"signing_in"}
"""What is kept for nobody: the code that somebody logs in with."""


def written(house: House) -> Sequence[Message]:
    with house.database.reading() as session:
        found = [outbox.find(session, m.id) for m in outbox.newest(session)]
    return [kept.message for kept in found if kept]


def test_a_missiv_a_question_a_receipt_and_an_answer_end_with_the_newest_checkpoint(house: House, tried: Tried) -> None:
    people.import_people(house, EXAMPLE.name, EXAMPLE.read_bytes(), actor=KANSLI, now=NOW)
    id = with_the_regions(house, "01", "03", "12")
    heads: set[str] = set()
    decided = Decide(actor=REGION, region="03", outcome="antagen")

    def ask() -> None:
        asked = questions.ask(house, "fraga", "Gäller det kommunerna?", actor=REGION, region="12", now=NOW, key="f")
        questions.answer(house, SETTINGS, asked.id, "Nej.", actor=KANSLI, now=NOW)

    known: set[str] = set()
    for write in (
        lambda: dispatching.dispatch(house, id, Wanted(actor=KANSLI), SETTINGS, now=NOW),
        lambda: chasing.ask(house, id, Asking(actor=KANSLI, again=True), SETTINGS, now=NOW),
        lambda: answering.register(
            house, SETTINGS, id, decided, now=NOW, key="k", expected=None, told=lambda _: "Antaget"
        ),
        ask,
    ):
        sealed = queries.seal(house, now=NOW)
        assert sealed
        write()
        new = [m for m in written(house) if m.id not in known]
        assert new
        assert {head_in(m.text) for m in new} == {sealed.name}
        assert all(m.html.count(sealed.name) == 1 for m in new)
        known |= {m.id for m in new}
        heads.add(sealed.name)
    assert len(heads) > 1, "each told what was newest then"
    tried("Loggen", "mejl till regionerna av fyra slag", len(known), "alla slutar med den senaste kontrollpunkten")


def test_whoever_puts_a_mail_in_the_outbox_knows_of_the_head() -> None:
    without = []
    for file in sorted(Path(uppdrag.service.__file__).parent.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        called = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if called & {"enqueue", "enqueue_all"} and "heads" not in names and file.stem not in NOT_THE_LOG:
            without.append(file.stem)
    assert without == []
