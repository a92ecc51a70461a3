"""Following up from the command line: the matrix, one region, what was adopted, and how it stood an earlier day."""

from __future__ import annotations

import csv
import io

import pytest

from tests.journeys.command_line import CommandLine
from tests.journeys.test_command_line import send_to_regions

BY = ("--as", "region", "--by", "Eva")
ASKED = (("status",), ("status", "U2026-01"), ("matrix",), ("region", "03"))


@pytest.fixture
def decided(kansli: CommandLine) -> CommandLine:
    """Four regions have said something about the first uppdrag."""
    send_to_regions(kansli)
    for said in (
        ("decide", "U2026-01", "03", "antagen", *BY, "--body", "RF", "--paragraph", "41", "--source", "epost"),
        ("decide", "U2026-01", "12", "antagen_med_anpassning", *BY, "--body", "RS", "--adaptation", "Gäller från 2027"),
        ("decide", "U2026-01", "13", "avslagen", *BY, "--body", "RF", "--note", "Saknar medel"),
        ("track", "U2026-01", "17", "planera", *BY, "--set", "instans=RF", "--set", "datum=2026-06-09"),
    ):
        assert kansli(*said).status == 0
    return kansli


def at(moment: str, command_line: CommandLine, *arguments: str) -> str:
    said = command_line("--now", moment, *arguments, "--format", "json")
    assert (said.status, said.err) == (0, "")
    return said.out


def test_an_earlier_day_reads_as_it_did_on_the_day(kansli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPPDRAG_NOW")
    said = {}
    for day, change in (
        ("2026-03-27", ("advance", "U2026-01", "redovisa", "--as", "kansli", "--by", "A", "--set", "mote=2026-03-27",
                        "--set", "paragraf=18", "--set", "rapport=R", "--set", "forslagsversion=1")),
        ("2026-04-10", ("advance", "U2026-01", "godkann", "--as", "kansli", "--by", "A", "--set", "mote=2026-03-27",
                        "--set", "paragraf=19", "--set", "forslagsversion=1")),
        ("2026-05-05", ("decide", "U2026-01", "03", "antagen", *BY, "--on", "2026-04-01")),
        ("2026-05-06", ("correct", "U2026-01/6", "--why", "Fel region", "--withdraw")),
        ("2026-06-30", ("new", "Tillkommet", "--lifecycle", "regiongemensamt", "--regions", "alla")),
    ):  # fmt: skip
        assert kansli("--now", f"{day}T10:00", *change).status == 0
        said[day] = [at(f"{day}T23:00", kansli, *asked) for asked in ASKED]
    assert len({told[0] for told in said.values()}) == 5
    assert len({told[2] for told in said.values()}) == 4, "what was withdrawn left the matrix as it had been"
    for day, told in said.items():
        assert [at("2026-12-01T09:00", kansli, *asked, "--as-of", day) for asked in ASKED] == told


def test_an_earlier_day_is_said_above_the_answer(decided: CommandLine) -> None:
    for asked in ASKED:
        first = decided(*asked, "--as-of", "2026-03-26").out.splitlines()[0]
        assert first == "Läget den 2026-03-26 enligt vad som var registrerat den dagen."
    assert "Kunde göras då: " in decided("status", "U2026-01", "--as-of", "2026-03-26").out
    assert "Kan göras nu: " in decided("status", "U2026-01").out


@pytest.mark.parametrize("asked", ASKED)
def test_a_day_without_an_answer_says_why(decided: CommandLine, asked: tuple[str, ...]) -> None:
    began = "Inget var registrerat den 2026-01-11. Databasen skapades 2026-01-12; ange den dagen eller en senare."
    before = decided(*asked, "--as-of", "2026-01-11")
    assert (before.status, before.out.strip()) == (0, began)
    rows = decided(*asked, "--as-of", "2026-01-11", "--format", "json")
    assert (rows.status, rows.json(), rows.err.strip()) == (0, [], began)
    future = decided(*asked, "--as-of", "2026-03-28")
    assert (future.status, future.out) == (1, "")
    assert "2026-03-28 har inte varit än" in future.err
    assert decided(*asked, "--as-of", "i går").status == 2


def test_what_came_later_is_not_shown_as_if_it_had_been_there(kansli: CommandLine) -> None:
    assert kansli("new", "Tillkommet", "--lifecycle", "atagande").status == 0
    said = kansli("status", "U2026-20", "--as-of", "2026-03-26")
    assert (said.status, said.out) == (1, "")
    assert "var inte registrerat den 2026-03-26. Ange 2026-03-27" in said.err


def test_the_matrix_is_read_without_colours_in_a_narrow_window(decided: CommandLine) -> None:
    shown = decided("matrix").out
    lines = shown.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 120
    first = next(line for line in lines if line.startswith("U2026-01"))
    for mark, word in (("●e", "antagen"), ("◐?", "antagen med anpassning"), ("✕?", "avslagen"), ("○", "planerad")):
        assert mark in first
        assert f"{mark[0]}  {word}" in shown
    assert "e  e-post" in shown
    assert "13 Halland" in shown


def test_the_matrix_for_a_spreadsheet_has_a_row_for_each_uppdrag_and_region(decided: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(decided("matrix", "--format", "csv").out)))
    assert len(rows) == 42
    skane = next(r for r in rows if (r["uppdrag"], r["region"]) == ("U2026-01", "12"))
    assert (skane["state"], skane["outcome"], skane["body"], skane["version"]) == (
        "beslutad", "antagen_med_anpassning", "RS", "1",
    )  # fmt: skip
    assert (skane["region_name"], skane["uppdrag_state"], skane["samverkansregioner"]) == (
        "Skåne", "regionbeslut", "sodra",
    )  # fmt: skip
    only = decided("matrix", "--samverkansregion", "sodra", "--state", "beslutad", "--format", "json").json()
    assert [(r["uppdrag"], r["region"]) for r in only] == [("U2026-01", "12"), ("U2026-01", "13")]
    assert "Inget uppdrag har regioner som passar" in decided("matrix", "--body", "AU").out
    wrong = decided("matrix", "--samverkansregion", "öster")
    assert (wrong.status, wrong.out, "De som finns: mellansverige, norra" in wrong.err) == (1, "", True)


def test_a_region_sees_its_own_and_what_the_others_did(decided: CommandLine) -> None:
    shown = decided("region", "17").out
    assert "Region Värmland: 2 öppna uppdrag, 0 beslutade." in shown
    assert "RF 2026-06-09 (planerat)" in shown
    assert "U2026-01: 3 av 20 andra regioner har beslutat: 2 har antagit, 1 har avslagit." in shown
    assert "Skåne (version 1, RS, Uppgift saknas): Gäller från 2027" in shown
    assert "Saknar medel" not in shown
    rows = decided("region", "17", "--format", "json").json()
    assert [(r["uppdrag"], r["open"]) for r in rows] == [("U2026-01", True), ("U2026-02", True)]
    assert rows[0]["others"]["adaptations"][0]["adaptation"] == "Gäller från 2027"
    unknown = decided("region", "99")
    assert (unknown.status, unknown.out, "Länskoden 99 finns inte" in unknown.err) == (1, "", True)


def test_a_sensitive_adaptation_stays_in_the_house(decided: CommandLine) -> None:
    said = decided(
        "correct", "U2026-01/1", "--why", "Bedömt", "--set", "sensitive=ja", "--set", "neutral_title=Ett ärende"
    )
    assert said.status == 0
    for format in ("table", "json", "csv"):
        shown = decided("region", "17", "--format", format).out
        assert "Ett ärende" in shown
        assert "Gäller från 2027" not in shown
        assert "Regioninterna" not in shown
    assert "texten visas inte för ett känsligt uppdrag" in decided("region", "17").out
    assert "Gäller från 2027" in decided("adaptations", "U2026-01").out
    for format in ("json", "csv"):
        shown = decided("adaptations", "U2026-01", "--format", format).out
        assert "Gäller från 2027" not in shown
        assert "Saknar medel" not in shown


def test_what_was_adopted_is_told_beside_what_was_recommended(decided: CommandLine) -> None:
    shown = decided("adaptations", "U2026-01").out
    assert "Rekommenderat: version 1, godkänd av chefsgruppen 2026-03-27 § 19." in shown
    assert "3 av 21 regioner har beslutat: 2 har antagit, 1 har avslagit." in shown
    assert "Antagit utan anpassning: 1 (version 1: Uppsala)." in shown
    assert "Med anpassning: 1 (version 1: Skåne)." in shown
    assert "Avslagit: Halland, RF. Saknar medel" in shown
    rows = decided("adaptations", "U2026-01", "--format", "json").json()
    assert [(r["region"], r["counts_as"], r["adaptation"], r["note"]) for r in rows] == [
        ("03", "adopted", None, None), ("12", "adopted", "Gäller från 2027", None),
        ("13", "rejected", None, "Saknar medel"),
    ]  # fmt: skip
    assert rows[0]["recommended"] == {"version": 1, "paragraph": "19", "on": "2026-03-27"}
    none = decided("adaptations", "U2026-02").out
    assert "versionen är inte angiven" in none
    assert "Antagit utan anpassning: ingen." in none
