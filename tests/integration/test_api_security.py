"""What keeps the API to those it is for: keys, scopes, regions, rates, headers, and secrets that stand nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx2 import Response

from tests.api import ROOT, SCOPES, Calling, calling
from tests.cast import NOW
from tests.integration.doing import codes, decide, with_the_regions
from tests.reliability import Tried
from tests.web import SETTINGS, visiting
from uppdrag.service import tokens
from uppdrag.service.house import House
from uppdrag.service.tokens import ROLES
from uppdrag.web.api import install, limits, problems
from uppdrag.web.api.access import Bearer
from uppdrag.web.api.limits import Limiter
from uppdrag.web.app import create_app
from workflow.errors import Refused, StorageUnavailable

HEADERS = {
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
    "strict-transport-security": "max-age=63072000; includeSubDomains", "x-frame-options": "DENY",
}  # fmt: skip


@pytest.fixture
def at(any_house: House) -> Iterator[Calling]:
    with calling(any_house) as somebody:
        yield somebody


def _problem(response: Response, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.headers["content-type"]) == (status, problems.MEDIA_TYPE), response.text
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    told: dict[str, Any] = response.json()
    assert (told["code"], told["status"], told["type"]) == (code, status, f"urn:uppdrag:problem:{code}")
    assert told["title"]
    assert told["detail"]
    return told


def test_without_a_key_nothing_is_told(at: Calling) -> None:
    nobody = at.get("/uppdrag")
    _problem(nobody, 401, "unauthorized")
    assert nobody.headers["www-authenticate"] == 'Bearer realm="uppdrag"'
    for secret in ("", "x", "upa_" + "x" * 43, "upa_å".encode().decode("latin-1")):
        refused = at.client.get(f"{ROOT}/uppdrag", headers=[(b"Authorization", f"Bearer {secret}".encode("latin-1"))])
        _problem(refused, 401, "unauthorized")
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    basic = at.client.get(f"{ROOT}/uppdrag", headers={"Authorization": "Basic YTpi"})
    _problem(basic, 401, "unauthorized")


def test_a_key_ends_by_itself_and_when_it_is_revoked(any_house: House) -> None:
    made = tokens.create(
        any_house, "Diariet", role="insyn", region="", scopes=("read",), days=1, by="Anna", now=NOW
    )  # fmt: skip
    for days, found in ((1, True), (2, False)):
        later = NOW + timedelta(days=days)
        assert (tokens.client(any_house, made.secret, now=later) is not None) == found
    tokens.revoke(any_house, made.number, now=NOW)
    assert tokens.client(any_house, made.secret, now=NOW) is None
    with pytest.raises(Refused):
        tokens.revoke(any_house, made.number, now=NOW)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"role": "drift"}, "token_role"), ({"role": "region"}, "token_region"), ({"region": "03"}, "token_region"),
        ({"role": "region", "region": "99"}, "unknown_region"), ({"scopes": ()}, "token_scope"),
        ({"scopes": ("allt",)}, "token_scope"), ({"role": "insyn", "scopes": ("write",)}, "token_scope_of_others"),
        ({"role": "chefsgrupp", "scopes": ("sensitive",)}, "token_scope_of_others"), ({"days": 0}, "token_days"),
        ({"days": 367}, "token_days"), ({"name": " "}, "fact_missing"), ({"name": "a\nb"}, "control_character"),
    ],
)  # fmt: skip
def test_a_key_that_should_not_be_is_refused(house: House, wanted: dict[str, Any], code: str) -> None:
    asked = {"name": "Diariet", "role": "kansli", "region": "", "scopes": ("read",), "days": 30, **wanted}
    with pytest.raises(Refused) as refused:
        tokens.create(house, asked.pop("name"), **asked, by="Anna", now=NOW)
    assert code in codes(refused.value)
    assert tokens.listed(house) == []


def test_every_key_meets_every_route_as_it_is_declared(at: Calling, any_house: House, tried: Tried) -> None:
    """The whole matrix: no key, and each role with each scope it may have, at each route."""
    id = with_the_regions(any_house, "01", "03")
    decide(any_house, id, "03")
    known = {"id": id, "lanskod": "03", "seq": "6", "name": "utredning", "version": "1"}
    at.unhurried()
    keys = [("", "", "")]
    keys += [(role, "03" if role == "region" else "", scope) for scope, of in tokens.SCOPES.items() for role in of]
    wrong = []
    for role, region, scope in keys:
        at.secret = ""
        if role:
            at.log_in(role, region, scope)
        for o in install.OPERATIONS:
            path = o.path.format(**known)
            found = at.get(path) if o.method == "GET" else at.post(path, {}, match="*")
            assert isinstance(o.permission, Bearer)
            expected = None if scope in o.permission.scopes else "scope_missing" if role else "unauthorized"
            code = found.json().get("code") if found.status_code in (401, 403) else None
            if code not in (expected, "role_not_allowed"):
                wrong.append((role, scope, o.method, path, found.status_code, code))
    assert not wrong
    tried("Åtkomst", "varje API-nyckel, av varje roll och behörighet, på varje adress",
          len(keys) * len(install.OPERATIONS), "bara den som har behörigheten släpptes in")  # fmt: skip


def test_no_route_is_left_out_of_the_description(house: House) -> None:
    app = create_app(house, SETTINGS)
    served = {
        (method, r.path) for r in app.routes if isinstance(r, APIRoute) and r.path.startswith(ROOT)
        for method in r.methods or () if method != "HEAD"
    }  # fmt: skip
    assert served == {(o.method, ROOT + o.path) for o in install.OPERATIONS} | {("GET", f"{ROOT}/openapi.json")}


def test_a_session_of_a_person_is_no_key(house: House) -> None:
    with visiting(house) as at:
        at.log_in("kansli")
        assert at.get(f"{ROOT}/uppdrag").status_code == 401


def test_a_region_registers_for_itself_only(at: Calling, any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03")
    decide(any_house, id, "01", body="RF")
    at.log_in("region", "03")
    told = {"outcome": "antagen", "body": "RF"}
    for path, body in (
        (f"/uppdrag/{id}/regions/01/decisions", told), (f"/uppdrag/{id}/regions/01/track", {"trigger": "ta_emot"}),
        (f"/uppdrag/{id}/history/6/correction", {"why": "x", "withdraw": True}),
        (f"/uppdrag/{id}/history/5/correction", {"why": "x", "withdraw": True}),
    ):  # fmt: skip
        _problem(at.post(path, body, match="*"), 403, "other_region")
    own = at.post(f"/uppdrag/{id}/regions/03/decisions", told, match="*")
    assert own.status_code == 200
    fixed = at.post(f"/uppdrag/{id}/history/7/correction", {"why": "Fel", "withdraw": True}, match="*")
    assert fixed.status_code == 200, fixed.text


def test_a_region_corrects_its_own_also_where_the_uppdrag_is_sensitive(at: Calling, any_house: House) -> None:
    id = with_the_regions(any_house, "01", "03", sensitive=True, neutral_title="Uppdrag A")
    decide(any_house, id, "03", body="RF", paragraph="41")
    at.log_in("region", "03")
    fix = {"why": "Läste fel", "changes": {"paragraph": "42"}}
    fixed = at.post(f"/uppdrag/{id}/history/6/correction", fix, match=at.tag(f"/uppdrag/{id}/history/6"))
    assert fixed.status_code == 200, fixed.text
    at.log_in("chefsgrupp")
    _problem(at.get(f"/uppdrag/{id}/history/6"), 403, "sensitive")


def test_each_problem_has_its_code(at: Calling, any_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    at.log_in("kansli")
    _problem(at.get("/uppdrag/U2099-01"), 404, "not_found")
    _problem(at.get("/uppdrag/inget"), 404, "not_found")
    _problem(at.get("/regions/99"), 404, "not_found")
    _problem(at.get("/uppdrag/U2026-01/regions/99"), 404, "not_found")
    _problem(at.get("/lifecycles/utredning/9"), 404, "not_found")
    _problem(at.get("/finns-inte"), 404, "no_such_address")
    _problem(at.get("/uppdrag/%00"), 400, "unreadable")
    _problem(at.get("/uppdrag", {"host": "evil.example"}), 421, "misdirected")
    body = {"title": "x", "lifecycle": "utredning"}
    _problem(at.post("/uppdrag", body, key=" "), 400, "idempotency_key_invalid")
    _problem(at.post("/uppdrag", {"title": "x" * 1_100_000}), 413, "too_large")
    key = {"Authorization": f"Bearer {at.secret}"}
    _problem(at.client.post(f"{ROOT}/uppdrag", json=body, headers=key), 400, "idempotency_key_missing")
    for content, kind, status, code in (
        (b"{", "application/json", 400, "json_invalid"), (b"\xff", "application/json", 400, "json_invalid"),
        (b"{}", "text/plain", 415, "media_type"), (b"", "", 415, "media_type"),
        (b'{"title": "\\ud800"}', "application/json", 400, "json_invalid"),
        (b"[" * 100_000, "application/json", 400, "json_invalid"),
    ):  # fmt: skip
        sent = at.client.post(f"{ROOT}/uppdrag", content=content, headers={**key, "Content-Type": kind})
        _problem(sent, status, code)
    wrong = at.client.delete(f"{ROOT}/uppdrag", headers=key)
    _problem(wrong, 405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD, POST"

    def away(*_: object, **__: object) -> None:
        raise StorageUnavailable("unreachable", "postgresql://hemlig@vard/databas")

    monkeypatch.setattr("uppdrag.service.queries.status", away)
    gone = at.get("/uppdrag")
    assert "hemlig" not in gone.text
    assert "Försök igen" in _problem(gone, 503, "unavailable")["detail"]
    assert gone.headers["retry-after"] == "5"

    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("hemligt")

    monkeypatch.setattr("uppdrag.service.queries.status", fall)
    fallen = at.get("/uppdrag")
    _problem(fallen, 500, "internal")
    assert "hemligt" not in fallen.text


def test_who_calls_too_often_waits(house: House) -> None:
    with calling(house) as at:
        at.log_in("insyn")
        at.unhurried(burst=9)
        for _ in range(9):
            assert at.get("/me").status_code == 200
        waiting = at.get("/me")
        _problem(waiting, 429, "too_often")
        assert waiting.headers["retry-after"] == "1"
        at.log_in("insyn", name="Ett annat")
        assert at.get("/me").status_code == 200, "each key has its own"


def test_the_rate_fills_up_again_and_takes_no_more_room_than_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    limiter = Limiter(per_minute=60, burst=2, clock=lambda: clock[0])
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 1]
    clock[0] = 1.0
    assert [limiter.take("a") for _ in range(2)] == [0, 1]
    monkeypatch.setattr(limits, "MOST", 5)
    for n in range(100):
        limiter.take(str(n))
    assert len(limiter._buckets) == 5


def test_secrets_stand_nowhere(house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seed = bytes(range(32))
    with calling(house) as at:
        made = at.log_in("kansli")
        feed = tokens.subscribe(house, "03", by="Eva", seed=seed, now=NOW)
        assert at.get("/me").status_code == 200
        for path in (
            f"/kalender/region/03/{feed.secret}.ics", f"/kalender/region/03/{feed.secret}", f"/x/{made.secret}",
            f"{ROOT}/{made.secret}", f"/kalender/{feed.secret}/%00",
        ):  # fmt: skip
            at.client.get(path)
        at.web.visits.write()
    with house.database.reading() as session:
        seen = str(list(session.raw("SELECT * FROM web_visit")))
    assert "/kalender/region/03/***.ics" in seen
    assert "Diariet" in seen, "the access log knows who called"
    ours = str([r.__dict__ for r in caplog.records if not r.name.startswith("httpx")])  # but not the client's own
    for file in Path(house.database.path).parent.glob("uppdrag.db*"):
        held = file.read_bytes()
        for secret in (made.secret, feed.secret):
            assert secret.encode() not in held
            assert secret.removeprefix(secret[:4]).encode() not in held
            assert secret not in ours
    ((_, first), _) = tokens.listed(house)
    assert first.used_on == NOW.date()


def test_the_scopes_of_the_tests_are_those_there_are() -> None:
    assert set(SCOPES) == set(ROLES)
    assert {s for of in SCOPES.values() for s in of} == set(tokens.SCOPES)
