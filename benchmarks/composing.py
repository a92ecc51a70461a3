"""A thousand reminders written into mails, against rendering the same mails' templates and nothing else."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from benchmarks.by_hand import ByHand
from benchmarks.life import made
from benchmarks.measure import Bar, Disk, take_turns
from benchmarks.scenario import ACTOR, LIFECYCLE, VERSION, steps
from notifications import compose as rendering
from notifications.heads import in_text
from storage import intents
from uppdrag.service import composing, people, writing
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.message import NONE, Intent, Message, Occasion

MAILS = 1_000
WRITTEN = datetime(2026, 2, 20, 8, tzinfo=UTC)
MORNING = datetime(2026, 6, 2, 6, 5, tzinfo=UTC)
"""Four weeks before the redovisning of the second quarter."""
DUE = date(2026, 6, 30)
SETTINGS = Settings()


def measure(folder: Path, rounds: int) -> list[Bar]:
    start = due(folder)
    numbers = count()
    copies: list[tuple[Path, House]] = []

    def copy() -> None:
        """A database of its own for every turn, in a house at work: it knows its lifecycle, and can read and write."""
        for path, house in copies:
            house.database.close()
            path.unlink()
        path = folder / f"morning{next(numbers)}.db"
        shutil.copyfile(start, path)
        house = House.open(f"sqlite:///{path}")
        with house.database.reading() as session:
            house.engine(session, LIFECYCLE, VERSION)
        with house.database.transaction():
            pass
        copies[:] = [(path, house)]

    def ours() -> None:
        if len(composing.compose_due(copies[0][1], now=MORNING, settings=SETTINGS).messages) != MAILS:
            raise AssertionError("not every reminder became a mail")

    copy()
    bare = _templates_of(ours)
    turns = take_turns(rounds, {"ours": ours, "bare": bare}, disk=Disk(folder), before_each=copy)
    name = f"{MAILS} påminnelser mot att rendera deras mallar"
    return [
        # Both compute in one thread. What only ours waits for is the disk, for one commit: that is said beside.
        turns.cpu(f"{name}: CPU", "ours", "bare", at_most=3),
        turns.time(f"{name}: tid", "ours", "bare", at_most=None),
    ]


def _templates_of(compose_all: Callable[[], None]) -> Callable[[], None]:
    """What renders the subject, the text and the HTML of the mails that are composed, from the same templates and with
    the same values, and does nothing else."""
    asked: list[tuple[str, rendering.Facts]] = []
    mails: list[Message] = []

    def overheard(template: str, facts: rendering.Facts) -> Message:
        asked.append((template, facts))
        mails.append(rendering.compose(template, facts))
        return mails[-1]

    with patch.object(writing, "compose", overheard):
        compose_all()
    work = []
    texts, pages = (_plain_jinja(ready) for ready in (rendering._TEMPLATES.text, rendering._TEMPLATES.html))
    for template, facts in asked:
        given, _, _ = rendering._text(template, facts)
        work.append((texts.get_template(f"{template}.txt"), pages.get_template(f"{template}.html"), given))
    heads = [facts.head for _, facts in asked]  # the line after what is rendered, which the templates do not say
    said = [
        (_subject(text, given), in_text(text.render(given), head) if head else text.render(given))
        for (text, _, given), head in zip(work, heads, strict=True)
    ]
    if said != [(mail.subject.partition(": ")[2], mail.text) for mail in mails]:
        raise AssertionError("the templates alone say something else")

    def bare() -> None:
        for text, page, given in work:
            about = _subject(text, given)
            text.render(given)
            page.render({**given, "amne": about})

    return bare


def _subject(text: Template, given: dict[str, Any]) -> str:
    """The end of a mail's subject: the block of its text that the text itself does not show."""
    return "".join(text.blocks["amne"](text.new_context(given)))


def _plain_jinja(ready: Environment) -> Environment:
    """Jinja as it comes, for the files as they stand."""
    plain = Environment(
        loader=PackageLoader("notifications", "templates"), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False,
        autoescape=ready.autoescape,  # noqa: S701 - as the program has it: plain text must not be escaped
    )  # fmt: skip
    plain.filters |= ready.filters
    return plain


def due(folder: Path) -> Path:
    """A database with so many uppdrag, each with somebody of its own whom the clock wants to remind of it."""
    path = made(folder, "due")
    by_hand = ByHand(path)
    by_hand.connection.execute("PRAGMA synchronous = OFF")
    ids = [by_hand.create(n, WRITTEN) for n in range(1, MAILS + 1)]
    for n, id in enumerate(ids, start=1):
        for step in steps(n)[:2]:
            by_hand.advance(id, step, WRITTEN, key=f"{id} {step.trigger}")
    by_hand.connection.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE uppdrag SET owner = 'Ansvarig ' || id")
    connection.close()
    house = House.open(f"sqlite:///{path}")
    rows = [f"adjungerad i chefsgruppen;;Ansvarig {id};ansvarig.{id.lower()}@nspl.example" for id in ids]
    rows.append("kansliet;;Kerstin Berg;kerstin.berg@nspl.example")
    people.import_people(
        house, "ansvariga.csv", "\n".join(["befattning;länskod;namn;e-post", *rows]).encode(), actor=ACTOR, now=WRITTEN
    )
    with house.database.transaction() as session:
        intents.add(session, map(_intent, ids), MORNING)
    house.database.close()
    return path


def _intent(id: str) -> Intent:
    """What the clock asks for four weeks before."""
    at = Occasion(
        uppdrag=id, region=NONE, deadline="redovisning", step="fyra_veckor_till_redovisning", round=1,
        office="ansvarig",
    )  # fmt: skip
    return Intent(
        id=intents.id_of(at), occasion=at, template="paminnelse_redovisning", send_on=MORNING.date(), due=DUE,
        expires_on=DUE,
    )  # fmt: skip
