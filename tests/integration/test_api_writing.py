"""What other systems register: once, on what they have seen, as who they are; and what is refused says why."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api import Calling, calling
from tests.cast import KANSLI, NOW
from tests.integration.doing import decide, matter, state, with_the_regions
from uppdrag.service import mailing, people, queries
from uppdrag.service.house import House
from workflow.model import Actor

DECISION = {"outcome": "antagen", "body": "RF", "on": "2026-03-20", "paragraph": "88", "dnr": "RS 2026-17"}
PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"


@pytest.fixture
def at(any_house: House) -> Iterator[Calling]:
    with calling(any_house) as somebody:
        somebody.log_in("kansli")
        yield somebody


@pytest.fixture
def id(any_house: House) -> str:
    """An uppdrag that lies with Stockholm and Uppsala."""
    return with_the_regions(any_house, "01", "03")


def _events(house: House, id: str) -> int:
    return len(queries.history(house, id))


def _of_region(id: str, lanskod: str = "03") -> str:
    return f"/uppdrag/{id}/regions/{lanskod}"


def test_a_new_uppdrag_is_made_and_found_at_its_location(at: Calling, any_house: House) -> None:
    asked = {"title": "Gemensam lägesbild", "lifecycle": "regiongemensamt", "times": {"redovisning": "Q4 2026"}}
    made = at.post("/uppdrag", asked)
    assert made.status_code == 201
    assert made.json()["events"] == [f"{made.json()['uppdrag']}/1"]
    found = at.client.get(made.headers["location"], headers={"Authorization": f"Bearer {at.secret}"})
    assert found.json()["title"] == "Gemensam lägesbild"
    assert found.json()["deadline"]["last"] == "2026-12-31"
    assert found.headers["etag"] == made.headers["etag"], "what was made can be changed without being read"
    assert queries.history(any_house, made.json()["uppdrag"])[0].actor == Actor(role="kansli", name="Diariet")


def test_a_trial_changes_nothing(at: Calling, any_house: House, id: str) -> None:
    before = _events(any_house, id)
    tried = at.post(f"{_of_region(id)}/decisions?dry_run=true", DECISION, match=at.tag(_of_region(id)))
    assert (tried.status_code, tried.json()["dry_run"], tried.json()["state"]) == (200, True, "regionbeslut")
    new = at.post("/uppdrag?dry_run=true", {"title": "På prov", "lifecycle": "utredning"})
    assert (new.status_code, new.json()["dry_run"]) == (200, True)
    assert _events(any_house, id) == before
    assert at.get(f"/uppdrag/{new.json()['uppdrag']}").status_code == 404


def test_a_step_is_taken_on_what_was_seen(at: Calling, any_house: House) -> None:
    facts = {"mote": "2026-03-20", "paragraf": "18", "rapport": "RK2026-1", "forslagsversion": "1"}
    seen = at.tag("/uppdrag/U2026-01")
    taken = at.post("/uppdrag/U2026-01/advance", {"trigger": "redovisa", "facts": facts}, match=seen)
    assert (taken.status_code, taken.json()["state"]) == (200, "redovisad")
    assert taken.headers["etag"] == at.tag("/uppdrag/U2026-01") != seen
    stale = at.post("/uppdrag/U2026-01/advance", {"trigger": "pausa", "facts": {"skal": "x"}}, match=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    blind = at.post("/uppdrag/U2026-01/advance", {"trigger": "pausa", "facts": {"skal": "x"}})
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_missing")
    assert state(any_house, "U2026-01") == "redovisad"
    whatever = at.post("/uppdrag/U2026-01/advance", {"trigger": "pausa", "facts": {"skal": "x"}}, match="*")
    assert whatever.status_code == 200


@pytest.mark.parametrize("match", ["1-abc", '"1', '"a" "b"', 'W/"1"x'])
def test_a_tag_that_cannot_be_read_is_refused(at: Calling, match: str) -> None:
    refused = at.post("/uppdrag/U2026-01/advance", {"trigger": "pausa", "facts": {"skal": "x"}}, match=match)
    assert (refused.status_code, refused.json()["code"]) == (400, "if_match_invalid")


def test_a_weak_tag_is_no_ground_for_a_change(at: Calling) -> None:
    seen = at.tag("/uppdrag/U2026-01")
    refused = at.post(
        "/uppdrag/U2026-01/advance", {"trigger": "pausa", "facts": {"skal": "x"}}, match=f"W/{seen}"
    )  # fmt: skip
    assert refused.status_code == 412


def test_two_regions_do_not_disturb_each_other(at: Calling, any_house: House, id: str) -> None:
    seen = {lanskod: at.tag(_of_region(id, lanskod)) for lanskod in ("01", "03")}
    for lanskod, tag in seen.items():
        decided = at.post(f"{_of_region(id, lanskod)}/decisions", DECISION, match=tag)
        assert decided.status_code == 200, decided.text
    assert state(any_house, id) == "slutbehandlad"
    assert at.tag(_of_region(id)) != seen["03"]


def test_a_decision_is_read_as_it_was_sent(at: Calling, id: str) -> None:
    sent: dict[str, Any] = {
        **DECISION, "source": "protokollsutdrag", "links": [{"body": "AU", "on": "2026-03-10", "paragraph": "45"}],
        "justerat": "2026-03-23", "tillkannagivet": "2026-03-24",
    }  # fmt: skip
    assert at.post(f"{_of_region(id)}/decisions", sent, match=at.tag(_of_region(id))).status_code == 200
    (kept,) = at.get(_of_region(id)).json()["decisions"]
    sent.pop("source")  # which stands with the region
    assert {name: kept[name] for name in sent} == sent


def test_a_region_is_sent_back_with_what_is_missing(at: Calling, any_house: House, id: str) -> None:
    sent = {"outcome": "aterremitterad", "body": "RS", "task": {"what": "Konsekvensanalys", "due": "2026-05-01"}}
    assert at.post(f"{_of_region(id)}/decisions", sent, match=at.tag(_of_region(id))).status_code == 200
    task = matter(any_house, id).regions["03"].task
    assert task is not None
    assert (task.what, str(task.due)) == ("Konsekvensanalys", "2026-05-01")


def test_a_receipt_goes_to_the_region(house: House) -> None:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    id = with_the_regions(house, "01", "03")
    with calling(house) as at:
        at.log_in("region", "03")
        seen = at.tag(_of_region(id))
        for _ in range(2):
            assert at.post(f"{_of_region(id)}/decisions", DECISION, match=seen, key="samma").status_code == 200
    mails = mailing.listed(house, recipient="registrator@region-uppsala.example", limit=9)
    assert [m.subject for m in mails] == [f"{id} Kvitto: {id}/6"]


def test_a_step_on_a_regions_track(at: Calling, any_house: House, id: str) -> None:
    planned = {"trigger": "planera", "facts": {"instans": "RF", "datum": "2026-06-09"}}
    assert at.post(f"{_of_region(id)}/track", planned, match=at.tag(_of_region(id))).status_code == 200
    assert at.get(_of_region(id)).json()["planned_on"] == "2026-06-09"


def test_an_event_is_corrected_on_what_was_seen(at: Calling, any_house: House, id: str) -> None:
    decide(any_house, id, "03", body="RF", paragraph="41")
    seen = at.tag(f"/uppdrag/{id}/history/6")
    fix = {"why": "Läste fel", "changes": {"paragraph": "42"}}
    fixed = at.post(f"/uppdrag/{id}/history/6/correction", fix, match=seen)
    assert fixed.status_code == 200, fixed.text
    assert at.get(_of_region(id)).json()["paragraph"] == "42"
    stale = at.post(f"/uppdrag/{id}/history/6/correction", {**fix, "why": "Igen"}, match=seen)
    assert stale.status_code == 412


def test_several_are_moved_under_one_paragraph_or_none(at: Calling, any_house: House) -> None:
    ids = ["U2026-01", "U2026-02"]
    tags = [at.tag(f"/uppdrag/{id}") for id in ids]
    asked = {"uppdrag": ids, "span": "Q1 2027", "paragraph": "41"}
    half = at.post("/reschedule", asked, match=tags[0])
    assert half.status_code == 412
    moved = at.post("/reschedule", asked, match=", ".join(tags), key="en")
    assert moved.status_code == 200, moved.text
    assert [a["uppdrag"] for a in moved.json()["items"]] == ids
    again = at.post("/reschedule", asked, match=", ".join(tags), key="en")
    assert [a["repeated"] for a in again.json()["items"]] == [True, True]
    for others in (["U2026-01"], ["U2026-02"], [*ids, "U2026-03"]):
        other = at.post("/reschedule", {**asked, "uppdrag": others}, match="*", key="en")
        assert (other.status_code, other.json()["code"]) == (409, "key_reused"), others


def test_fifty_at_once_with_one_key_are_one_event(at: Calling, any_house: House, id: str) -> None:
    before, seen = _events(any_house, id), at.tag(_of_region(id))
    with ThreadPoolExecutor(10) as many:
        answers = list(
            many.map(lambda _: at.post(f"{_of_region(id)}/decisions", DECISION, match=seen, key="k"), range(50))
        )
        made = list(
            many.map(lambda _: at.post("/uppdrag", {"title": "Ett", "lifecycle": "utredning"}, key="n"), range(50))
        )
    assert {a.status_code for a in answers} == {200}
    assert len({tuple(a.json()["events"]) for a in answers}) == 1
    assert sum(not a.json()["repeated"] for a in answers) == 1
    assert _events(any_house, id) == before + 1
    assert {m.status_code for m in made} == {201}
    assert len({m.headers["location"] for m in made}) == 1


def test_a_key_is_for_one_thing(at: Calling, id: str) -> None:
    seen = at.tag(_of_region(id))
    assert at.post(f"{_of_region(id)}/decisions", DECISION, match=seen, key="k").status_code == 200
    for path, body in (
        (f"{_of_region(id)}/decisions", {**DECISION, "paragraph": "89"}),
        (f"{_of_region(id, '01')}/decisions", DECISION),
        (f"/uppdrag/{id}/advance", {"trigger": "pausa", "facts": {"skal": "x"}}),
        ("/uppdrag", {"title": "Ett annat", "lifecycle": "utredning"}),
    ):
        reused = at.post(path, body, match="*", key="k")
        assert (reused.status_code, reused.json()["code"]) == (409, "key_reused"), path
        assert f"{id}/6" in reused.json()["detail"]


def test_a_key_belongs_to_its_client(at: Calling, any_house: House, id: str) -> None:
    assert at.post("/uppdrag", {"title": "Ett", "lifecycle": "utredning"}, key="k").status_code == 201
    at.log_in("kansli", name="Ett annat system")
    assert at.post("/uppdrag", {"title": "Ett", "lifecycle": "utredning"}, key="k").json()["repeated"] is False
    for lanskod in ("01", "03"):
        at.log_in("region", lanskod, name="Platina")
        decided = at.post(f"{_of_region(id, lanskod)}/decisions", DECISION, match="*", key="k")
        assert (decided.status_code, decided.json()["repeated"]) == (200, False)


def test_what_was_refused_is_not_remembered(at: Calling, id: str) -> None:
    path, seen = f"{_of_region(id)}/decisions", at.tag(_of_region(id))
    refused = at.post(path, {"outcome": "antagen_med_anpassning"}, match=seen, key="k")
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    assert refused.json()["errors"][0] == {
        "field": "adaptation", "code": "decision_needs",
        "detail": "Utfallet antagen_med_anpassning kräver uppgiften anpassning.",
    }  # fmt: skip
    assert at.post(path, DECISION, match=seen, key="k").status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "outcome", "missing"),
        ({"outcome": 7}, "outcome", "string_type"),
        ({**DECISION, "utfall": "antagen"}, "utfall", "extra_forbidden"),
        ({**DECISION, "on": "20 mars"}, "on", "not_a_date"),
        ({**DECISION, "on": "2026-02-30"}, "on", "not_a_date"),
        ({**DECISION, "complete": "ja"}, "complete", "bool_type"),
        ({**DECISION, "version": 0}, "version", "greater_than_equal"),
        ({**DECISION, "links": [{"body": "AU", "on": "nyss"}]}, "links.0.on", "not_a_date"),
        ({**DECISION, "source": "rykten"}, "source", "literal_error"),
        ({**DECISION, "note": "x" * 10_001}, "note", "string_too_long"),
        ([], None, "model_type"),
        ("antagen", None, "model_type"),
    ],
)
def test_what_is_wrong_is_named_field_by_field(at: Calling, id: str, body: Any, field: str, code: str) -> None:
    refused = at.post(f"{_of_region(id)}/decisions", body, match="*")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [(field, code)]
    assert refused.json()["detail"]


@pytest.mark.parametrize("nasty", ["\u0000", "rad\r\nBcc: x@y", "\u2028"])
def test_hidden_characters_are_refused(at: Calling, id: str, nasty: str) -> None:
    for path, body in (
        (f"{_of_region(id)}/decisions", {**DECISION, "dnr": f"x{nasty}x"}),
        ("/uppdrag", {"title": f"x{nasty}x", "lifecycle": "utredning"}),
        ("/uppdrag", {"title": "x", "lifecycle": nasty}),
        (f"/uppdrag/{id}/advance", {"trigger": nasty, "facts": {nasty: nasty}}),
        ("/reschedule", {"uppdrag": [nasty], "span": nasty, "paragraph": nasty}),
    ):
        assert at.post(path, body, match="*").status_code in (404, 422), path
