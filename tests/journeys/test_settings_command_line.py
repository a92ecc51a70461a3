"""Settings: what holds and where it came from, secrets from files, and everything wrong at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys import settings_manual
from tests.journeys.command_line import CommandLine
from uppdrag import settings
from uppdrag.settings import SETTINGS, SettingWrong

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "korp-9-lampa-Ö-strand"  # noqa: S105 - the tests' own
POSTGRES = "postgresql+psycopg://uppdrag@db.example/uppdrag"


def _file(path: Path, text: str = f"{SECRET}\n", mode: int = 0o600) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_the_table_in_docs_is_that_of_the_program() -> None:
    written = (DOCS / "installningar.md").read_text(encoding="utf-8")
    assert written == settings_manual.render(), "python -m tests.journeys.settings_manual > docs/installningar.md"


def test_what_holds_is_shown_and_no_secret_is(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UPPDRAG_DATABASE_URL", f"postgresql+psycopg://u:{SECRET}@db.example/x?sslpassword={SECRET}")
    monkeypatch.setenv("UPPDRAG_METRICS_TOKEN", SECRET)
    monkeypatch.setenv("UPPDRAG_SMTP_PASSWORD_FILE", _file(tmp_path / "smtp"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    _file(tmp_path / "UPPDRAG_MAILBOX_PASSWORD", mode=0o440)  # as systemd hands it to the service's own user
    run = command_line("config", "show")
    told = command_line("config", "show", "--format", "json")
    assert (run.status, told.status) == (0, 0)
    assert SECRET not in run.out + run.err + told.out + told.err
    found = {one["name"]: one for one in told.json()}
    assert list(found) == [one.name for one in SETTINGS]
    assert {name: one["origin"] for name, one in found.items() if one["origin"] != "default"} == {
        "UPPDRAG_DATABASE_URL": "variable", "UPPDRAG_METRICS_TOKEN": "variable", "UPPDRAG_SMTP_PASSWORD": "file",
        "UPPDRAG_MAILBOX_PASSWORD": "credential",
    }  # fmt: skip
    assert "db.example" in found["UPPDRAG_DATABASE_URL"]["value"]
    assert settings.read().mailbox_password == SECRET


@pytest.mark.parametrize(
    ("text", "mode", "instead"),
    [(SECRET, 0o644, "chmod o-rwx"), ("", 0o600, "tom"), ("a\nb\n", 0o600, "en enda rad"), ("\0", 0o600, "en enda")],
)
def test_a_file_that_will_do_for_no_secret_is_refused(tmp_path: Path, text: str, mode: int, instead: str) -> None:
    path = _file(tmp_path / "secret", text, mode)
    for name in ("UPPDRAG_METRICS_TOKEN", "UPPDRAG_DATABASE_URL"):
        with pytest.raises(SettingWrong, match=instead):
            settings.read({f"{name}_FILE": path})


def test_a_secret_has_one_place(tmp_path: Path) -> None:
    path = _file(tmp_path / "secret")
    with pytest.raises(SettingWrong, match="inte båda"):
        settings.read({"UPPDRAG_METRICS_TOKEN": "x", "UPPDRAG_METRICS_TOKEN_FILE": path})


def test_the_password_of_a_database_may_stand_apart() -> None:
    env = {"UPPDRAG_DATABASE_URL": POSTGRES, "UPPDRAG_DATABASE_PASSWORD": "a@b/å"}
    assert settings.read(env).database_url == "postgresql+psycopg://uppdrag:a%40b%2F%C3%A5@db.example/uppdrag"
    for address in ("", "sqlite:///var/x.db", "postgresql+psycopg://u:p@h/d", "postgresql+psycopg://h/d"):
        with pytest.raises(SettingWrong, match="hör till"):  # a password that opens nothing hides a mistake
            settings.read({**env, "UPPDRAG_DATABASE_URL": address})


@pytest.mark.parametrize("weak", ["kort", "aaaaaaaaaaaaaaaa", "Change-me-now-please", "hemligt-hemligt"])
def test_nobody_goes_live_with_a_secret_that_can_be_guessed(weak: str) -> None:
    live = {"UPPDRAG_MAIL": "skarp"}
    for env in (
        {"UPPDRAG_METRICS_TOKEN": weak}, {"UPPDRAG_DATABASE_URL": POSTGRES, "UPPDRAG_DATABASE_PASSWORD": weak},
        {"UPPDRAG_DATABASE_URL": POSTGRES.replace("@", f":{weak}@")},
    ):  # fmt: skip
        settings.read(env)
        with pytest.raises(SettingWrong, match="minst 12"):
            settings.read({**env, **live})
    settings.read({**live, "UPPDRAG_METRICS_TOKEN": SECRET, "UPPDRAG_DATABASE_URL": f"{POSTGRES}?sslmode=verify-full"})


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("u@db.example/x", False), ("u@db.example/x?sslmode=prefer", False), ("u@db.example/x?sslmode=allow", False),
        ("u@127.0.0.1,db2.example:5432/x", False), ("u@/x?host=db.example", False),
        ("u@db.example/x?sslmode=verify-full", True), ("u@db1.example:5432,db2.example/x?sslmode=require", True),
        ("u@databas/x?sslmode=disable", True), ("u@localhost/x", True), ("u@[::1]/x", True),
        ("u@/x?host=/run/postgresql", True),
    ],
)  # fmt: skip
def test_nobody_goes_live_with_a_database_that_may_be_met_without_tls_unsaid(address: str, may: bool) -> None:
    env = {"UPPDRAG_DATABASE_URL": f"postgresql+psycopg://{address}"}
    settings.read(env)
    _, wrong = settings.examine({**env, "UPPDRAG_MAIL": "skarp"})
    assert [one.name for one in wrong] == ([] if may else ["UPPDRAG_DATABASE_URL"])
    assert all("sslmode=verify-full" in one.instead for one in wrong)


def test_everything_wrong_is_told_at_once(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command_line("config", "check").status == 0
    for name, value in {"MAIL": "skarp", "SMTP_HOST": "smtp.example.se", "SMTP_PORT": "0", "TRUSTED_PROXIES": "x",
                        "URL": "http://uppdrag.example.se", "SMTP_HOTS": "felstavad"}.items():  # fmt: skip
        monkeypatch.setenv(f"UPPDRAG_{name}", value)
    run = command_line("config", "check")
    assert run.status == 2
    assert [line.split(":")[:2] for line in run.err.splitlines()] == [
        ["FEL", " UPPDRAG_SMTP_PORT"], ["FEL", " UPPDRAG_TRUSTED_PROXIES"], ["Att kontrollera", " UPPDRAG_URL"],
        ["Att kontrollera", " UPPDRAG_SMTP_HOTS"],
    ]  # fmt: skip
    monkeypatch.setenv("UPPDRAG_SMTP_PORT", "587")
    monkeypatch.setenv("UPPDRAG_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    assert "UPPDRAG_MAIL_FROM" in command_line("config", "check").err
