"""Per capsulam and what follows on a meeting, on the command line: answers, the signed file, actions, hand-offs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]
DAY = "2026-04-10"


@pytest.fixture
def meeting(kansli: Kansli) -> Kansli:
    """`uppdrag meeting ...`, with a meeting planned and a directive put per capsulam to two members."""
    assert kansli("meeting", "plan", "2026", "2026-04-24").status == 0
    bered = ("advance", "U2026-04", "bered", "--as", "kansli", "--by", "Anna", "--set", "ansvarig=Bo")
    assert kansli(*bered, "--set", "natverk=HSD-nätverket").status == 0
    members = ("--member", "Eva Ek", "--member", "Bo Bo")
    asked = ("--uppdrag", "U2026-04", "--title", "Lokaler=Chefsgruppen godkänner lokalerna.")
    assert "Har inte svarat: Eva Ek, Bo Bo" in kansli("meeting", "circulate", DAY, *asked, *members).out
    return lambda *arguments: kansli("meeting", *arguments)


def test_a_decision_per_capsulam_is_answered_and_concluded(meeting: Kansli, kansli: Kansli) -> None:
    assert "per capsulam" in meeting("list").out
    assert [m["form"] for m in meeting("list", "--format", "json").json()] == ["per_capsulam", "mote"]
    assert "möte 2026-04-24" in meeting("circulate", "2026-04-24", "--title", "A=B", "--member", "Eva").err
    assert meeting("answer", DAY, "eva", "bifall").status == 2, "how did it come?"
    assert meeting("answer", DAY, "eva", "ja", "--channel", "epost").status == 2
    assert "Eva Ek bifall (2026-03-27, e-post)" in meeting("answer", DAY, "eva", "bifall", "--channel", "epost").out
    early = meeting("conclude", DAY, "--outcome", "1=bifall", "--outcome", "2=bifall")
    assert (early.status, "Har inte svarat: Bo Bo" in early.err) == (1, True)
    assert meeting("answer", DAY, "bo", "bifall", "--item", "1", "--channel", "telefon").status == 0
    wants = ("answer", DAY, "bo", "mote", "--item", "2", "--channel", "telefon", "--words", "Bör diskuteras")
    assert "Svaren talar för: bordlagd" in meeting(*wants).out
    assert "Alla har svarat" in meeting("todo").out
    row = meeting("answer", DAY, "--format", "json").json()
    assert [i["suggested_outcome"] for i in row["items"]] == ["bifall", "bordlagd"]
    assert "Bo Bo vill ta det" in meeting("conclude", DAY, "--outcome", "1=bifall", "--outcome", "2=bifall").err
    assert meeting("conclude", DAY, "--outcome", "1=kanske").status == 2
    assert meeting("conclude", DAY, "--decision", "1=Ja").status == 2
    outcomes = ("--outcome", "1=bifall", "--outcome", "2=bordlagd", "--decision", "2=Tas upp på möte.")
    assert "Det här skulle hända: 1 uppdrag flyttas." in meeting("conclude", DAY, *outcomes, "--dry-run").out
    done = meeting("conclude", DAY, *outcomes).out
    assert "Beredd → Chefsgruppsbeslut" in done
    assert "Lokaler: bordlagd till mötet 2026-04-24" in done
    shown = meeting("minutes", DAY).out
    assert "Protokoll per capsulam 2026-03-27, avslutat." in shown
    assert "Deltog i beslutet: Eva Ek, Bo Bo" in shown
    agenda = meeting("agenda", "2026-04-24", "--format", "json").json()["items"]
    told = [(i["title"], i["why"]) for i in agenda if "capsulam" in i["title"]]
    assert told == [("Beslut per capsulam sedan förra mötet", "Beslutat sedan förra mötet: 2026-03-27, §§ 1–2.")]
    assert "är ett möte" in meeting("answer", "2026-04-24").err
    assert kansli("verify").status == 0


@pytest.fixture
def justerat(meeting: Kansli, tmp_path: Path) -> Kansli:
    """The same, decided with one action and justerat."""
    for who in ("eva", "bo"):
        meeting("answer", DAY, who, "bifall", "--channel", "epost")
    file = tmp_path / "protokoll.yaml"
    file.write_text(
        "punkter:\n"
        "  - {punkt: 1, utfall: bifall, atgarder: [{vad: Ta fram direktivet, vem: Bo Bo, senast: 2026-03-27}]}\n"
        "  - {punkt: 2, utfall: bifall}\n",
        encoding="utf-8",
    )
    assert meeting("minutes", DAY, "--file", str(file)).status == 0
    assert meeting("close", DAY).status == 0
    assert meeting("approve", DAY).status == 0
    return meeting


def test_the_signed_protokoll_is_attached_and_got_back(justerat: Kansli, tmp_path: Path) -> None:
    assert "Inget undertecknat protokoll" in justerat("signed", DAY).err
    file, out = tmp_path / "undertecknat.pdf", tmp_path / "ut.pdf"
    file.write_bytes(b"inte")
    assert justerat("sign", DAY, "--file", str(file)).status == 1
    assert justerat("sign", DAY, "--file", str(tmp_path / "borta.pdf")).status == 1
    file.write_bytes(b"%PDF-1.7\nEva Ek\n%%EOF\n")
    assert "SHA-256" in justerat("sign", DAY, "--file", str(file)).out
    assert "undertecknat.pdf (gäller)" in justerat("signed", DAY).out
    assert justerat("signed", DAY, "--output", str(out)).status == 0
    assert out.read_bytes() == file.read_bytes()
    assert justerat("signed", DAY, "--output", str(out)).status == 2, "what is there is not written over"


def test_actions_are_listed_and_marked_as_done(justerat: Kansli) -> None:
    assert "Ta fram direktivet" in justerat("actions", "--open").out
    assert "Åtgärden § 1 Ta fram direktivet" in justerat("todo").out
    assert "§ 1 från mötet" in justerat("done", DAY, "1", "--note", "Utskickat").out
    assert justerat("actions", "--open").out == "Inga öppna åtgärder.\n"
    assert "klar 2026-03-27" in justerat("actions").out
    assert justerat("actions", "--format", "json").json()[0]["note"] == "Utskickat"
    assert justerat("done", DAY, "1", "--not-needed", "--reopen").status == 2
    assert justerat("done", DAY, "1", "--reopen").status == 0
    assert "Ta fram direktivet" in justerat("actions", "--open", "--owner", "bo").out
    assert justerat("actions", "--owner", "eva").out == "Inga åtgärder.\n"


def test_what_is_handed_on_is_followed_until_something_is_back(justerat: Kansli, tmp_path: Path) -> None:
    assert justerat("handoff", DAY, "--paragraph", "1").status == 2, "to whom?"
    asked = ("--to", "skr", "--paragraph", "1=Räcker tiden?", "--paragraph", "2", "--meets", "2026-05-20")
    assert "Fråga: Räcker tiden?" in justerat("handoff", DAY, *asked).out
    assert "SKR:s politiska arbetsgrupp" in justerat("handoffs", "--open").out
    page = tmp_path / "lista.html"
    assert justerat("handoff", DAY, "--to", "skr", "--format", "html", "--output", str(page)).status == 0
    assert "Räcker tiden?" in page.read_text(encoding="utf-8")
    back = (
        "returned",
        DAY,
        "1",
        "--to",
        "skr",
        "--outcome",
        "synpunkter",
        "--text",
        "Kostnaden",
        "--reference",
        "26/1",
    )
    assert justerat(*back).out == "Registrerat: § 1, synpunkter.\n"
    assert justerat("returned", DAY, "1", "--to", "skr", "--outcome", "ja").status == 2
    assert [r["paragraph"] for r in justerat("handoffs", "--open", "--format", "json").json()] == [2]
    assert "synpunkter 2026-03-27, 26/1: Kostnad" in justerat("handoff", DAY).out
    assert justerat("handoff", DAY, "--to", "skr", "--without", "2").status == 0
    assert justerat("handoffs", "--open").out == "Inget väntar på besked.\n"
    assert "skr" in justerat("handoff", DAY, "--to", "eu", "--paragraph", "1").err
