"""identity: who is bound to which office, and letting go of them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.command_line import CommandLine
from uppdrag.service import identities, people
from uppdrag.service.house import House
from uppdrag.service.oidc import Identity
from workflow.model import Actor

PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"
NOW = datetime(2026, 3, 27, 9, tzinfo=UTC)


def test_a_binding_is_shown_let_go_of_and_allowed_again(command_line: CommandLine) -> None:
    command_line("init")
    assert "Inga knytningar." in command_line("identity", "list").out
    house = House.open(os.environ["UPPDRAG_DATABASE_URL"])
    people.import_people(house, "p", PEOPLE.read_bytes(), actor=Actor(role="kansli", name="Anna"), now=NOW)
    email = "registrator@region-uppsala.example"
    eva = Identity(issuer="https://login.example.se", subject="s-eva", name="Eva Lind", email=email, roles=())
    identities.arrive(house, eva, choice="x", client="x", now=NOW)
    house.database.close()

    listed = command_line("identity", "list").out
    assert "s-eva" in listed
    assert "registrator" in listed
    assert "löst från 1 befattning" in command_line("identity", "unbind", "s-eva").out
    assert command_line("identity", "list", "--format", "json").json()[0]["lost"]
    assert command_line("identity", "allow", "s-eva").status == 0
    assert "Inga knytningar." in command_line("identity", "list").out
    unknown = command_line("identity", "unbind", "nagon")
    assert unknown.status == 1
    assert "Inloggningen nagon finns inte." in unknown.err
