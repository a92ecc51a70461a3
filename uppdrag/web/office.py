"""The pages of the kansli's own places, in the order in which their addresses are tried."""

from __future__ import annotations

from uppdrag.web import coming, holders, incoming, letters, lifecycles, mails, own_region, readers, rosters, systems
from uppdrag.web.permissions import Pages

OFFICE: tuple[Pages, ...] = (
    mails.pages, coming.pages, letters.pages, incoming.pages, rosters.pages, holders.pages, own_region.pages,
    lifecycles.pages, systems.pages, readers.pages,
)  # fmt: skip
"""`/utskick/mallar` before `/utskick/{id}`."""
