"""Every page that there is can be reached by following links."""

from __future__ import annotations

import pytest

from tests.browser.enumerated import missed, pages_of
from tests.browser.seen import Site
from tests.web import SETTINGS
from uppdrag.service.signing_in import WEB_ROLES, WebRole
from uppdrag.web.app import create_app


@pytest.mark.parametrize("role", WEB_ROLES)
def test_no_page_is_left_out(full_site: Site, role: WebRole) -> None:
    """A new route is met by following links, or must be named in `enumerated`."""
    but = ("/uppdrag/{id}/historik/{seq}/ratta", "/uppdrag/{id}/historik/{seq}/aterta") if role == "region" else ()
    assert missed(create_app(full_site.house, SETTINGS), role, pages_of(full_site, role), but) == []
