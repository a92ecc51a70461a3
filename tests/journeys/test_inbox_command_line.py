"""*Inkommet* from the command line: a mail is read, shown, registered, saved, numbered and put aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mails
from tests.integration.arriving import Post, send
from tests.journeys.command_line import CommandLine
from tests.journeys.test_command_line import send_to_regions
from uppdrag.service.house import House

BY = ("--by", "Åsa Öberg")


@pytest.fixture
def post(kansli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Post:
    """A maildir that the program reads, and a mail that has left to Region Uppsala about U2026-01."""
    monkeypatch.setenv("UPPDRAG_MAILBOX", f"maildir:{tmp_path}/Maildir")
    send_to_regions(kansli)
    house = House.open(f"sqlite:///{tmp_path}/uppdrag.db")
    send(house)
    house.database.close()
    return Post(tmp_path / "Maildir")


def test_an_answer_becomes_a_decision(kansli: CommandLine, post: Post, tmp_path: Path) -> None:
    post.put(mails.answer("Antaget, § 88.", ("../§ 88.pdf", mails.PDF), ("x.exe", b"MZ")))
    assert "Nya: 1 svar" in kansli("inbox", "read").out
    (row,) = kansli("inbox", "list", "--format", "json").json()
    assert (row["kind"], row["uppdrag"], row["region"], row["status"]) == ("svar", "U2026-01", "17", "ny")
    id = row["id"]
    shown = kansli("inbox", "show", id).out
    assert "Antaget, § 88." in shown
    assert "§ 88.pdf" in shown
    assert "Filen är ett program" in shown
    register = ("inbox", "register", id, "--outcome", "antagen", "--body", "RF", "--paragraph", "88", *BY)
    assert kansli(*register, "--dry-run").out.startswith("Skulle registreras")
    assert "§ 88" in kansli(*register).out
    assert kansli(*register).out.startswith("Redan registrerat")
    cell = next(c for c in kansli("matrix", "--format", "json").json() if c["region"] == "17")
    assert (cell["outcome"], cell["source"]) == ("antagen", "protokollsutdrag")
    assert kansli("inbox", "list").out == "Inget väntar.\n"
    assert kansli("inbox", "dnr", id, "RK2026-00085-57", *BY).status == 0
    after = kansli("inbox", "show", id, "--format", "json").json()[0]
    assert (after["status"], after["dnr"]) == ("registrerad", "RK2026-00085-57")
    folder = tmp_path / "bilagor"
    assert "01 § 88.pdf" in kansli("inbox", "save", id, "--output", str(folder)).out
    assert (folder / "01 § 88.pdf").read_bytes() == mails.PDF
    assert "finns redan" in kansli("inbox", "save", id, "--output", str(folder)).err


def test_unknown_mail_is_put_aside_with_a_reason(kansli: CommandLine, post: Post) -> None:
    post.put(mails.answer("Reklam", to=""))
    assert "1 okända" in kansli("inbox", "read").out
    id = kansli("inbox", "list", "--format", "json").json()[0]["id"]
    refused = kansli("inbox", "register", id, "--outcome", "antagen", *BY)
    assert (refused.status, "Ange --uppdrag och --region." in refused.err) == (1, True)
    assert kansli("inbox", "dismiss", id, "--why", "Reklam", *BY).status == 0
    again = kansli("inbox", "dismiss", id, "--why", "Reklam", *BY)
    assert (again.status, "redan avfärdad av Åsa Öberg" in again.err) == (1, True)
    assert id in kansli("inbox", "list", "--status", "alla").out
    assert "Inget sådant" in kansli("inbox", "list", "--status", "klar", "--kind", "svar").out


def test_an_address_that_bounces_is_seen_and_lifted(kansli: CommandLine, post: Post) -> None:
    assert "alla adresser" in kansli("suppression", "list").out
    post.put(mails.postfix())
    kansli("inbox", "read")
    (row,) = kansli("suppression", "list", "--format", "json").json()
    assert row["address"] == "eva.holm@region.example"
    assert "550 5.1.1" in kansli("suppression", "list").out
    assert "1 sänds om" in kansli("suppression", "lift", "eva.holm@region.example", *BY).out
    gone = kansli("suppression", "lift", "eva.holm@region.example", *BY)
    assert (gone.status, "Spärren för eva.holm@region.example finns inte" in gone.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("show", "x"), 1, "Mejlet x finns inte"), (("list", "--status", "borta"), 2, "Välj bland: ny"),
        (("list", "--kind", "brev"), 2, "Välj bland: svar"), (("dismiss", "x", "--by", "A"), 2, "--why"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(kansli: CommandLine, arguments: tuple[str, ...], status: int, says: str) -> None:
    said = kansli("inbox", *arguments)
    assert said.status == status
    assert says in said.err


@pytest.mark.parametrize(
    ("mailbox", "status", "says"),
    [
        ("", 2, "Ange brevlådan i UPPDRAG_MAILBOX"), ("pop3://x", 2, "UPPDRAG_MAILBOX: skriv maildir:"),
        ("imap+ssl://nspl:hemligt@imap.example/INBOX", 2, "UPPDRAG_MAILBOX: skriv"),
        ("maildir:/finns/inte", 1, "Brevlådan /finns/inte finns inte"),
        ("imap://nspl@imap.example/INBOX", 2, "imap+ssl://"),
    ],
)  # fmt: skip
def test_a_mailbox_that_cannot_be_read_is_told(
    kansli: CommandLine, monkeypatch: pytest.MonkeyPatch, mailbox: str, status: int, says: str
) -> None:
    monkeypatch.setenv("UPPDRAG_MAILBOX", mailbox)
    said = kansli("inbox", "read")
    assert (said.status, says in said.err) == (status, True)


def test_a_password_is_read_from_its_file(kansli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from uppdrag.settings import read

    file = tmp_path / "password"
    file.write_text("återställ\n", encoding="utf-8")
    file.chmod(0o600)
    settings = read({"UPPDRAG_MAILBOX_PASSWORD_FILE": str(file)})
    assert settings.mailbox_password == "återställ"  # noqa: S105 - the tests' own
    assert "återställ" not in repr(settings)
    monkeypatch.setenv("UPPDRAG_MAILBOX_PASSWORD_FILE", str(tmp_path / "missing"))
    assert "UPPDRAG_MAILBOX_PASSWORD_FILE" in kansli("status").err


def test_a_mail_that_answers_nothing_is_linked_to_what_it_is_about(kansli: CommandLine, post: Post) -> None:
    post.put(mails.answer("Antaget, § 88.", to=""))
    kansli("inbox", "read")
    (row,) = kansli("inbox", "list", "--format", "json").json()
    assert kansli("inbox", "link", row["id"], "U2026-01", "99", *BY).status == 1
    assert "gäller U2026-01, region 17" in kansli("inbox", "link", row["id"], "U2026-01", "17", *BY).out
    assert "§ 88" in kansli("inbox", "register", row["id"], "--outcome", "antagen", "--paragraph", "88", *BY).out
