"""What the kansli does by hand on the pages: mails, what came in, who holds which office. And what a region asks."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape

import pytest

from storage import mail_acts, outbox
from tests import mails
from tests.cast import NOW
from tests.integration.at_the_office import ANSWER, EVIL, TO, at, came_in, do, id
from tests.integration.doing import decide
from tests.web import SETTINGS, Visiting, visiting
from uppdrag.service import incoming, mailing, people, queries, questions, suppressions
from uppdrag.service.house import House
from uppdrag.service.verifying import Verification, Verifying

__all__ = ["at", "id"]


def _status(house: House) -> str:
    return mailing.shown(house, mails.SENT).queued.status


def test_a_mail_is_held_released_and_cancelled_by_somebody_with_a_name(at: Visiting, house: House) -> None:
    path = f"/utskick/{mails.SENT}"
    assert "Mejlet väntar i kön." in at.get(path).text
    assert do(at, f"{path}/gor/hall") == 303
    assert _status(house) == "hallen"
    assert do(at, f"{path}/gor/slapp") == 303
    assert _status(house) == "koad"
    assert do(at, f"{path}/gor/avbryt", skal="Regionen har ringt") == 303
    assert _status(house) == "avbruten"
    page = at.get(path).text
    assert 'Hölls inne <span class="dag">2026-03-27\xa010:00</span> av Anna Ek' in page
    assert 'Avbröts <span class="dag">2026-03-27\xa010:00</span> av Anna Ek: Regionen har ringt' in page
    again = at.post(f"{path}/gor/slapp", {"nyckel": "another"})
    assert again.status_code == 422
    assert "Mejlet är avbruten" in again.text


def test_one_form_is_one_act_however_often_it_is_sent(at: Visiting, house: House) -> None:
    path = f"/utskick/{mails.SENT}/gor/forsok"
    hidden = at.hidden(at.get(path))
    with ThreadPoolExecutor(8) as many:
        assert {r.status_code for r in many.map(lambda _: at.post(path, hidden), range(20))} == {303}
    with house.database.reading() as session:
        assert len(mail_acts.about(session, mails.SENT)) == 1


def test_the_whole_queue_is_paused_with_a_reason_and_opened(at: Visiting, house: House) -> None:
    assert do(at, "/utskick/ko/pausa", skal="") == 422
    assert do(at, "/utskick/ko/pausa", skal="Vi väntar på chefsgruppen") == 303
    assert mailing.queue(house).paused
    assert "Vi väntar på chefsgruppen" in at.get("/utskick").text
    assert "Kön pausades" in at.get("/utskick").text
    assert do(at, "/utskick/ko/starta") == 303
    assert mailing.queue(house).open
    assert at.get("/utskick/ko/annat").status_code == 404


def test_a_mail_is_shown_where_it_can_do_nothing(at: Visiting) -> None:
    page = at.get(f"/utskick/{mails.SENT}")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert re.search(r"<iframe[^>]* sandbox></iframe>", page.text)
    framed = at.get(f"/utskick/{mails.SENT}/html")
    policy = framed.headers["content-security-policy"]
    assert policy.endswith("sandbox")
    assert "unsafe" not in policy
    assert "script-src" not in policy, "default-src 'none' stands for it"
    assert "style=" not in framed.text
    assert "#123456" in framed.text, "its look is kept"
    assert framed.headers["x-frame-options"] == "SAMEORIGIN"


def test_a_login_code_is_not_for_others_to_read_where_mail_is_real(house: House, id: str) -> None:
    chosen = replace(SETTINGS, mail="skarp")
    with visiting(house, chosen) as at:
        at.post("/logga-in", {"adress": TO})
        code = next(m for m in mailing.listed(house, limit=9) if m.subject.startswith("Din kod"))
        at.log_in("kansli")
        digits = re.search(r"\d{3} \d{3}", mailing.shown(house, code.id).message.text)
        assert digits
        assert digits[0] not in at.get(f"/utskick/{code.id}").text
        assert at.get(f"/utskick/{code.id}/html").status_code == 404


def test_a_suppressed_address_is_lifted_and_what_did_not_arrive_is_sent_again(at: Visiting, house: House) -> None:
    about = mailing.shown(house, mails.SENT).queued
    with house.database.transaction() as session:
        incoming.give_up_address(session, about, "550 okänd", NOW)
        outbox.move(session, mails.SENT, {"koad"}, "kraver_atgard")
    path = f"/utskick/sparr?adress={TO}"
    assert "550 okänd" in at.get("/utskick").text
    assert "Häv spärren och sänd om" in at.get(f"/utskick/{mails.SENT}").text
    hidden = at.hidden(at.get(path))
    assert at.post("/utskick/sparr", {**hidden, "sand_om": "ja"}).status_code == 303
    assert _status(house) == "koad"
    assert suppressions.listed(house) == []
    assert at.post("/utskick/sparr", {"adress": ""}).status_code == 404


def test_a_region_asks_once_and_gets_its_answer_by_mail_and_on_its_page(at: Visiting, house: House, id: str) -> None:
    at.log_in("region", "03", name="Eva Lind")
    path = f"/regioner/03/fraga?uppdrag={id}"
    hidden = at.hidden(at.get(path))
    assert at.post("/regioner/03/fraga", {**hidden, "fraga": ""}).status_code == 422
    for _ in range(2):
        assert at.post("/regioner/03/fraga", {**hidden, "fraga": f"Gäller det oss? {EVIL}"}).status_code == 303
    (asked,) = questions.listed(house)
    assert (asked.uppdrag, asked.region, asked.asker) == (id, "03", "Eva Lind")
    assert "Väntar på svar." in at.get("/regioner/03").text
    at.log_in("kansli")
    assert "Gäller det oss?" in at.get("/att-gora").text
    page = at.get(f"/inkommet/fraga/{asked.id}")
    assert EVIL not in page.text
    assert do(at, f"/inkommet/fraga/{asked.id}", svar="") == 422
    for _ in range(2):
        assert do(at, f"/inkommet/fraga/{asked.id}", svar="Ja, från Q3.") == 303
    assert questions.listed(house) == []
    told = [m for m in mailing.listed(house, recipient=TO, limit=9) if "Svar från kansliet" in m.subject]
    assert len(told) == 1
    assert "Ja, från Q3." in mailing.shown(house, told[0].id).message.text
    at.log_in("region", "03", name="Eva Lind")
    assert "Ja, från Q3." in at.get("/regioner/03").text
    at.log_in("region", "01", name="Bo")
    assert "Ja, från Q3." not in at.get("/regioner/03").text, "another region's questions are its own"
    assert at.get("/regioner/03/fraga").status_code == 403
    assert at.post("/regioner/03/fraga", {"fraga": "x", "nyckel": "k"}).status_code == 403


def test_a_fault_in_a_receipt_lands_with_the_kansli(at: Visiting, house: House, id: str) -> None:
    at.log_in("region", "03", name="Eva Lind")
    path = f"/svar/{id}/03"
    hidden = at.hidden(at.get(path))
    receipt = at.get(at.post(path, {**hidden, **ANSWER, "steg": "registrera"}).headers["location"]).text
    link = re.search(r'href="(/anmal-fel/[^"]+)"', receipt)
    assert link
    mailed = next(m for m in mailing.listed(house, recipient=TO, limit=9) if "Kvitto" in m.subject)
    assert link[1] in mailing.shown(house, mailed.id).message.text
    assert do(at, link[1], fraga="Det var § 89") == 303
    (told,) = questions.listed(house)
    assert (told.kind, told.event) == ("fel", queries.history(house, id)[-1].id)
    assert at.get(f"/anmal-fel/{id}/03/1").status_code == 404
    at.log_in("region", "01", name="Bo")
    assert at.get(link[1]).status_code == 403


def test_a_region_names_a_substitute_of_its_own_domain_only(at: Visiting, house: House) -> None:
    at.log_in("region", "03", name="Eva Lind", office="registrator", address=TO)
    path = "/regioner/03/ersattare"
    said = {"namn": "Kim Ek", "epost": "kim@evil.example", "forsta": "2026-04-01", "sista": "2026-04-30"}
    refused = at.post(path, {**said, "steg": "granska"})
    assert refused.status_code == 422
    assert "annan domän" in refused.text
    own = {**said, "epost": "kim.ek@region-uppsala.example"}
    shown = at.post(path, {**own, "steg": "granska"})
    assert "är ersättare från 1\xa0april\xa02026 till 30\xa0april\xa02026" in shown.text
    for _ in range(2):
        assert at.post(path, {**at.hidden(shown), "steg": "registrera"}).status_code == 303
    found = [h for h in people.listed(house, now=NOW, region="03") if h.capacity == "ersattare"]
    assert [(h.office, h.email) for h in found] == [("registrator", "kim.ek@region-uppsala.example")]
    at.log_in("region", "03", name="Eva Lind")
    assert at.post(path, {**own, "steg": "granska"}).status_code == 422, "who came by a link has no office of her own"


def test_chefsgruppen_sees_its_own_samverkansregion_first(house: House, id: str) -> None:
    with visiting(house) as at:
        at.log_in("chefsgrupp", "25", name="Stina")
        page = at.get("/regioner").text
        assert "Din samverkansregion" in page
        assert page.index("Region Norrbotten") < page.index("Region Stockholm")
        matrix = at.get("/laget").text
        assert matrix.index("/regioner/25") < matrix.index("/regioner/01")
        at.log_in("kansli")
        assert "Din samverkansregion" not in at.get("/regioner").text


def test_the_search_finds_what_the_one_who_asks_may_see(at: Visiting, house: House, id: str) -> None:
    decide(house, id, "03", body="RF", paragraph="4711", dnr="RS 2026-99")
    came_in(house, mails.answer(subject="Om pärlor"))
    assert "RS 2026-99" in at.get("/sok?q=§ 4711").text
    assert "RS 2026-99" in at.get("/sok?q=rs 2026-99").text
    assert "Om pärlor" in at.get("/sok?q=PÄRLOR").text
    assert f"/utskick/{mails.SENT}" in at.get(f"/sok?q={TO}").text
    assert "registrator" in at.get(f"/sok?q={TO}").text
    assert f"/uppdrag/{id}#historik" in at.get("/sok?q=§ 5").text, "chefsgruppens own § are found as well"
    for role in ("chefsgrupp", "insyn", "region"):
        at.log_in(role, "03" if role == "region" else "")
        assert "RS 2026-99" in at.get("/sok?q=rs 2026-99").text
        for word in ("pärlor", TO, "påminnelse"):
            assert "Inget passar." in at.get(f"/sok?q={word}").text, (role, word)
        assert "U2026-09" not in at.get("/sok?q=säkerhetsskyddsavtal").text


def test_the_log_is_verified_beside_the_pages(at: Visiting) -> None:
    assert "Ingen kontroll har körts" in at.get("/systemstatus").text
    assert at.post("/systemstatus/kontroll", {}).status_code == 303
    page = ""
    for _ in range(200):
        page = at.get("/systemstatus").text
        if "Kontrollen pågår" not in page:
            break
    assert "Loggen håller ihop" in page
    at.log_in("insyn")
    assert "Kontrollera loggen" not in at.get("/systemstatus").text
    assert at.post("/systemstatus/kontroll", {}).status_code == 403


def test_a_proof_that_goes_on_leads_to_its_result(at: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Verification(by="Anna Ek", started_at=NOW)
    monkeypatch.setattr(Verifying, "last", property(lambda _: run))
    running = at.get("/systemstatus").text
    assert "Kontrollen pågår" in running
    assert 'hx-trigger="every' in running
    link = re.search(r'href="(/systemstatus\?[^"]+)#kontroll"', running)
    assert link, "a link to the page itself with nothing but a fragment would not load it again"
    run = replace(run, done_at=NOW, failed=True)
    done = at.get(unescape(link[1])).text
    assert "gick inte att slutföra" in done
    assert 'hx-trigger="every' not in done


def test_what_is_to_come_is_foretold_by_day(at: Visiting) -> None:
    assert "Det som kommer att gå" in at.get("/utskick/kommande").text
    assert at.get("/utskick/kommande?dag=2026-08-05").status_code == 200
    for wrong in ("igår", "2020-01-01", "9999-12-31"):
        assert at.get(f"/utskick/kommande?dag={wrong}").status_code == 422


def test_every_template_is_shown(at: Visiting) -> None:
    names = re.findall(r'href="/utskick/mallar/([a-z_]+)"', at.get("/utskick/mallar").text)
    assert len(names) > 10
    for name in names:
        assert at.get(f"/utskick/mallar/{name}").status_code == 200
        assert "style=" not in at.get(f"/utskick/mallar/{name}/html").text
    assert at.get("/utskick/mallar/finns_inte").status_code == 404


def test_each_thing_to_do_has_its_next_act(at: Visiting, house: House, id: str) -> None:
    about = mailing.shown(house, mails.SENT).queued
    with house.database.transaction() as session:
        incoming.give_up_address(session, about, "550 okänd", NOW)
        outbox.move(session, mails.SENT, {"koad"}, "kraver_atgard")
    mail = came_in(house, mails.answer("RF antog, § 88.", subject="Ett svar"))
    unknown = came_in(house, mails.answer("Vad?", to="", subject="Okänt"))
    page = at.get("/att-gora").text
    held = next(h for h in people.listed(house, now=NOW, region="03") if h.flagged)
    for act in (
        f"/uppdrag/{id}/expediera", f"/svar/{id}/03?mejl={mail}", f"/inkommet/{unknown}", f"/utskick/{mails.SENT}",
        f"/befattningshavare/ratta/{held.id}", "/systemstatus",
    ):  # fmt: skip
        assert f'href="{act}"' in page, act
    hidden = at.hidden(at.get(f"/svar/{id}/03?mejl={mail}"))
    assert at.post(f"/svar/{id}/03", {**hidden, **ANSWER, "steg": "registrera"}).status_code == 303
    assert f"/inkommet/{mail}/diariefor" in at.get("/att-gora").text, "it still has no number"
    assert do(at, f"/inkommet/{mail}/diariefor", dnr="RK2026-1-2") == 303
    assert f"/inkommet/{mail}/diariefor" not in at.get("/att-gora").text
