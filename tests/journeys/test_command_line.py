"""The command line from the outside: what it says, what it refuses, and how it ends."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys import manual
from tests.journeys.command_line import CommandLine, Run

REPORTED = (
    "--as", "kansli", "--by", "Anna", "--set", "mote=2026-03-27", "--set", "paragraf=18", "--set", "rapport=R-1",
    "--set", "forslagsversion=1",
)  # fmt: skip
APPROVED = ("--as", "kansli", "--by", "Anna", "--set", "mote=2026-03-27", "--set", "paragraf=19", "--set",
            "forslagsversion=1")  # fmt: skip
STATUS_KEYS = {"id", "title", "lifecycle", "state", "owner", "dnr", "deadline", "regions", "overdue", "sensitive"}


def send_to_regions(kansli: CommandLine, id: str = "U2026-01") -> None:
    assert kansli("advance", id, "redovisa", *REPORTED).status == 0
    assert kansli("advance", id, "godkann", *APPROVED).status == 0


def state_of(kansli: CommandLine, id: str) -> str:
    return str(kansli("status", id, "--format", "json").json()[0]["state"])


def test_every_command_has_help_and_an_example_and_stands_in_the_manual() -> None:
    written = (Path(__file__).parents[2] / "docs" / "kommandon.md").read_text(encoding="utf-8")
    for path, command in manual.commands():
        assert command.help, path
        assert (command.epilog or "").startswith(f"Exempel: {path}"), path
        for parameter in command.params:
            assert parameter.help, f"{path} {parameter.name}"
    assert manual.render() == written


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_touch_neither_database_nor_framework(asked: str) -> None:
    script = (
        "import sys\nfrom uppdrag.cli import main\n"
        f"try:\n    main(['{asked}'])\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "print(sorted({'sqlalchemy', 'sqlmodel', 'fastapi', 'alembic', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def test_setting_up_twice_changes_nothing(kansli: CommandLine) -> None:
    before = kansli("status", "--format", "json").out
    assert "aktuell" in kansli("init").out
    assert "19 oförändrade" in kansli("import", "vp-2026").out
    assert kansli("status", "--format", "json").out == before


def test_examples_are_read_into_a_new_database_only(command_line: CommandLine) -> None:
    first = command_line("init", "--example")
    assert first.status == 0
    assert "122 befattningshavare" in first.out
    held = command_line("meetings", "list", "--format", "json").json()
    assert held
    assert all(m["example"] for m in held)
    assert all(h["email"].endswith(".example") for h in command_line("people", "list", "--format", "json").json())
    assert "Exempel" not in command_line("init", "--example").out


def test_examples_never_come_among_what_is_there(kansli: CommandLine) -> None:
    assert "Exempel" not in kansli("init", "--example").out
    assert kansli("people", "list", "--format", "json").json() == []


def test_the_plan_of_2026_stands_as_the_domain_says(kansli: CommandLine) -> None:
    rows = kansli("status", "--format", "json").json()
    assert [row["id"] for row in rows] == [f"U2026-{n:02d}" for n in range(1, 20)]
    assert all(row.keys() >= STATUS_KEYS for row in rows)
    assert [row["state"] for row in rows[:4]] == ["chefsgruppsbeslut"] * 3 + ["identifierad"]
    assert rows[0]["deadline"]["last"] == "2026-03-31"
    assert rows[0]["regions"] == {
        "concerned": 21, "decided": 0, "adopted": 0, "rejected": 0, "not_concerned": 0, "pending": 21,
    }  # fmt: skip
    assert rows[9]["deadline"] is None
    assert [row["id"] for row in rows if row["sensitive"]] == ["U2026-09"]
    history = kansli("history", "U2026-01", "--format", "json").json()
    assert [e["backfilled"] for e in history] == [True, True, True]


def test_a_sensitive_title_stays_in_the_house(kansli: CommandLine) -> None:
    for format in ("table", "json", "csv"):
        assert "säkerhetsskyddsavtal" not in kansli("status", "--format", format).out
        assert "säkerhetsskyddsavtal" not in kansli("status", "U2026-09", "--format", "json").out
    assert "säkerhetsskyddsavtal" in kansli("status", "U2026-09").out


def test_an_uppdrag_goes_all_the_way_to_its_twenty_first_decision(kansli: CommandLine) -> None:
    send_to_regions(kansli)
    regions = [c["region"] for c in kansli("status", "U2026-01", "--format", "json").json()[0]["region_states"]]
    assert len(regions) == 21
    for lanskod in regions[:-1]:
        assert kansli("decide", "U2026-01", lanskod, "antagen", "--as", "region", "--by", "Eva").status == 0
    assert state_of(kansli, "U2026-01") == "regionbeslut"
    last = ("decide", "U2026-01", regions[-1], "avslagen", "--as", "region", "--by", "Eva")
    assert "Slutbehandlad" in kansli(*last).out
    counts = kansli("status", "U2026-01", "--format", "json").json()[0]["regions"]
    assert (counts["decided"], counts["adopted"], counts["rejected"], counts["pending"]) == (21, 20, 1, 0)
    decided = next(e for e in kansli("history", "U2026-01", "--format", "json").json() if e["outcome"] == "avslagen")
    assert kansli("correct", decided["id"], "--why", "Fel region", "--withdraw").status == 0
    assert state_of(kansli, "U2026-01") == "regionbeslut"
    assert kansli("verify").status == 0


def test_what_next_allows_with_its_facts_can_be_done(kansli: CommandLine) -> None:
    values = {"date": "2026-03-27", "paragraph": "§ 7", "number": "1", "yes_no": "nej", "span": "Q1 2027"}
    options = kansli("next", "U2026-04", "--as", "kansli", "--format", "json").json()
    allowed = [o for o in options if o["allowed"]]
    assert {"trigger", "target", "allowed", "roles", "facts", "reasons"} <= allowed[0].keys()
    assert [o["trigger"] for o in options if not o["allowed"]] == ["ateruppta", "remissvar", "sammanfatta_remiss"]
    for option in allowed:
        facts = [f for f in option["facts"] if f["required"] and f["known"] is None]
        stated = [part for f in facts for part in ("--set", f"{f['name']}={values.get(f['type'], 'text')}")]
        said = kansli("advance", "U2026-04", option["trigger"], "--as", "kansli", "--by", "A", *stated, "--dry-run")
        assert said.status == 0, (option["trigger"], said.err)
    assert state_of(kansli, "U2026-04") == "identifierad"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("advance", "U2026-01", "godkann", "--as", "kansli", "--by", "A"), 1, "Härifrån går: redovisa"),
        (("advance", "U2026-01", "redovisa", "--as", "region", "--by", "A"), 1, "Rollen region får inte"),
        (("advance", "U2026-01", "redovisa", "--as", "kansli", "--by", "A"), 1, "Ange --set mote=…"),
        (("advance", "U2026-99", "redovisa", "--as", "kansli", "--by", "A"), 1, "U2026-99 finns inte"),
        (("decide", "U2026-01", "01", "antagen", "--as", "kansli", "--by", "A"), 1, "läge är Chefsgruppsbeslut"),
        (("decide", "U2026-04", "01", "antagen", "--as", "kansli", "--by", "A"), 1, "inga beslut i regionerna"),
        (("advance", "U2026-01", "redovisa", "--as", "kung", "--by", "A"), 2, "ingen roll"),
        (("advance", "U2026-01", "redovisa", "--as", "kansli", "--by", "A", "--on", "31 juni"), 2, "ÅÅÅÅ-MM-DD"),
        (("advance", "U2026-01", "redovisa", "--as", "kansli", "--by", "A", "--set", "mote"), 2, "UPPGIFT=VÄRDE"),
        (("advance", "U2026-01"), 2, "STEG saknas"),
        (("status", "--format", "xml"), 2, "Välj bland"),
        (("nonsens",), 2, "nonsens finns inte"),
        (("--now", "i morgon", "status"), 2, "--now"),
        (("import", "vp-1999"), 1, "vp-1999 finns inte"),
        (("correct", "U2026-01/99", "--why", "x", "--withdraw"), 1, "U2026-01/99 finns inte"),
        (("decide", "U2026-01"), 2, "--file"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    kansli: CommandLine, arguments: tuple[str, ...], status: int, says: str
) -> None:
    before = kansli("status", "--format", "json").out
    said = kansli(*arguments)
    assert said.status == status
    assert says in said.err
    assert not said.out
    assert kansli("status", "--format", "json").out == before


def test_without_a_usable_database_the_status_is_three(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = command_line("status")
    assert (missing.status, "uppdrag init" in missing.err) == (3, True)
    assert not list(tmp_path.glob("*.db"))
    (tmp_path / "uppdrag.db").write_text("detta är ingen databas, men tillräckligt långt för att se ut som en fil")
    assert command_line("status").status == 3
    monkeypatch.setenv("UPPDRAG_DATABASE_URL", "mysql://någon/annan")
    assert command_line("status").status == 3


def test_the_clock_cannot_be_set_when_mail_is_live(kansli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPPDRAG_MAIL", "skarp")
    assert kansli("status").status == 2
    monkeypatch.delenv("UPPDRAG_NOW")
    assert kansli("status").status == 0
    assert kansli("--now", "2026-01-01T00:00", "status").status == 2


def test_a_key_is_accepted_once(kansli: CommandLine) -> None:
    first = kansli("advance", "U2026-01", "redovisa", *REPORTED, "--key", "k1", "--format", "json").json()[0]
    again = kansli("advance", "U2026-01", "redovisa", *REPORTED, "--key", "k1", "--format", "json").json()[0]
    assert (again["repeated"], again["events"], again["state"]) == (True, first["events"], first["state"])
    other = kansli("advance", "U2026-01", "redovisa", *REPORTED[:-1], "forslagsversion=2", "--key", "k1")
    assert (other.status, "redan använts" in other.err) == (1, True)


def test_a_file_of_decisions_is_registered_whole_or_not_at_all(kansli: CommandLine, tmp_path: Path) -> None:
    send_to_regions(kansli)
    file = tmp_path / "beslut.csv"
    heading = "uppdrag;länskod;utfall;beslutsinstans;datum;paragraf;anpassning"
    good = "U2026-01;01;antagen;RF;2026-03-20;§ 7;"
    bad = ["U2026-01;99;antagen;RF;;;", "U2026-01;03;antagen_med_anpassning;RS;;;", "U2026-01;04;antagen;RF;31 juni;;"]
    file.write_bytes("\n".join([heading, good, *bad]).encode("cp1252"))
    refused = kansli("decide", "--file", str(file))
    assert refused.status == 1
    named = [line.partition(": ")[0] for line in refused.err.splitlines() if "beslut.csv:" in line]
    assert named == [f"{file}:3", f"{file}:4", f"{file}:5"]
    assert kansli("status", "U2026-01", "--format", "json").json()[0]["regions"]["decided"] == 0
    file.write_text("\n".join([heading, good, "U2026-01;03;avslagen;RS;;;"]), encoding="utf-8-sig")
    assert "2 beslut registrerade" in kansli("decide", "--file", str(file), "--key", "k").out
    assert "2 var redan registrerade" in kansli("decide", "--file", str(file), "--key", "k").out
    assert kansli("status", "U2026-01", "--format", "json").json()[0]["regions"]["decided"] == 2


def test_one_paragraph_moves_several_uppdrag_or_none(kansli: CommandLine) -> None:
    moved = ("reschedule", "U2026-02", "U2026-03", "--span", "Q1 2027", "--paragraph", "41")
    assert kansli(*moved).status == 0
    rows = {
        row["id"]: row["deadline"]["last"] for row in kansli("status", "--format", "json").json() if row["deadline"]
    }
    assert (rows["U2026-02"], rows["U2026-03"]) == ("2027-03-31", "2027-03-31")
    refused = kansli("reschedule", "U2026-02", "U2026-03", "--span", "Q5 2027", "--paragraph", "42")
    assert (refused.status, refused.err.count("Q5 2027")) == (1, 2)


def test_a_formula_in_a_title_is_text_in_csv(kansli: CommandLine) -> None:
    assert kansli("new", "=1+1", "--lifecycle", "atagande").status == 0
    rows = list(csv.DictReader(io.StringIO(kansli("status", "--format", "csv").out)))
    assert rows[-1]["title"] == "'=1+1"
    assert rows[0]["regions.concerned"] == "21"


def test_a_hidden_line_break_in_a_title_is_refused(kansli: CommandLine) -> None:
    said = kansli("new", "Rubrik\r\nBcc: någon", "--lifecycle", "atagande")
    assert (said.status, "dolt tecken" in said.err) == (1, True)


def test_a_new_uppdrag_gets_the_next_number_and_its_parent_knows(kansli: CommandLine) -> None:
    said = kansli("new", "Följd", "--lifecycle", "utredning", "--parent", "U2026-01", "--time", "redovisning=Q4 2026",
                  "--format", "json")  # fmt: skip
    assert said.json()[0]["uppdrag"] == "U2026-20"
    assert "U2026-20" in kansli("history", "U2026-01").out
    assert kansli("status", "U2026-20", "--format", "json").json()[0]["deadline"]["last"] == "2026-12-31"


def test_filters_choose_what_they_say(kansli: CommandLine) -> None:
    def ids(*arguments: str) -> list[str]:
        return [row["id"] for row in kansli(*arguments, "--format", "json").json()]

    assert ids("status", "--lifecycle", "arsplan") == ["U2026-17"]
    assert ids("status", "--region", "01") == ["U2026-01", "U2026-02"]
    assert ids("status", "--due-before", "2026-04-01") == ["U2026-01", "U2026-12"]
    assert ids("--now", "2026-04-01T09:00", "status", "--overdue") == ["U2026-01", "U2026-12"]
    assert ids("status", "--limit", "2", "--after", "U2026-03") == ["U2026-04", "U2026-05"]
    assert ids("status", "--idle-days", "100") == []
    assert len(ids("--now", "2026-05-01T09:00", "status", "--idle-days", "100")) == 19
    assert (
        kansli("advance", "U2026-06", "paborja", "--as", "kansli", "--by", "A", "--set", "ansvarig=Åsa Öst").status == 0
    )
    assert ids("status", "--owner", "Åsa Öst") == ["U2026-06"]
    assert ids("status", "--state", "pagar") == ["U2026-06"]


def test_a_lifecycle_is_written_checked_published_and_moved_to_without_programming(
    kansli: CommandLine, tmp_path: Path
) -> None:
    text = kansli("definitions", "show", "atagande/1").out
    wrong = tmp_path / "fel.yaml"
    wrong.write_text(
        text.replace("to: avslutad", "to: klar").replace("guards: [consultations_closed]", "guards: [mood]")
    )
    said = kansli("definitions", "check", str(wrong))
    assert said.status == 1
    assert 'tillståndet "klar" finns inte' in said.err
    assert 'villkoret "mood" finns inte' in said.err
    edited = tmp_path / "atagande-1.yaml"
    edited.write_text(text.replace("label: Pågår", "label: Under arbete"))
    assert "redan i bruk" in kansli("definitions", "publish", str(edited)).err
    better = tmp_path / "atagande-2.yaml"
    better.write_text(text.replace("version: 1", "version: 2", 1).replace("trigger: paborja", "trigger: starta"))
    rehearsed = kansli("definitions", "migrate", str(better), "--dry-run")
    assert (rehearsed.status, rehearsed.out.count("nya steg: starta borttagna steg: paborja")) == (0, 9)
    assert "atagande/2" not in kansli("definitions", "list", "--format", "csv").out
    assert kansli("definitions", "migrate", str(better)).status == 0
    assert kansli("advance", "U2026-06", "starta", "--as", "kansli", "--by", "A", "--set", "ansvarig=B").status == 0
    stuck = tmp_path / "atagande-3.yaml"
    stuck.write_text(text.replace("version: 1", "version: 3", 1).replace("pagar", "igang"))
    refused = kansli("definitions", "migrate", str(stuck))
    assert (refused.status, "U2026-06 är pagar, som inte finns i version 3" in refused.err) == (1, True)
    assert kansli("verify").status == 0


@pytest.mark.parametrize("name", ["regiongemensamt", "atagande", "samverkansavtal"])
def test_a_lifecycle_can_be_drawn(kansli: Callable[..., Run], name: str) -> None:
    assert kansli("definitions", "diagram", name).out.startswith("stateDiagram-v2\n")


def test_verify_tells_of_tampering_and_knows_its_own_heads(kansli: CommandLine, tmp_path: Path) -> None:
    import sqlite3

    head = kansli("verify", "--format", "json").json()[0]["head"]
    assert kansli("advance", "U2026-01", "redovisa", *REPORTED).status == 0
    assert kansli("verify", "--head", head).status == 0
    assert "inte en fortsättning" in kansli("verify", "--head", "1-" + "0" * 64).err
    with sqlite3.connect(tmp_path / "uppdrag.db") as database:
        database.execute("DROP TRIGGER event_no_update")
        database.execute("UPDATE event SET content = replace(content, 'R-1', 'R-2') WHERE stream = 'U2026-01'")
    database.close()
    said = kansli("verify")
    assert (said.status, "U2026-01/4" in said.err) == (1, True)
