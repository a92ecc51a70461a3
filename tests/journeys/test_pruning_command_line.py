"""What is too old is shown and taken away at the command line."""

from __future__ import annotations

from tests.journeys.command_line import CommandLine


def test_what_waits_is_shown_before_it_is_taken_away(kansli: CommandLine) -> None:
    assert kansli("login", "--role", "insyn").status == 0
    shown = kansli("--now", "2026-03-29", "prune", "--dry-run")
    assert shown.status == 0
    assert "Skulle rensas" in shown.out
    assert "inget gallringsbeslut" in shown.out

    def logins(*more: str) -> int:
        rows = kansli("--now", "2026-03-29", "prune", *more, "--format", "json").json()
        return next(int(row["rows"]) for row in rows if row["name"] == "login")

    assert [logins("--dry-run"), logins("--dry-run"), logins(), logins()] == [1, 1, 1, 0]
