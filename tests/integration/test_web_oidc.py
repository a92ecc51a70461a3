"""Logging in through an OpenID provider: a real one on loopback, which tells the truth, lies, and is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from httpx2 import Response
from joserfc.jwk import RSAKey

from tests.cast import KANSLI, NOW
from tests.integration.doing import with_the_regions
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, provider
from tests.web import SETTINGS, Visiting, visiting
from uppdrag import settings
from uppdrag.service import identities, people, signing_in
from uppdrag.service.house import House
from uppdrag.settings import Oidc, SettingWrong

REGISTRATOR = "registrator@region-uppsala.example"
PEOPLE = Path(__file__).parents[2] / "definitions" / "people" / "exempel.csv"
ROLES = (("nspl-kansli", "kansli"), ("CN=Drift,OU=IT", "drift"), ("ledning", "chefsgrupp"), ("revision", "insyn"))
EVA: Claims = {"sub": "s-eva", "name": "Eva Lind", "email": REGISTRATOR, "email_verified": True}


@pytest.fixture
def peopled(house: House) -> House:
    people.import_people(house, "exempel.csv", PEOPLE.read_bytes(), actor=KANSLI, now=NOW)
    return house


@pytest.fixture
def idp() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def at(peopled: House, idp: Provider) -> Iterator[Visiting]:
    oidc = Oidc(issuer=idp.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Region-id", roles=ROLES)
    with visiting(peopled, replace(SETTINGS, oidc=oidc)) as somebody:
        yield somebody


def _to_the_provider(at: Visiting, onward: str = "") -> str:
    """Begin, and log in over there: the address that the browser is sent back to."""
    begun = at.get(f"/logga-in/oidc?vidare={onward}")
    assert begun.status_code == 303
    sent = httpx2.get(begun.headers["location"], follow_redirects=False)
    assert sent.status_code == 302
    return sent.headers["location"]


def _back(at: Visiting, address: str) -> Response:
    found = urlsplit(address)
    return at.get(f"{found.path}?{found.query}")


def _log_in(at: Visiting, onward: str = "") -> Response:
    return _back(at, _to_the_provider(at, onward))


def _visitor(at: Visiting) -> signing_in.Visitor | None:
    return signing_in.visitor(at.house, at.client.cookies.get("uppdrag") or "", now=NOW)


def test_a_verified_address_is_an_office_and_leads_to_the_matter_behind_it(at: Visiting, idp: Provider) -> None:
    id = with_the_regions(at.house, "01", "03")
    idp.person = EVA
    assert "Logga in med Region-id" in at.get("/logga-in").text
    entered = _log_in(at, f"/svar/{id}/03")
    assert (entered.status_code, entered.headers["location"]) == (303, f"/svar/{id}/03")
    page = at.get(f"/svar/{id}/03")
    assert "Eva Lind, registrator i Region Uppsala" in page.text
    asked = idp.asked[0]
    assert {"code_challenge", "nonce", "state"} <= set(asked)
    assert len({asked["code_challenge"], asked["nonce"], asked["state"]}) == 3


def test_sub_is_the_identity_and_the_address_only_how_it_began(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    assert _log_in(at).headers["location"] == "/"
    idp.person = {"sub": "s-eva", "name": "Eva Lind", "email": "eva.gift@region-uppsala.example"}
    assert _log_in(at).headers["location"] == "/", "she has another address now"
    idp.person = {**EVA, "sub": "s-mallory", "name": "Mallory"}
    refused = _log_in(at)
    assert refused.status_code == 403
    assert "redan knuten till någon annans inloggning" in refused.text
    assert "Skriv till kansliet" in refused.text


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_an_address_that_is_not_verified_is_nobodys(at: Visiting, idp: Provider, verified: object) -> None:
    idp.person = {**EVA, "email_verified": verified}
    refused = _log_in(at)
    assert refused.status_code == 403
    assert "vi vet inte vilken befattning du har" in refused.text
    assert not identities.listed(at.house)


def test_a_group_gives_a_role(at: Visiting, idp: Provider) -> None:
    for group, role in ROLES:
        idp.person = {"sub": f"s-{role}", "name": "Anna Ek", "groups": ["annat", group]}
        assert _log_in(at).status_code == 303
        visitor = _visitor(at)
        assert visitor
        assert (visitor.role, visitor.region, visitor.name) == (role, "", "Anna Ek")
    idp.person = {"sub": "s-x", "name": "Mallory", "groups": ["nspl-kansl", "region"]}
    assert _log_in(at).status_code == 403


def test_who_has_two_roles_says_which(at: Visiting, idp: Provider) -> None:
    idp.person = {**EVA, "groups": ["CN=Drift,OU=IT"]}
    assert _log_in(at, "/systemstatus").headers["location"] == "/logga-in/vem?vidare=/systemstatus"
    page = at.get("/logga-in/vem?vidare=/systemstatus")
    assert "Eva Lind" in page.text
    assert "checked" not in page.text
    assert 'name="namn"' not in page.text, "the provider has said the name"
    assert at.post("/logga-in/vem", {"vidare": "/systemstatus"}).status_code == 422
    assert at.post("/logga-in/vem", {"befattning": "kansli:"}).status_code == 422, "only what was offered"
    chosen = at.post("/logga-in/vem", {"befattning": "drift:", "vidare": "/systemstatus"})
    assert chosen.headers["location"] == "/systemstatus"
    visitor = _visitor(at)
    assert visitor
    assert (visitor.role, visitor.name) == ("drift", "Eva Lind")


def test_what_the_token_does_not_say_is_asked_for(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    idp.in_userinfo = ("email", "email_verified", "name")
    assert _log_in(at).status_code == 303
    visitor = _visitor(at)
    assert visitor
    assert visitor.name == "Eva Lind, registrator i Region Uppsala"


def test_what_is_told_of_somebody_else_is_not_believed(at: Visiting, idp: Provider) -> None:
    idp.person = {**EVA, "sub": "s-other"}
    idp.in_userinfo = ("email", "email_verified")
    idp.lie = lambda claims: {**claims, "sub": "s-eva"}
    _is_refused(_log_in(at), "gick inte att lita på")


LIES: dict[str, tuple[Callable[[Provider, Claims], Claims], str]] = {
    "nonce": (lambda _, c: {**c, "nonce": "another"}, "gick inte att lita på"),
    "no nonce": (lambda _, c: {k: v for k, v in c.items() if k != "nonce"}, "gick inte att lita på"),
    "audience": (lambda _, c: {**c, "aud": "another-program"}, "gick inte att lita på"),
    "two audiences": (lambda _, c: {**c, "aud": [CLIENT_ID, "x"], "azp": "x"}, "gick inte att lita på"),
    "issuer": (lambda _, c: {**c, "iss": "https://evil.example"}, "gick inte att lita på"),
    "no subject": (lambda _, c: {k: v for k, v in c.items() if k != "sub"}, "gick inte att lita på"),
    "empty subject": (lambda _, c: {**c, "sub": ""}, "gick inte att lita på"),
    "no end": (lambda _, c: {k: v for k, v in c.items() if k != "exp"}, "gick inte att lita på"),
    "other access token": (lambda _, c: {**c, "at_hash": "x" * 22}, "gick inte att lita på"),
    "expired": (lambda p, c: {**c, "exp": int(p.moment) - 121}, "Klockan"),
    "from the future": (lambda p, c: {**c, "iat": int(p.moment) + 121}, "Klockan"),
    "old": (lambda p, c: {**c, "iat": int(p.moment) - 3600}, "Klockan"),
}


@pytest.mark.parametrize("about", list(LIES))
def test_a_token_that_does_not_hold_logs_nobody_in(at: Visiting, idp: Provider, about: str) -> None:
    idp.person = EVA
    lie, told = LIES[about]
    idp.lie = lambda claims: lie(idp, claims)
    _is_refused(_log_in(at), told)


SIGNATURES: dict[str, Callable[[Provider, Claims], str]] = {
    "none": Provider.unsigned,
    "the public key as a secret": Provider.signed_with_the_public_key,
    "another key": lambda p, c: p.signed(c, RSAKey.generate_key(2048, {"kid": "one"})),
    "an unknown key": lambda p, c: p.signed(c, RSAKey.generate_key(2048, {"kid": "two"}), kid="two"),
    "cut off": lambda p, c: p.signed(c).rpartition(".")[0] + ".",
    "not a token": lambda *_: "hej",
    "changed afterwards": lambda p, c: p.signed(c).replace(".", ".e", 1),
}


@pytest.mark.parametrize("by", list(SIGNATURES))
def test_a_signature_that_is_not_the_providers_logs_nobody_in(at: Visiting, idp: Provider, by: str) -> None:
    idp.person = EVA
    idp.sign = SIGNATURES[by]
    _is_refused(_log_in(at), "gick inte att lita på")


def test_clocks_may_differ_a_little(at: Visiting, idp: Provider) -> None:
    for skew in (-100, 100):
        idp.person, idp.moment = EVA, NOW.timestamp() + skew
        assert _log_in(at).status_code == 303


def test_a_provider_may_take_new_keys(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    assert _log_in(at).status_code == 303
    idp.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    idp.sign = lambda p, claims: p.signed(claims, kid="two")
    assert _log_in(at).status_code == 303


def test_an_answer_is_used_once_and_only_where_it_was_asked_for(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    answer = _to_the_provider(at)
    cookie = at.client.cookies["uppdrag-in-oidc"]
    with visiting(at.house, at.web.settings) as other:
        _is_refused(_back(other, answer), "påbörjad i en annan webbläsare")
        other.client.cookies.set("uppdrag-in-oidc", cookie[:-1] + "x")
        _is_refused(_back(other, answer), "påbörjad i en annan webbläsare")
    assert _back(at, answer).status_code == 303
    at.client.cookies.set("uppdrag-in-oidc", cookie)
    assert "redan använd" in _back(at, answer).text, "the same answer with the same cookie"


def test_an_answer_of_another_provider_is_not_taken(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    address = _to_the_provider(at)
    mixed = address.replace(parse_qs(urlsplit(address).query)["iss"][0].replace(":", "%3A").replace("/", "%2F"),
                            "https%3A%2F%2Fevil.example")  # fmt: skip
    assert mixed != address
    _is_refused(_back(at, mixed), "gick inte att lita på")
    idp.says_iss = False
    _is_refused(_log_in(at), "gick inte att lita på")


def test_a_code_of_somebody_elses_is_not_taken(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    with visiting(at.house, at.web.settings) as other:
        stolen = parse_qs(urlsplit(_to_the_provider(other)).query)["code"][0]
    own = _to_the_provider(at)
    _is_refused(_back(at, own.replace(parse_qs(urlsplit(own).query)["code"][0], stolen)), "Börja om")


@pytest.mark.parametrize(
    ("query", "told"),
    [("", "påbörjad i en annan"), ("?state=x&code=y", "påbörjad i en annan"), ("?error=access_denied", "påbörjad")],
)
def test_an_answer_that_nobody_asked_for_is_told(at: Visiting, query: str, told: str) -> None:
    _is_refused(at.get(f"/logga-in/oidc/svar{query}"), told)


def test_who_says_no_at_the_provider_is_told(at: Visiting, idp: Provider) -> None:
    answer = _to_the_provider(at)
    query = parse_qs(urlsplit(answer).query)
    denied = f"/logga-in/oidc/svar?error=access_denied&state={query['state'][0]}&iss={query['iss'][0]}"
    _is_refused(at.get(denied), "släppte inte in dig")


def test_a_provider_that_is_away_or_says_nonsense_is_told_and_the_code_is_still_there(
    at: Visiting, idp: Provider
) -> None:  # fmt: skip
    idp.down = True
    away = at.get("/logga-in/oidc")
    assert (away.status_code, "svarar inte" in away.text, "Logga in med en kod" in away.text) == (503, True, True)
    idp.down, idp.broken = False, True
    assert "gick inte att lita på" in at.get("/logga-in/oidc").text
    idp.broken = False
    idp.person = EVA
    answer = _to_the_provider(at)
    idp.down = True
    assert _back(at, answer).status_code == 503
    idp.down = False
    assert _log_in(at).status_code == 303, "and it works again as soon as the provider does"


def test_a_provider_that_calls_itself_something_else_is_not_believed(peopled: House, idp: Provider) -> None:
    oidc = Oidc(issuer=idp.address + "/", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    with visiting(peopled, replace(SETTINGS, oidc=oidc)) as at:
        assert "gick inte att lita på" in at.get("/logga-in/oidc").text


def test_a_wrong_secret_is_told_without_blaming_the_person(peopled: House, idp: Provider) -> None:
    oidc = Oidc(issuer=idp.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET + "!")
    with visiting(peopled, replace(SETTINGS, oidc=oidc)) as at:
        idp.person = EVA
        _is_refused(_log_in(at), "sköter driften")


def test_unbinding_logs_out_at_once_and_the_address_does_not_bind_again(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    _log_in(at)
    assert _visitor(at)
    assert [(b.binding.subject, b.office, b.region) for b in identities.listed(at.house)] == [
        ("s-eva", "registrator", "03")
    ]
    assert identities.unbind(at.house, "s-eva", now=NOW) == 1
    assert not _visitor(at)
    assert _log_in(at).status_code == 403
    assert identities.allow(at.house, "s-eva") == 1
    assert _log_in(at).status_code == 303


def test_who_has_left_the_office_is_logged_out_at_once(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    _log_in(at)
    successor = {"office": "registrator", "region": "03", "name": "Ny", "email": "ny@region-uppsala.example",
                 "first": "2026-03-27"}  # fmt: skip
    people.replace(at.house, successor, actor=KANSLI, now=NOW)
    assert not _visitor(at)
    assert _log_in(at).status_code == 403


def test_logging_out_leads_to_the_providers_own_logout(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    _log_in(at)
    at.token = at.client.cookies["uppdrag"]
    left = at.post("/logga-ut", {})
    assert left.headers["location"] == "/utloggad"
    page = at.get("/utloggad")
    assert f"{idp.address}/logout?client_id={CLIENT_ID}&amp;post_logout_redirect_uri=" in page.text
    idp.down = True
    with visiting(at.house, at.web.settings) as anew:
        assert anew.get("/utloggad").status_code == 200, "also when the provider is away"


def test_codes_can_be_turned_off(peopled: House, idp: Provider) -> None:
    oidc = Oidc(issuer=idp.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    with visiting(peopled, replace(SETTINGS, oidc=oidc, code_login=False)) as at:
        assert "Mejla en kod" not in at.get("/logga-in").text
        assert at.post("/logga-in", {"adress": REGISTRATOR}).headers["location"] == "/logga-in"
        assert "uppdrag-in" not in at.client.cookies


def test_no_token_stands_in_the_database(at: Visiting, idp: Provider) -> None:
    idp.person = EVA
    answer = _to_the_provider(at)
    began = at.client.cookies["uppdrag-in-oidc"]
    _back(at, answer)
    code, state = (parse_qs(urlsplit(answer).query)[name][0] for name in ("code", "state"))
    with at.house.database.reading() as session:
        held = str([list(session.raw(f"SELECT * FROM {t}")) for t in ("web_session", "web_login", "web_binding")])
    assert "s-eva" in held
    for secret in (began, code, state, at.client.cookies["uppdrag"], *idp.tokens):
        assert secret not in held


def test_without_the_setting_there_is_no_such_page(house: House) -> None:
    with visiting(house) as at:
        for path in ("/logga-in/oidc", "/logga-in/oidc/svar", "/utloggad"):
            assert at.get(path).status_code == 404


def test_a_machine_may_not_try_without_end(at: Visiting, idp: Provider) -> None:
    for n in range(signing_in.ASKED):
        identities.begin(at.house, f"token {n}", client="testclient", now=NOW)
    assert _log_in(at).status_code == 429
    later = NOW + timedelta(minutes=11)
    identities.begin(at.house, "later", client="testclient", now=later)


ENV = {"UPPDRAG_OIDC_ISSUER": "https://login.example.se", "UPPDRAG_OIDC_CLIENT_ID": "uppdrag"}


def test_the_settings_say_what_a_claim_gives() -> None:
    read = settings.read({**ENV, "UPPDRAG_OIDC_ROLES": "kansli=CN=NSPL,OU=X ; drift=it", "UPPDRAG_CODE_LOGIN": "nej"})
    assert read.oidc
    assert read.oidc.roles == (("CN=NSPL,OU=X", "kansli"), ("it", "drift"))
    assert not read.code_login
    assert "hemlig" not in repr(settings.read({**ENV, "UPPDRAG_OIDC_CLIENT_SECRET": "hemlig"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"UPPDRAG_OIDC_ISSUER": "http://login.example.se"},
        {"UPPDRAG_OIDC_ISSUER": "login.example.se"},
        {"UPPDRAG_OIDC_CLIENT_ID": ""},
        {"UPPDRAG_OIDC_SCOPES": "email"},
        {"UPPDRAG_OIDC_ROLES": "region=x"},
        {"UPPDRAG_OIDC_ROLES": "kansli"},
        {"UPPDRAG_CODE_LOGIN": "off"},
    ],
)
def test_a_setting_that_will_not_do_is_told(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingWrong) as told:
        settings.read({**ENV, **wrong})
    assert told.value.name in wrong


def test_codes_cannot_be_turned_off_without_another_way_in() -> None:
    with pytest.raises(SettingWrong):
        settings.read({"UPPDRAG_CODE_LOGIN": "nej"})


def _is_refused(response: Response, told: str) -> None:
    assert response.status_code in (403, 429, 503)
    assert told in response.text
    assert "uppdrag=" not in response.headers.get("set-cookie", "")
