"""*Inkommet* on the pages: answers by mail registered once, linked or put aside; files are never pages."""

from __future__ import annotations

from tests import mails
from tests.integration.at_the_office import ANSWER, at, came_in, do, id
from tests.integration.doing import decide, matter
from tests.web import Visiting
from uppdrag.service import inbox, queries
from uppdrag.service.house import House

__all__ = ["at", "id"]


def test_an_answer_by_mail_is_registered_with_its_mail_once(at: Visiting, house: House, id: str) -> None:
    mail = came_in(house, mails.answer("RF antog, § 88.", ("utdrag.pdf", mails.PDF)))
    path = f"/svar/{id}/03"
    form = at.get(f"{path}?mejl={mail}")
    assert "RF antog, § 88." in form.text
    assert "utdrag.pdf" in form.text
    shown = at.post(path, {**at.hidden(form), **ANSWER, "steg": "granska"})
    assert inbox.show(house, mail).status == "ny", "it is only shown"
    done = [at.post(path, {**at.hidden(shown), "steg": "registrera"}) for _ in range(2)]
    assert [r.status_code for r in done] == [303, 303]
    kept = inbox.show(house, mail)
    assert (kept.status, kept.handled_by) == ("registrerad", "Anna Ek")
    assert matter(house, id).regions["03"].decisions[0].source == "protokollsutdrag"
    assert [e.id for e in queries.history(house, id) if e.region == "03"] == [kept.event]
    other = at.post(
        path, {**at.hidden(at.get(f"{path}?mejl={mail}")), **ANSWER, "paragraf": "89", "steg": "registrera"}
    )
    assert other.status_code == 422
    assert "är redan registrerad av Anna Ek" in other.text
    assert do(at, f"/inkommet/{mail}/diariefor", dnr="RK2026-1-2") == 303
    assert inbox.show(house, mail).dnr == "RK2026-1-2"


def test_a_refused_answer_leaves_its_mail_waiting(at: Visiting, house: House, id: str) -> None:
    mail = came_in(house, mails.answer())
    hidden = at.hidden(at.get(f"/svar/{id}/03?mejl={mail}"))
    decide(house, id, "03", "bordlagd", body="RF")
    assert at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"}).status_code == 409
    assert inbox.show(house, mail).status == "ny"


def test_an_unknown_mail_is_linked_or_put_aside_with_a_reason(at: Visiting, house: House, id: str) -> None:
    mail = came_in(house, mails.answer("Vad gäller det här?", to=""))
    assert "inte klart vad mejlet gäller" in at.get(f"/inkommet/{mail}").text
    assert do(at, f"/inkommet/{mail}/koppla", uppdrag=id, region="12") == 422
    assert do(at, f"/inkommet/{mail}/koppla", uppdrag=id, region="03") == 303
    assert (inbox.show(house, mail).uppdrag, inbox.show(house, mail).region) == (id, "03")
    assert f"Kopplades till {id} 03 av Anna Ek" in at.get(f"/inkommet/{mail}").text
    assert do(at, f"/inkommet/{mail}/avfarda", why="") == 422
    assert do(at, f"/inkommet/{mail}/avfarda", why="Reklam") == 303
    assert inbox.show(house, mail).status == "avfardad"


def test_a_file_is_never_a_page_of_ours(at: Visiting, house: House) -> None:
    mail = came_in(house, mails.answer("Se bilagan", ("utdrag.pdf", mails.PDF)))
    response = at.get(f"/inkommet/{mail}/fil/1")
    assert response.content == mails.PDF
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].endswith("sandbox")
    for wrong in ("2", "0", "x", "99999"):
        assert at.get(f"/inkommet/{mail}/fil/{wrong}").status_code == 404
    for role in ("region", "chefsgrupp", "insyn", "drift"):
        at.log_in(role, "03" if role == "region" else "")
        assert at.get(f"/inkommet/{mail}/fil/1").status_code == 403
