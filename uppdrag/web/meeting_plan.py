"""*Sammanträdesplan*: how each region that is left fits the planned time, or another, and what would help most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from uppdrag import words
from uppdrag.service import planning, queries
from uppdrag.service.planning import UppdragPlan
from uppdrag.web.errors import status_of
from uppdrag.web.permissions import READERS, Forbidden, Pages
from uppdrag.web.rendering import render
from uppdrag.web.state import known_visitor, web_of
from uppdrag.web.tracks import body_name
from uppdrag.words import planning as told
from workflow.errors import Refused
from workflow.model import Region
from workflow.planning import RegionPlan

pages = Pages()
_SECTIONS = (("ryms_inte", "Ryms inte"), ("uppgift_saknas", "Uppgift saknas"), ("ryms", "Ryms"))
_REMEDIES = 3


class Row(NamedTuple):
    """One region's road in a window, in words."""

    code: str
    name: str
    why: str
    chain: tuple[str, ...]
    send_by: str
    slack: str


@pages.get("/uppdrag/{id}/plan", READERS)
def show(request: Request, id: str) -> Response:
    """The backward plan: what does not fit first. `tid` in the address asks about another time than the planned one."""
    web = web_of(request)
    now, asked = web.settings.now(), request.query_params.get("tid", "")[:100].strip()
    row = queries.detail(web.house, id, now=now).row
    if row.sensitive and known_visitor(request).role != "kansli":
        raise Forbidden("role")
    regions = {r.lanskod: r for r in queries.regions(web.house)}
    try:
        plan, wrong, status = planning.plan(web.house, id, now=now, window=asked), "", 200
    except Refused as no:
        plan, wrong, status = None, " ".join(words.sentence(r) for r in no.refusals), status_of(no)
    year = plan.today.year if plan else 0
    return render(
        request, "sammantradesplan.html", status=status if asked else 200, row=row, plan=plan, asked=asked, wrong=wrong,
        survey=told.survey(plan.survey, regions) if plan else [], helpful=_helpful(plan, regions, year) if plan else [],
        sections=[(v, label, [_row(p, regions, year) for p in plan.plans if p.verdict == v]) for v, label in _SECTIONS]
        if plan else [],
        example=bool(plan and any(n.code == "example" for p in plan.plans for n in p.notes)),
        concluded=[words.region(regions, code) for code in plan.concluded] if plan else [],
    )  # fmt: skip


def _row(p: RegionPlan, regions: Mapping[str, Region], year: int) -> Row:
    notes = [told.note(n, year=year) for n in p.notes if n.code != "example"]
    slack = p.slack_working_days
    minus = "\N{MINUS SIGN}" if slack is not None and slack < 0 else ""
    days = "" if slack is None else f"{minus}{abs(slack)} arbetsdag{'' if abs(slack) == 1 else 'ar'}"
    return Row(
        p.region, words.region(regions, p.region),
        " ".join((told.why(p, year=year), *told.missing(p.missing, year=year), *notes)),
        tuple(f"{body_name(k.body)} {k.first.isoformat()}" for k in p.chain),
        p.send_by.isoformat() if p.send_by else "", days,
    )  # fmt: skip


def _helpful(plan: UppdragPlan, regions: Mapping[str, Region], year: int) -> list[tuple[str, tuple[str, ...]]]:
    """What would help most; regions that need the same thing together, where the first of them stands."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in plan.ranked:
        needed = tuple(told.ranked(one, year=year)[:_REMEDIES])
        alike.setdefault(needed, []).append(words.region(regions, one.plan.region))
    return [(", ".join(names), needed) for needed, names in alike.items()]
