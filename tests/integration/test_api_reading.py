"""What other systems read: what the command line's JSON says, a page at a time, and no more than their key is for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.api import ROOT, Calling, calling
from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, step, with_the_regions
from uppdrag.service import meetings, queries, rows
from uppdrag.service.house import House

MEETINGS = Path(__file__).parents[2] / "definitions" / "meetings" / "exempel-2026-2027.csv"
SENSITIVE = "U2026-09"
TOLD = "säkerhetsskyddsavtal"


@pytest.fixture
def at(house: House) -> Iterator[Calling]:
    with calling(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


@pytest.fixture
def lived(house: House) -> str:
    """An uppdrag with something in every field that an answer tells of."""
    meetings.import_meetings(house, "exempel.csv", MEETINGS.read_bytes(), actor=KANSLI, now=NOW)
    id = with_the_regions(house, "01", "03", "17")
    decide(house, id, "03", "antagen_med_anpassning", body="RF", adaptation="Från 2027", links="AU:2026-03-10:45")
    decide(house, id, "01", "aterremitterad", body="RS", missing="Konsekvensanalys")
    step(house, "U2026-01", "remittera", mottagare="MSB; SKR", svarsdag="2026-05-01")
    return id


def _document(at: Calling) -> dict[str, Any]:
    found: dict[str, Any] = at.client.get(f"{ROOT}/openapi.json").json()
    return found


def _strict(node: Any) -> Any:
    """The same schema, refusing what it does not name."""
    if isinstance(node, dict):
        told = {k: _strict(v) for k, v in node.items()}
        return {**told, "additionalProperties": False} if "properties" in told else told
    return [_strict(one) for one in node] if isinstance(node, list) else node


def test_every_answer_has_the_keys_that_are_described_and_no_others(at: Calling, lived: str) -> None:
    document = _document(at)
    described = {"components": {"schemas": _strict(document["components"]["schemas"])}}
    asked = 0
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        for id in (lived, "U2026-01"):
            at_path = path.format(id=id, lanskod="03", seq="1", name="regiongemensamt", version="1")
            found = at.client.get(at_path, headers={"Authorization": f"Bearer {at.secret}"})
            if found.status_code != 200:
                assert id == "U2026-01" or path.endswith("/plan"), (at_path, found.text)
                continue
            told = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            Draft202012Validator({**_strict(told), **described}).validate(found.json())
            asked += 1
    assert asked >= 25


def test_an_uppdrag_reads_as_on_the_command_line(at: Calling, house: House, lived: str) -> None:
    told = rows.detail_row(queries.detail(house, lived, now=NOW))
    assert at.get(f"/uppdrag/{lived}").json() == json.loads(json.dumps(told))


def test_what_is_unchanged_is_not_sent_again(at: Calling, house: House, lived: str) -> None:
    for path in ("/uppdrag", f"/uppdrag/{lived}", f"/uppdrag/{lived}/regions/17", "/matrix", "/regions", "/me"):
        first = at.get(path)
        again = at.get(path, {"If-None-Match": f'"annan", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == "no-store"
    regions = f"/uppdrag/{lived}/regions"
    before = {path: at.tag(path) for path in (f"/uppdrag/{lived}", f"{regions}/17", f"{regions}/01")}
    decide(house, lived, "17", body="RF")
    changed = {path: at.tag(path) != tag for path, tag in before.items()}
    assert list(changed.values()) == [True, True, False]


def test_a_long_list_comes_a_page_at_a_time(at: Calling, lived: str) -> None:
    for path in ("/uppdrag?", "/matrix?state=regionbeslut&", "/meetings?region=03&", f"/uppdrag/{lived}/history?"):
        whole = at.get(f"{path}limit=500").json()["items"]
        seen: list[Any] = []
        address: str | None = f"{ROOT}{path}limit=2"
        while address:
            shown = at.client.get(address, headers={"Authorization": f"Bearer {at.secret}"})
            seen += shown.json()["items"]
            address = shown.json()["next"]
            assert ("link" in shown.headers) == bool(address)
            assert not address or shown.headers["link"] == f'<{address}>; rel="next"'
        assert len(whole) > 2
        assert seen == whole, path


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "eyJhIjoxfQ", "WyJ4Il0", "W251bGwsMV0", "%C3%A5"])
def test_a_cursor_of_nobodys_is_refused(at: Calling, cursor: str) -> None:
    refused = at.get(f"/uppdrag?after={cursor}")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after")


def test_the_list_is_chosen_as_on_the_command_line(at: Calling, lived: str) -> None:
    ids = {row["id"] for row in at.get("/uppdrag?state=regionbeslut&region=17").json()["items"]}
    assert ids == {lived}
    assert at.get("/uppdrag?overdue=true").json()["items"] == []
    late = at.get("/uppdrag?due_before=2026-04-01&lifecycle=regiongemensamt").json()["items"]
    assert [row["id"] for row in late] == ["U2026-01"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("tillstand=x", "tillstand"), ("overdue=ja", "overdue"), ("limit=0", "limit"), ("limit=many", "limit"),
        ("due_before=snart", "due_before"), ("region=3", "region"), ("state=a&state=b", "state"),
    ],
)  # fmt: skip
def test_a_choice_that_does_not_exist_is_named(at: Calling, query: str, field: str) -> None:
    refused = at.get(f"/uppdrag?{query}")
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == [field]


@pytest.mark.parametrize(("role", "region"), [("chefsgrupp", ""), ("region", "03"), ("insyn", "")])
def test_who_may_not_see_what_is_sensitive_reads_its_neutral_title(
    house: House, lived: str, role: str, region: str
) -> None:
    with calling(house) as at:
        at.log_in("kansli")
        assert TOLD in at.get(f"/uppdrag/{SENSITIVE}").text
        at.log_in("kansli", "", "read", "write")
        _reads_neutral(at)
        at.log_in(role, region)
        _reads_neutral(at)


def _reads_neutral(at: Calling) -> None:
    for path in ("/uppdrag", f"/uppdrag/{SENSITIVE}", "/matrix", "/regions/03"):
        found = at.get(path)
        assert found.status_code == 200
        assert TOLD not in found.text, path
    one = at.get(f"/uppdrag/{SENSITIVE}").json()
    assert (one["sensitive"], one["owner"], one["notes"], one["section"]) == (True, None, None, None)
    for path in ("next", "history", "plan", "history/1"):
        refused = at.get(f"/uppdrag/{SENSITIVE}/{path}")
        assert refused.status_code == 403, path
    owner = at.get("/uppdrag?owner=Cia%20Dahl").json()["items"]
    assert SENSITIVE not in {row["id"] for row in owner}


def test_a_region_reads_the_history_of_its_own(house: House, lived: str) -> None:
    with calling(house) as at:
        at.log_in("region", "03")
        assert at.get(f"/uppdrag/{lived}/history").status_code == 403
        assert at.get(f"/uppdrag/{lived}/history/6").status_code == 200
        for others in ("1", "7"):
            refused = at.get(f"/uppdrag/{lived}/history/{others}")
            assert (refused.status_code, refused.json()["code"]) == (403, "other_region")


def test_a_question_writes_nothing(at: Calling, house: House, lived: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a question asked for a transaction that writes")

    monkeypatch.setattr("uppdrag.service.visits.Visits.write", lambda _: None)
    monkeypatch.setattr("uppdrag.service.readings.note", lambda *_, **__: None)  # beside it, before it is answered
    monkeypatch.setattr(house.database, "transaction", never)
    for path in ("/uppdrag", f"/uppdrag/{lived}", "/matrix", "/regions/03", "/meetings", "/lifecycles", "/me"):
        assert at.get(path).status_code == 200, path
    monkeypatch.undo()


def test_the_definitions_are_not_read_anew_at_every_list(
    at: Calling, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at.get("/lifecycles")

    def never(*_: object) -> None:
        raise AssertionError("a definition was read again")

    monkeypatch.setattr("definitions.loader.label", never)
    assert at.get("/lifecycles").json() == first.json()
    assert {d["label"] for d in first.json()["items"]} >= {"Utredning", "Regiongemensamt uppdrag"}
