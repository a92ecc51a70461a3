"""Secrets: each one is hidden, refused when anybody may read it, and refused live when it can be guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.command_line import CommandLine
from tests.reliability import Tried
from uppdrag import settings
from uppdrag.settings import SETTINGS, Setting

STRONG = "korp-9-lampa-Ö-strand"
WEAK = ("kort", "aaaaaaaaaaaaaaaa", "Change-me-now-please", "hemligt-hemligt", "postgres-postgres")
SECRETS = tuple(one for one in SETTINGS if one.holds == "secret")
OF_SECRETS = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL")
AROUND = {
    "UPPDRAG_DATABASE_PASSWORD": {"UPPDRAG_DATABASE_URL": "postgresql+psycopg://uppdrag@db.example/uppdrag"},
    "UPPDRAG_SMTP_PASSWORD": {"UPPDRAG_SMTP_HOST": "relay.example", "UPPDRAG_SMTP_USER": "uppdrag"},
    "UPPDRAG_OIDC_CLIENT_SECRET": {"UPPDRAG_OIDC_ISSUER": "https://login.example", "UPPDRAG_OIDC_CLIENT_ID": "uppdrag"},
}
"""What a secret is of no use without."""


def _called(setting: Setting) -> str:
    return setting.name


def test_what_is_called_a_secret_is_one() -> None:
    """So that the next setting cannot be forgotten."""
    assert {one.name for one in SETTINGS if OF_SECRETS.search(one.name)} == {one.name for one in SECRETS}
    assert all(not one.default for one in SECRETS), "no secret comes with the program"


@pytest.mark.parametrize("setting", SECRETS, ids=_called)
@pytest.mark.parametrize("way", ["variable", "file", "credential"])
def test_each_secret_is_hidden_wherever_it_comes_from(
    setting: Setting, way: str, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in AROUND.get(setting.name, {}).items():
        monkeypatch.setenv(name, value)
    place = tmp_path / setting.name
    place.write_text(STRONG)
    place.chmod(0o400)
    name, value = {
        "variable": (setting.name, STRONG), "file": (f"{setting.name}_FILE", str(place)),
        "credential": ("CREDENTIALS_DIRECTORY", str(tmp_path)),
    }[way]  # fmt: skip
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "500")  # the path to a secret is long here, and a cell may be broken between lines
    for arguments, hidden in ((("show",), True), (("show", "--format", "json"), True), (("check",), False)):
        run = command_line("config", *arguments)
        assert STRONG not in run.out + run.err
        assert ("********" in run.out) == hidden
    assert STRONG in _everything_of(settings.read()), "it was read"
    assert STRONG not in repr(settings.read())


@pytest.mark.parametrize("setting", SECRETS, ids=_called)
def test_each_secret_is_refused_when_others_may_read_or_guess_it(
    setting: Setting, tmp_path: Path, tried: Tried
) -> None:
    live = {**AROUND.get(setting.name, {}), "UPPDRAG_MAIL": "skarp"}
    place = tmp_path / "secret"
    place.write_text(STRONG)
    for mode in (0o604, 0o602, 0o644, 0o666, 0o777):
        place.chmod(mode)
        _, wrong = settings.examine({**AROUND.get(setting.name, {}), f"{setting.name}_FILE": str(place)})
        assert any("chmod o-rwx" in one.instead for one in wrong), oct(mode)
    for weak in WEAK:
        _, wrong = settings.examine({**live, setting.name: weak})
        assert setting.name in {one.name for one in wrong}, weak
    _, wrong = settings.examine({**live, setting.name: STRONG})
    assert setting.name not in {one.name for one in wrong}
    tried("Hemligheter", "filer som andra kan läsa och lösenord som går att gissa, för varje inställning",
          5 + len(WEAK), "alla vägrades")  # fmt: skip


def _everything_of(chosen: settings.Settings) -> str:
    parts = [chosen.database_url, chosen.mailbox_password, chosen.metrics_token]
    parts += [chosen.smtp.password] if chosen.smtp else []
    parts += [chosen.oidc.client_secret] if chosen.oidc else []
    return " ".join(parts).replace("%C3%96", "Ö")
