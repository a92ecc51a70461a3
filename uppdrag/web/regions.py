"""*Läget i regionerna* and *Regioner*: every region on every uppdrag, and one region in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from fastapi import Request
from fastapi.responses import Response

from uppdrag.service import catalogue, following, people, queries, questions
from uppdrag.web import tracks
from uppdrag.web.permissions import READERS, Pages
from uppdrag.web.rendering import page_number, render
from uppdrag.web.state import known_visitor, web_of
from workflow.calendar import local_date
from workflow.incoming import SHOWN_QUESTION
from workflow.model import Region
from workflow.people import OFFICES

pages = Pages()


@pages.get("/laget", READERS)
def matrix(request: Request) -> Response:
    """Uppdrag × regions, each cell with its mark and its word."""
    web = web_of(request)
    every = request.query_params.get("visa", "") == "alla"
    today = local_date(web.settings.now())
    page = page_number(request.query_params.get("sida", ""))
    found = web.overview.look(today, every=every, page=page)
    groups = sorted({g for r in found.regions for g in r.samverkansregioner})
    asked = request.query_params.get("grupp", "")[:60]
    group = asked if asked in groups else ""
    own = _own_groups(request, found.regions)
    chosen = [r for r in found.regions if not group or group in r.samverkansregioner]
    regions = _own_first(chosen, own)
    codes = [r.lanskod for r in regions]
    table = [(row, [its.get(code) for code in codes]) for row, its in found.rows]
    counts = Counter(chain.from_iterable(cells for _, cells in table))
    legend = sorted(((one, n) for one, n in counts.items() if one), key=lambda pair: tracks.ORDER.index(pair[0].key))
    mine = [r.lanskod for r in regions if own & set(r.samverkansregioner)]
    return render(
        request, "laget.html", regions=regions, table=[t for t in table if any(t[1])], groups=groups, group=group,
        every=every, legend=legend, query=request.url.query, own=mine, found=found,
        turned=request.url.remove_query_params("sida").query, group_names=catalogue.groups(web.house),
    )  # fmt: skip


@pages.get("/regioner", READERS)
def listing(request: Request) -> Response:
    """The 21, each with how much it has open and has decided."""
    web = web_of(request)
    opened, decided = following.by_region(web.house)
    silent = {r.lanskod for r in people.without_address(web.house, now=web.settings.now())}
    regions = queries.regions(web.house)
    own = _own_groups(request, regions)
    parts = [("", regions)]
    if own:
        mine = [r for r in regions if own & set(r.samverkansregioner)]
        parts = [("Din samverkansregion", mine), ("De andra", [r for r in regions if r not in mine])]
    return render(
        request, "regioner.html", parts=parts, opened=opened, decided=decided, silent=silent,
        groups_own=own, group_names=catalogue.groups(web.house),
    )  # fmt: skip


@pages.get("/regioner/{lanskod}", READERS)
def one(request: Request, lanskod: str) -> Response:
    """What one region has open and has decided, what it has asked, and for the kansli whom to ask there."""
    web, visitor = web_of(request), known_visitor(request)
    now = web.settings.now()
    after = request.query_params.get("efter", "")[:20]
    found = following.page_of_region(web.house, lanskod, now=now, after=after)
    kansli = visitor.role == "kansli"
    own = visitor.role == "region" and visitor.region == lanskod
    return render(
        request, "region.html", region=found.region, found=found, open=[_told(i) for i in found.waiting],
        coming=found.coming, decided=[_told(i) for i in found.decided], further=after,
        holders=people.listed(web.house, now=now, region=lanskod) if kansli or own else [], offices=OFFICES,
        answers=kansli or own, own=own, done=request.query_params.get("klart", ""), asked_kinds=SHOWN_QUESTION,
        questions=questions.listed(web.house, region=lanskod, answered=True) if kansli or own else [],
        names={r.lanskod: r for r in queries.regions(web.house)},
        group_names=catalogue.groups(web.house),
        papers={i.row.id: i.fits.send_by for i in found.waiting if i.fits and i.fits.send_by},
    )  # fmt: skip


def _own_groups(request: Request, regions: Sequence[Region]) -> set[str]:
    """The samverkansregioner of a member of chefsgruppen, by the region that she or he leads; nobody else's."""
    visitor = known_visitor(request)
    if visitor.role != "chefsgrupp":
        return set()
    return {g for r in regions if r.lanskod == visitor.region for g in r.samverkansregioner}


def _own_first(regions: Sequence[Region], own: set[str]) -> list[Region]:
    return sorted(regions, key=lambda r: (not own & set(r.samverkansregioner), r.lanskod))


def _told(item: following.InHand) -> tuple[following.InHand, tracks.Lage, str]:
    c = item.cell
    return item, tracks.lage(c, item.lifecycle, item.row.state), tracks.body_name(c.body or c.planned_body)
