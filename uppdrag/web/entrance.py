"""The pages around a login: in, out, what was left behind, and how accessible all of it is."""

from __future__ import annotations

from uppdrag.web import accessibility, arriving, login, own_logins, resuming
from uppdrag.web.permissions import Pages

ENTRANCE: tuple[Pages, ...] = (login.pages, arriving.pages, own_logins.pages, resuming.pages, accessibility.pages)
