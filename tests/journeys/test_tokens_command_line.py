"""Keys of other systems, from the command line: the secret is told once, and one that is revoked is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.journeys.command_line import Run
from uppdrag.service.tokens import SECRET

Kansli = Callable[..., Run]


def test_a_key_is_made_listed_and_revoked(kansli: Kansli, tmp_path: Path) -> None:
    made = kansli("token", "create", "Diariet", "--role", "region", "--region", "03", "--scope", "read decide:region")
    assert made.status == 0, made.err
    head, secret = made.out.splitlines()
    assert head == "Nyckel 1: Diariet, read decide:region, till och med 2027-03-27."
    assert SECRET.fullmatch(secret)
    assert "visas inte igen" in made.err
    assert secret.encode() not in (tmp_path / "uppdrag.db").read_bytes()
    (row,) = kansli("token", "list", "--format", "json").json()
    assert (row["client"], row["role"], row["region"], row["used_on"]) == ("Diariet", "region", "03", None)
    assert "aldrig" in kansli("token", "list").out
    assert kansli("token", "revoke", "1").out == "Nyckel 1 (Diariet) är återkallad.\n"
    assert "återkallad" in kansli("token", "list").out
    again = kansli("token", "revoke", "1")
    assert (again.status, again.err) == (1, "Nyckel 1 är redan återkallad.\n")
    assert kansli("token", "revoke", "7").err == "Nyckel 7 finns inte.\n"


def test_a_key_that_should_not_be_is_refused(kansli: Kansli) -> None:
    refused = kansli("token", "create", "Diariet", "--role", "region", "--scope", "read write")
    assert refused.status == 1
    assert "Rollen region kräver en länskod" in refused.err
    assert "Rollen region kan inte få behörigheten write. Det kan: kansli, chefsgrupp." in refused.err
    assert kansli("token", "list").out == "Inga nycklar. Skapa en: uppdrag token create SYSTEM --role ROLL\n"
