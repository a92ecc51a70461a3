"""*Inkommet*: a person registers what came by mail, once, or puts it aside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import suppressions
from tests import mails
from tests.cast import KANSLI, NOW
from tests.integration.arriving import (
    SAID,
    Post,
    decisions,
    only,
    open_for_decisions,
    post,
    send,
    settings,
)
from uppdrag.service import inbox, incoming
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.errors import KeyReused, NotFound, Refused

__all__ = ["post", "settings"]


def test_registering_gives_one_event_however_often_it_is_pressed(house: House, post: Post, settings: Settings) -> None:
    send(house)
    open_for_decisions(house)
    post.put(mails.answer("Antaget", ("§ 88.pdf", mails.PDF)))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    rehearsed = inbox.register(house, id, SAID, actor=KANSLI, now=NOW, dry_run=True)
    assert (rehearsed.dry_run, only(house).status, decisions(house)) == (True, "ny", 0)
    first = inbox.register(house, id, SAID, actor=KANSLI, now=NOW)
    again = inbox.register(house, id, SAID, actor=KANSLI, now=NOW + timedelta(minutes=1))
    assert (again.repeated, again.events, decisions(house)) == (True, first.events, 1)
    mail = only(house)
    assert (mail.status, mail.event, mail.handled_by) == ("registrerad", first.events[0].id, KANSLI.name)
    assert mail.handled_at == NOW
    with pytest.raises(KeyReused):
        inbox.register(house, id, replace(SAID, outcome="avslagen"), actor=KANSLI, now=NOW)
    with pytest.raises(Refused, match="incoming_registered"):
        inbox.register(house, id, SAID, actor=replace(KANSLI, name="Bo"), now=NOW)
    with pytest.raises(Refused, match="incoming_registered"):
        inbox.dismiss(house, id, "nej", actor=KANSLI, now=NOW)
    assert decisions(house) == 1


def test_two_people_who_press_at_once_register_one_event(any_house: House, post: Post, settings: Settings) -> None:
    send(any_house)
    open_for_decisions(any_house)
    post.put(mails.answer("Antaget"))
    incoming.read_mailbox(any_house, NOW, settings)
    id = only(any_house).id

    def press(n: int) -> bool:
        said = replace(SAID, paragraph=str(n))
        try:
            inbox.register(any_house, id, said, actor=replace(KANSLI, name=f"Person {n}"), now=NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    assert decisions(any_house) == 1


@pytest.mark.parametrize(
    ("files", "source"),
    [([("a.pdf", mails.PDF)], "protokollsutdrag"), ([], "epost"), ([("logga.png", mails.PNG)], "epost"),
     ([("a.exe", b"MZ")], "epost")],
)  # fmt: skip
def test_the_source_is_the_document_where_there_is_one(
    house: House, post: Post, settings: Settings, files: list[tuple[str, bytes]], source: str
) -> None:
    send(house)
    open_for_decisions(house)
    post.put(mails.answer("Antaget", *files))
    incoming.read_mailbox(house, NOW, settings)
    inbox.register(house, only(house).id, SAID, actor=KANSLI, now=NOW)
    with house.database.reading() as session:
        assert list(session.raw("SELECT source FROM beslut")) == [(source,)]


def test_a_mail_that_was_not_matched_can_be_registered_by_naming_what_it_is_about(
    house: House, post: Post, settings: Settings
) -> None:
    open_for_decisions(house)
    post.put(mails.answer("Antaget", to=""))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    with pytest.raises(Refused, match="incoming_unmatched"):
        inbox.register(house, id, SAID, actor=KANSLI, now=NOW)
    inbox.register(house, id, replace(SAID, uppdrag="U2026-01", region="03"), actor=KANSLI, now=NOW)
    assert (only(house).uppdrag, only(house).region, decisions(house)) == ("U2026-01", "03", 1)


def test_a_refused_decision_leaves_the_mail_waiting(house: House, post: Post, settings: Settings) -> None:
    send(house)
    post.put(mails.answer("Antaget"))
    incoming.read_mailbox(house, NOW, settings)
    with pytest.raises(Refused, match="not_open_for_regions"):
        inbox.register(house, only(house).id, SAID, actor=KANSLI, now=NOW)
    assert (only(house).status, decisions(house)) == ("ny", 0)


def test_a_mail_is_diariefort_or_put_aside_with_a_reason(house: House, post: Post, settings: Settings) -> None:
    post.put(mails.answer("Reklam", to=""))
    incoming.read_mailbox(house, NOW, settings)
    id = only(house).id
    assert inbox.mark_dnr(house, id, " RK2026-00085-57 ", actor=KANSLI, now=NOW).dnr == "RK2026-00085-57"
    for wrong in ("", "a\nb", "x" * 400):
        with pytest.raises(Refused):
            inbox.mark_dnr(house, id, wrong, actor=KANSLI, now=NOW)
        with pytest.raises(Refused):
            inbox.dismiss(house, id, wrong, actor=KANSLI, now=NOW)
    inbox.dismiss(house, id, "Reklam", actor=KANSLI, now=NOW)
    mail = inbox.show(house, id)
    assert (mail.status, mail.note, mail.dnr) == ("avfardad", "Avfärdat: Reklam", "RK2026-00085-57")
    with pytest.raises(Refused, match="incoming_handled"):
        inbox.dismiss(house, id, "Igen", actor=KANSLI, now=NOW)
    with pytest.raises(NotFound):
        inbox.show(house, "finns-inte")
    with house.database.reading() as session:
        assert not suppressions.everyone(session)
