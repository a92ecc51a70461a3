"""The organisation's login in a real browser: to the provider, back to the matter, and out of both."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Browser, expect

from tests.browser.seen import Site, violations
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, provider
from tests.web import SETTINGS
from uppdrag.settings import Oidc
from uppdrag.web.server import free_port, serving


def test_somebody_goes_to_the_provider_and_comes_back_to_the_matter(chromium: Browser, site: Site) -> None:
    port = free_port("127.0.0.1")
    address = f"http://localhost:{port}"  # another site than the provider's, so that SameSite means something
    with provider() as idp:
        oidc = Oidc(issuer=idp.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Region-id")
        idp.person = {"sub": "s-1", "name": "Eva Lind", "email": "registrator@region-skane.example",
                      "email_verified": True}  # fmt: skip
        chosen = replace(SETTINGS, url=address, oidc=oidc)
        with (
            serving(site.house, chosen, host="127.0.0.1", port=port),
            chromium.new_context(base_url=address) as context,
        ):
            page = context.new_page()
            page.goto(f"/svar/{site.matter}/12")
            assert not violations(page)
            page.get_by_role("link", name="Logga in med Region-id").click()
            expect(page).to_have_url(f"{address}/svar/{site.matter}/12")
            expect(page.get_by_role("link", name="Eva Lind, registrator i Region Skåne")).to_be_visible()
            page.get_by_role("button", name="Logga ut").click()
            expect(page.get_by_role("heading", name="Du är utloggad ur Uppdrag")).to_be_visible()
            assert not violations(page)
            page.get_by_role("link", name="Logga ut ur Region-id").click()
            expect(page.locator("body")).to_contain_text("/logout")

            idp.person = {"sub": "s-2", "name": "Ingen"}
            page.goto("/logga-in")
            page.get_by_role("link", name="Logga in med Region-id").click()
            expect(page.get_by_role("heading", name="Inloggningen gick inte")).to_be_visible()
            assert not violations(page)
