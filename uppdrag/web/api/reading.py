"""Questions: uppdrag, regions, meetings and what is declared. Nothing is written."""

from __future__ import annotations

from datetime import timedelta

from uppdrag import words
from uppdrag.service import catalogue, correcting, following, meetings, planning, queries, region_rows, rows
from uppdrag.service.queries import Detail
from uppdrag.web.api import discretion, paging, region_shapes, shapes
from uppdrag.web.api.access import not_hidden, sees_sensitive
from uppdrag.web.api.asked import MatrixAsked, MeetingsAsked, NextAsked, Nothing, Paged, PlanAsked, UppdragAsked
from uppdrag.web.api.calls import Call, Reply
from uppdrag.web.api.problems import Problem
from uppdrag.web.api.routes import Routes
from workflow.errors import NotFound
from workflow.events import Recorded
from workflow.model import Region
from workflow.status import MatrixFilter, StatusFilter, in_order

about_uppdrag = Routes("Uppdrag")
about_regions = Routes("Regioner")
about_rules = Routes("Ärendegångar")
about_key = Routes("Nyckeln")
_HISTORIANS = ("kansli", "insyn")
"""Who sees what every person has registered."""


@about_uppdrag.get("/uppdrag", "Lista uppdrag", shapes.Uppdrag, query=UppdragAsked, paged=True,
                   says="I nummerordning. Samma urval som uppdrag status.")  # fmt: skip
def list_uppdrag(call: Call, asked: UppdragAsked) -> Reply:
    """The uppdrag that a filter asks for."""
    idle = call.now - timedelta(days=asked.idle_days) if asked.idle_days else None
    wanted = StatusFilter(
        today=call.today, state=asked.state, lifecycle=asked.lifecycle, region=asked.region, owner=asked.owner,
        overdue=asked.overdue, due_before=asked.due_before, idle_since=idle,
    )  # fmt: skip
    whole = sees_sensitive(call.client)
    found = queries.status(call.house, wanted)
    if asked.owner and not whole:
        found = [row for row in found if not row.sensitive]  # who owns it cannot be guessed at by asking
    return paging.page(
        call.request, found, lambda row: list(in_order(row.id)),
        lambda row: discretion.uppdrag(rows.status_row(row), row, whole=whole), limit=asked.limit, after=asked.after,
    )  # fmt: skip


@about_uppdrag.get("/uppdrag/{id}", "Läs ett uppdrag", shapes.UppdragInFull,
                   says="Med planerade tider, remissrundor och läget i varje berörd region.")  # fmt: skip
def read_uppdrag(call: Call, _: Nothing) -> Reply:
    """One uppdrag in full; its version is the number of its last event."""
    return uppdrag(call, call.id)


@about_uppdrag.get("/uppdrag/{id}/regions", "Läs läget i regionerna", shapes.RegionState, several=True)
def list_region_states(call: Call, _: Nothing) -> Reply:
    """Every concerned region on an uppdrag."""
    return Reply({"items": uppdrag(call, call.id).content["region_states"]})


@about_uppdrag.get("/uppdrag/{id}/regions/{lanskod}", "Läs läget i en region", shapes.RegionState,
                   says="ETag ändras bara när regionen själv ändras, så regionerna stör inte varandra.")  # fmt: skip
def read_region_state(call: Call, _: Nothing) -> Reply:
    """One region on an uppdrag; its version is that of its own track."""
    return region_state(call, call.id, call.lanskod)


@about_uppdrag.get("/uppdrag/{id}/next", "Läs vad som kan hända härnäst", shapes.Option, query=NextAsked, several=True,
                   says="Stegen härifrån, vem som får ta dem, vad de kräver, och varför andra inte går.")  # fmt: skip
def list_next(call: Call, asked: NextAsked) -> Reply:
    """What can happen next."""
    not_hidden(call.client, detail(call, call.id).row.sensitive)
    _, _, options = queries.next_steps(call.house, call.id, role=asked.role or None)
    return Reply({"items": rows.options_rows(options)})


@about_uppdrag.get("/uppdrag/{id}/history", "Läs historiken", shapes.Event, query=Paged, paged=True,
                   says="Allt som har hänt, äldst först. För kansliet och insyn.")  # fmt: skip
def list_history(call: Call, asked: Paged) -> Reply:
    """What has happened with an uppdrag."""
    if call.client.role not in _HISTORIANS:
        raise Problem("role_not_allowed", "Historiken läses av kansliet och av insyn.")
    found = detail(call, call.id)
    not_hidden(call.client, found.row.sensitive)
    regions = _regions(call)
    return paging.page(
        call.request, found.history, lambda e: [e.seq],
        lambda e: rows.history_row(e, words.event(e, found.lifecycle, regions)), limit=asked.limit, after=asked.after,
    )  # fmt: skip


@about_uppdrag.get("/uppdrag/{id}/history/{seq}", "Läs en händelse", shapes.Event,
                   says="ETag ändras när händelsen rättas. En region läser det som gäller den själv.")  # fmt: skip
def read_event(call: Call, _: Nothing) -> Reply:
    """One event; its version is the number of the last event that said something of it."""
    return event(call)


@about_uppdrag.get("/uppdrag/{id}/plan", "Planera baklänges", region_shapes.Plan, query=PlanAsked, several=True,
                   says="Hur varje region hinner besluta, och senaste dag att skicka handlingarna.")  # fmt: skip
def list_plan(call: Call, asked: PlanAsked) -> Reply:
    """How the regions that are left fit a window."""
    not_hidden(call.client, detail(call, call.id).row.sensitive)
    found = planning.plan(call.house, call.id, now=call.now, window=asked.window)
    return Reply({"items": [region_rows.plan_row(p, call.today.year) for p in found.plans]})


@about_uppdrag.get("/uppdrag/{id}/adaptations", "Jämför besluten med förslaget", region_shapes.Adaptation, several=True)
def list_adaptations(call: Call, _: Nothing) -> Reply:
    """What was recommended, and what each region made of it."""
    found = following.adaptations(call.house, call.id, now=call.now)
    return Reply({"items": region_rows.adaptations_rows(found, _regions(call))})


@about_regions.get("/matrix", "Läs uppdragen mot regionerna", region_shapes.MatrixCell, query=MatrixAsked, paged=True,
                   says="En rad för varje uppdrag och berörd region. Samma urval som uppdrag matrix.")  # fmt: skip
def list_matrix(call: Call, asked: MatrixAsked) -> Reply:
    """Uppdrag × regions."""
    chosen = MatrixFilter(
        state=asked.state, body=asked.body, source=asked.source, region=asked.region,
        samverkansregion=asked.samverkansregion,
    )  # fmt: skip
    found = queries.matrix(call.house, StatusFilter(today=call.today, lifecycle=asked.lifecycle), chosen)
    told = region_rows.matrix_rows(found, call.today.year)
    told = discretion.cells(told, {r.id: r for r in found.rows}, whole=sees_sensitive(call.client))
    return paging.page(
        call.request, told, lambda row: [*in_order(row["uppdrag"]), row["region"]], lambda row: row,
        limit=asked.limit, after=asked.after,
    )  # fmt: skip


@about_regions.get("/regions", "Lista regionerna", region_shapes.Region, several=True)
def list_regions(call: Call, _: Nothing) -> Reply:
    """The 21."""
    return Reply({"items": [region_rows.region_row(r) for r in queries.regions(call.house)]})


@about_regions.get("/regions/{lanskod}", "Läs vad en region har", region_shapes.RegionInHand,
                   says="Det öppna först, det som brådskar mest överst; sedan det beslutade.")  # fmt: skip
def read_region(call: Call, _: Nothing) -> Reply:
    """What one region has open and has decided."""
    if call.lanskod not in _regions(call):
        raise NotFound("region", call.lanskod)
    found = following.region(call.house, call.lanskod, now=call.now)
    told = region_rows.region_rows(found, call.today.year)
    in_hand = {i.row.id: i.row for i in (*found.open, *found.decided)}
    told = discretion.cells(told, in_hand, whole=sees_sensitive(call.client))
    return Reply({**region_rows.region_row(found.region), "uppdrag": told})


@about_regions.get("/meetings", "Lista sammanträden", region_shapes.Meeting, query=MeetingsAsked, paged=True,
                   says="När regionernas organ och chefsgruppen möts, och deras handlingsstopp.")  # fmt: skip
def list_meetings(call: Call, asked: MeetingsAsked) -> Reply:
    """Meetings, by day."""
    wanted = meetings.Wanted(region=asked.region, body=asked.body, first=asked.first, last=asked.last)
    found = meetings.listed(call.house, wanted)
    return paging.page(
        call.request, found, lambda k: [k.meeting.first.isoformat(), k.meeting.region, k.meeting.body],
        region_rows.meeting_row, limit=asked.limit, after=asked.after,
    )  # fmt: skip


@about_rules.get("/lifecycles", "Lista ärendegångarna", region_shapes.LifecycleListed, several=True,
                 says="Varje version, och hur många uppdrag som följer den.")  # fmt: skip
def list_lifecycles(call: Call, _: Nothing) -> Reply:
    """Every published lifecycle version."""
    found = [d for d in catalogue.listed(call.house) if d.kind == "lifecycle"]
    return Reply({"items": [region_rows.definition_row(d) for d in found]})


@about_rules.get("/lifecycles/{name}/{version}", "Läs en ärendegång", region_shapes.Lifecycle,
                 says="Tillstånd, steg med sina uppgifter, tidsgränser och regionens eget spår.")  # fmt: skip
def read_lifecycle(call: Call, _: Nothing) -> Reply:
    """One version of a lifecycle; it never changes."""
    name, version = (call.request.path_params[part] for part in ("name", "version"))
    if not (version.isascii() and version.isdigit() and len(version) < 7):
        raise NotFound("lifecycle", f"{name}/{version}")
    return Reply(region_rows.lifecycle_row(catalogue.lifecycle(call.house, f"{name}/{version}")))


@about_key.get("/me", "Läs om nyckeln", shapes.Me)
def read_me(call: Call, _: Nothing) -> Reply:
    """What the client's own key is good for."""
    c = call.client
    return Reply(
        {"client": c.name, "role": c.role, "region": c.region or None, "scopes": sorted(c.scopes),
         "expires": c.ends_at.isoformat() if c.ends_at else None}
    )  # fmt: skip


def detail(call: Call, id: str) -> Detail:
    """One uppdrag as it is kept. Raises NotFound."""
    return queries.detail(call.house, id, now=call.now)


def uppdrag(call: Call, id: str) -> Reply:
    """One uppdrag as this client sees it."""
    found = detail(call, id)
    told = discretion.uppdrag(rows.detail_row(found), found.row, whole=sees_sensitive(call.client))
    return Reply(told, found.matter.seq)


def region_state(call: Call, id: str, lanskod: str) -> Reply:
    """One region on an uppdrag as this client sees it. Raises NotFound where it is not concerned."""
    found = detail(call, id)
    rb = found.matter.regions.get(lanskod)
    if rb is None:
        raise NotFound("region", f"{id} {lanskod}")
    (told,) = (row for row in rows.region_state_rows(found) if row["region"] == lanskod)
    return Reply(discretion.region(told, found.row, whole=sees_sensitive(call.client)), rb.version)


def event(call: Call) -> Reply:
    """The event that the address names, as this client sees it. Raises NotFound; Problem for others' eyes."""
    found, number = detail(call, call.id), str(call.request.path_params["seq"])
    recorded = next((e for e in found.history if str(e.seq) == number), None)
    if recorded is None:
        raise NotFound("event", f"{call.id}/{number}")
    if not _own(call, recorded):
        if call.client.role not in (*_HISTORIANS, "chefsgrupp"):
            raise Problem("other_region", f"Händelsen {recorded.id} gäller inte region {call.client.region}.")
        not_hidden(call.client, found.row.sensitive)
    told = rows.history_row(recorded, words.event(recorded, found.lifecycle, _regions(call)))
    return Reply(told, correcting.last_word(recorded, found.history))


def _own(call: Call, recorded: Recorded) -> bool:
    """Whether an event is about the client's own region, which knows what it has decided."""
    return bool(call.client.region) and recorded.region == call.client.region


def _regions(call: Call) -> dict[str, Region]:
    return {r.lanskod: r for r in queries.regions(call.house)}
