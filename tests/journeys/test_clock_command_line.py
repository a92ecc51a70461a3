"""Reminders seen before they leave, years played through, and the service as a process, from the command line."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.journeys.command_line import Run

Kansli = Callable[..., Run]
PATIENCE = 60
KEYS = {"uppdrag", "region", "step", "office", "recipient", "due", "send_on", "reason"}
SCENARIO = """\
kind: scenario
title: Två regioner svarar i tid
acts:
  - {on: "2026-06-15", uppdrag: U2026-01, decide: antagen, regions: ["03", "17"]}
  - {on: "2026-08-20", uppdrag: U2026-01, decide: avslagen, regions: ["08"], role: region}
  - {on: "2026-08-21", uppdrag: U2026-01, advance: besluta}
"""


@pytest.fixture
def with_the_regions(kansli: Kansli) -> Kansli:
    """U2026-01 lies with the regions and everybody has an address."""
    for arguments in (
        ("people", "import", "exempel"),
        ("advance", "U2026-01", "redovisa", *FACTS, "--set", "rapport=R-1"),
        ("advance", "U2026-01", "godkann", *FACTS),
    ):
        done = kansli(*arguments)
        assert done.status == 0, done
    return kansli


FACTS = (
    "--as",
    "kansli",
    "--by",
    "Anna Ek",
    "--set",
    "mote=2026-03-27",
    "--set",
    "paragraf=18",
    "--set",
    "forslagsversion=1",
)


@pytest.fixture
def dump(tmp_path: Path) -> Callable[[], list[str]]:
    """Everything in the database, as text."""

    def dumped() -> list[str]:
        connection = sqlite3.connect(tmp_path / "uppdrag.db")
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    return dumped


def test_remind_dry_run_tells_who_would_be_mailed_on_a_day_and_why(
    with_the_regions: Kansli, dump: Callable[[], list[str]]
) -> None:
    before = dump()
    rows = with_the_regions("remind", "--dry-run", "--on", "2026-08-05", "--format", "json").json()
    assert len(rows) == 42
    assert all(set(row) == KEYS for row in rows)
    assert rows[0] == {
        "uppdrag": "U2026-01", "region": "01", "step": "atta_veckor_till_regionbeslut", "office": "kontakt",
        "recipient": "kontaktperson@region-stockholm.example", "due": "2026-09-30", "send_on": "2026-08-05",
        "reason": "8 veckor före 2026-09-30",
    }  # fmt: skip
    own = with_the_regions("remind", "--dry-run", "--on", "2026-12-03", "--format", "json").json()
    assert {row["region"] for row in own} == {None}
    assert dump() == before


def test_a_day_needs_a_dry_run(kansli: Kansli) -> None:
    assert kansli("remind", "--on", "2026-08-05").status == 2


def test_a_simulation_tells_the_year_and_changes_nothing(
    with_the_regions: Kansli, dump: Callable[[], list[str]], tmp_path: Path
) -> None:
    before = dump()
    (tmp_path / "svar.yaml").write_text(SCENARIO)
    done = with_the_regions(
        "simulate", "--from", "2026-03-28", "--to", "2026-11-10", "--scenario", str(tmp_path / "svar.yaml"),
        "--output", str(tmp_path / "mejl"), "--format", "json",
    )  # fmt: skip
    assert done.status == 0, done
    timeline = done.json()
    assert [h["day"] for h in timeline] == sorted(h["day"] for h in timeline)
    assert {h["kind"] for h in timeline} == {"mejl", "steg", "vägrat", "utkast"}
    drafts = [h["day"] for h in timeline if h["kind"] == "utkast"]
    days = ("03-28", "04-01", "05-04", "06-01", "07-01", "08-03", "09-01", "10-01", "11-02")
    assert drafts == [f"2026-{day}" for day in days]
    decided = {(h["day"], h["region"]) for h in timeline if h["kind"] == "steg"}
    assert decided == {("2026-06-15", "03"), ("2026-06-15", "17"), ("2026-08-20", "08")}
    assert [(h["day"], h["region"]) for h in timeline if h["kind"] == "vägrat"] == [("2026-08-21", None)]

    mails = {h["message"]: h for h in timeline if h["kind"] == "mejl"}
    about = {region: [h["day"] for h in mails.values() if h["region"] == region] for region in ("01", "03", "08")}
    assert about["03"] == []
    assert set(about["08"]) == {"2026-08-05", "2026-09-10"}
    late = [h["text"] for h in mails.values() if h["region"] == "08" and h["day"] == "2026-09-10"]
    assert all("protokollsutdrag saknas" in text for text in late), "the kansli waits for the protokoll, not the region"
    assert {"2026-08-05", "2026-09-23"} <= set(about["01"])

    files = sorted((tmp_path / "mejl").glob("*.eml"))
    assert len(files) == len(mails)
    for file in files:
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert mail["Message-ID"].strip("<>") in mails
        assert mail["To"].endswith("example") or mail["To"].endswith("example>")
        assert not mail.defects
        text = mail.get_body(("plain",))
        assert text is not None
        assert text.get_content().strip()
    assert dump() == before


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('  - {on: "2026-02-30", uppdrag: U2026-01, advance: pausa}', "2026-02-30"),
        ('  - {on: "2026-06-15", uppdrag: U2026-01}', "advance, track och decide"),
        ('  - {on: "2026-06-15", uppdrag: U2026-01, decide: antagen}', "regions"),
        ('  - {on: "2026-06-15", uppdrag: U2026-01, advance: pausa, extra: x}', "extra"),
    ],
)
def test_a_bad_scenario_is_refused_with_file_and_line(kansli: Kansli, tmp_path: Path, line: str, said: str) -> None:
    good = '  - {on: "2026-06-15", uppdrag: U2026-01, decide: antagen, regions: ["03"]}'
    (tmp_path / "fel.yaml").write_text(f"kind: scenario\ntitle: Fel\nacts:\n{good}\n{line}\n")
    done = kansli(
        "simulate", "--from", "2026-06-01", "--to", "2026-06-02", "--scenario", str(tmp_path / "fel.yaml")
    )  # fmt: skip
    assert done.status != 0
    assert "fel.yaml:5:" in done.err
    assert said in done.err


@pytest.fixture
def served(with_the_regions: Kansli, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`uppdrag serve` as a process of its own, on the morning when the first reminders leave."""
    env = {**os.environ, "UPPDRAG_NOW": "2026-08-05T08:30", "UPPDRAG_MAIL": "simulera"}
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "uppdrag", "serve", "--port", "0", "--every", "0.1"], env=env, stdout=log, stderr=log
        )  # fmt: skip
        yield process
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until it is so; a condition that never comes fails."""
    for _ in range(PATIENCE * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def test_the_service_sends_says_that_it_lives_and_stops_cleanly(
    with_the_regions: Kansli, served: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UPPDRAG_NOW", "2026-08-05T08:31")

    def sent() -> int:
        connection = sqlite3.connect(tmp_path / "uppdrag.db")
        try:
            (count,) = connection.execute("SELECT count(*) FROM message WHERE status = 'skickad'").fetchone()
        finally:
            connection.close()
        return int(count)

    wait_for(lambda: served.poll() is not None or sent() > 0)
    log = (tmp_path / "serve.log").read_text()
    assert served.poll() is None, log
    lives = with_the_regions("health", "--format", "json")
    assert lives.status == 0, (lives, log)
    assert {c["name"] for c in lives.json() if c["ok"]} >= {"clock", "sender"}

    served.send_signal(signal.SIGTERM)
    assert served.wait(PATIENCE) == 0
    log = (tmp_path / "serve.log").read_text()
    assert "Traceback" not in log
    assert "@region" not in log, "no address of a person stands in the log"

    monkeypatch.setenv("UPPDRAG_NOW", "2026-08-05T08:40")
    assert with_the_regions("health").status == 1


def test_before_the_service_has_run_nothing_lives(kansli: Kansli) -> None:
    done = kansli("health", "--format", "json")
    assert done.status == 1
    assert {c["name"]: c["ok"] for c in done.json()} | {"clock": False, "sender": False} == {
        c["name"]: c["ok"] for c in done.json()
    }
