"""Registering how a region came to its decision from the command line, and reading it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine
from tests.journeys.test_command_line import send_to_regions

BY = ("--as", "region", "--by", "Eva")
RF = ("--body", "RF", "--on", "2026-03-10", "--paragraph", "88")
CHAIN = ("--link", "AU:2026-02-10:45", "--link", "RS:2026-02-24:61")
DAYS = ("--justerat", "2026-03-12", "--tillkannagivet", "2026-03-13")
DELEGATED = ("--kind", "delegationsbeslut", "--body", "regiondirektör", "--delegationspunkt", "4.2")
BACK = ("--missing", "Kostnaden per år", "--task-owner", "Cia", "--task-due", "2026-05-04")


@pytest.fixture
def approved(kansli: CommandLine) -> CommandLine:
    send_to_regions(kansli)
    return kansli


def test_the_road_to_a_decision_is_told_in_status_and_history(approved: CommandLine) -> None:
    assert approved("decide", "U2026-01", "03", "antagen", *BY, *RF, *CHAIN, *DAYS).status == 0
    road = "Antagen, RF § 88, efter förslag av AU 2026-02-10 § 45, RS 2026-02-24 § 61, justerat 2026-03-12, "
    assert f"Uppsala: {road}tillkännagivet 2026-03-13, laga kraft tidigast 2026-04-08." in approved(
        "status", "U2026-01"
    ).out.replace("\n", " ")
    (row,) = approved("status", "U2026-01", "--format", "json").json()
    (decision,) = next(r for r in row["region_states"] if r["region"] == "03")["decisions"]
    assert decision["links"] == [
        {"body": "AU", "on": "2026-02-10", "paragraph": "45"}, {"body": "RS", "on": "2026-02-24", "paragraph": "61"},
    ]  # fmt: skip
    assert decision["laga_kraft_tidigast"] == "2026-04-08"
    event = approved("history", "U2026-01", "--format", "json").json()[-1]
    assert road in event["text"]
    assert (event["decision"]["justerat"], event["decision"]["links"]) == ("2026-03-12", decision["links"])


def test_a_delegationsbeslut_is_told_with_its_point(approved: CommandLine) -> None:
    reported = ("--reported-to", "RS", "--reported-on", "2026-03-24")
    told = approved("decide", "U2026-01", "03", "antagen", *BY, *DELEGATED, *reported)
    assert "regiondirektören, delegationsbeslut, delegationspunkt 4.2, anmält 2026-03-24 till RS." in told.out
    assert "laga kraft" not in approved("status", "U2026-01").out


def test_what_is_left_to_complete_stands_in_status_and_next_until_it_is_done(approved: CommandLine) -> None:
    assert approved("decide", "U2026-01", "03", "aterremitterad", *BY, *BACK).status == 0
    task = "Att komplettera för Uppsala: Kostnaden per år (Cia, senast 2026-05-04)."
    for asked in ("status", "next"):
        assert task in approved(asked, "U2026-01").out
    (row,) = approved("status", "U2026-01", "--format", "json").json()
    found = next(r["task"] for r in row["region_states"] if r["region"] == "03")
    assert found == {"what": "Kostnaden per år", "owner": "Cia", "due": "2026-05-04"}
    sent = ("track", "U2026-01", "03", "expediera", "--as", "kansli", "--by", "A", "--set", "version=1")
    assert approved(*sent).status == 0
    for asked in ("status", "next"):
        assert "Att komplettera" not in approved(asked, "U2026-01").out


def test_a_planned_chain_is_told_with_its_days(approved: CommandLine) -> None:
    chain = ("--set", "instans=RF", "--set", "datum=2026-06-09", "--set", "kedja=AU:2026-05-12, RS:2026-05-26")
    said = approved("track", "U2026-01", "17", "planera", *BY, *chain)
    assert "Dessförinnan: AU 2026-05-12, RS 2026-05-26." in said.out
    assert "Värmland: planerat AU 2026-05-12, RS 2026-05-26, RF 2026-06-09." in approved("status", "U2026-01").out


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ((*RF, "--justerat", "2026-03-09"), 1, "Justerat 2026-03-09 ligger före beslutet 2026-03-10."),
        ((*RF, "--link", "AU:2026-03-11"), 1, "Ledet AU 2026-03-11 kan inte ligga efter beslutsdagen 2026-03-10."),
        (
            (*RF, "--link", "RS:2026-02-24", "--link", "AU:2026-02-10"),
            1,
            "Leden står inte i ordning: RS:2026-02-24, AU",
        ),
        ((*RF, "--link", "RF:2026-03-10:88"), 1, "RF:s paragraf är beslutet, inte ett förslag."),
        ((*RF, "--link", "AU:10 mars"), 1, 'led: "AU:10 mars" är inte ett datum.'),
        ((*RF, "--link", ":2026-03-10"), 1, 'led: ":2026-03-10" går inte att läsa.'),
        ((*RF, "--kind", "delegationsbeslut"), 1, "Ange --delegationspunkt."),
        ((*DELEGATED, "--justerat", "2026-03-12"), 1, "Bara beslut av RF, RS och nämnder justeras."),
        ((*RF, *BACK), 1, "Utfallet antagen lämnar inget att komplettera."),
        ((*RF, "--justerat", "12 mars"), 2, '--justerat: "12 mars" är inte ett datum.'),
    ],
)
def test_a_contradiction_is_refused_in_swedish(
    approved: CommandLine, said: tuple[str, ...], status: int, told: str
) -> None:
    run = approved("decide", "U2026-01", "03", "antagen", *BY, *said)
    assert run.status == status
    assert told in run.err


def test_what_is_unlikely_is_registered_and_doubted(approved: CommandLine) -> None:
    late = ("--justerat", "2026-03-25", "--format", "json")
    run = approved("decide", "U2026-01", "03", "antagen", *BY, *RF, *late)
    assert run.status == 0
    assert run.json()[0]["warnings"] == [
        "Justerat 2026-03-25, senare än lagens 14 dagar (2026-03-24). Kontrollera datumet."
    ]


def test_a_file_carries_the_chain_and_is_doubted_by_line(approved: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "svar.csv"
    file.write_text(
        "uppdrag,region,outcome,body,on,paragraph,links,justerat\n"
        "U2026-01,03,antagen,RF,2026-03-10,88,AU:2026-02-10:45; RS:2026-02-24:61,2026-03-25\n",
        encoding="utf-8",
    )
    run = approved("decide", "--file", str(file))
    assert "1 beslut registrerade." in run.out
    assert "Att kontrollera: U2026-01 03: Justerat 2026-03-25, senare än lagens 14 dagar" in run.err
    assert "efter förslag av AU 2026-02-10 § 45, RS 2026-02-24 § 61" in " ".join(
        approved("history", "U2026-01", "--format", "json").json()[-1]["text"].split()
    )
