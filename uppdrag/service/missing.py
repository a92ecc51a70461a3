"""What is missing, as a mail tells it: from an intent and the uppdrag as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notifications.compose import Missing, day
from uppdrag.service.addressing import CALLER, Addresses
from uppdrag.words import BODIES, SOURCES
from workflow.lifecycle import Lifecycle
from workflow.message import Intent
from workflow.model import PlannedTime, Regionbeslut, Uppdrag
from workflow.own_dates import OWN_DATES, PROTOKOLL, asked_by

_NAMED = 3
_AFTER = {"aterremitterad": " efter återremissen", "bordlagd": " efter bordläggningen"}
_LATE = "till_kansliet"
_IN_FULL = {**BODIES, "RF": "regionfullmäktige", "RS": "regionstyrelsen", "AU": "arbetsutskottet"}
"""Bodies as a mail names them, to people who may not know our abbreviations."""


def of_intent(intent: Intent, u: Uppdrag, rb: Regionbeslut | None, lifecycle: Lifecycle, names: Addresses) -> Missing:
    """What an intent asks for. The planned time is the uppdrag's own as it stands now."""
    if rb is not None and intent.occasion.deadline in OWN_DATES:
        return _of_own_date(intent, u, rb, names)
    planned = next(t for t in u.times if t.deadline == intent.occasion.deadline)
    if rb is None:
        label = next((d.label for d in lifecycle.deadlines if d.id == planned.deadline), planned.deadline)
        known = f"att komplettera: {u.task.what}" if u.task else ""
        return of_uppdrag(intent.template, u, planned, what=label, known=known)
    papers = intent.due if intent.expires_on and intent.due and intent.due < planned.span.last else None
    told = of_region(intent.template, u, rb, planned, lifecycle, names)
    director = names.director(rb.region) if intent.occasion.office == CALLER else ""
    return replace(told, papers_by=papers, director=director)


def _of_own_date(intent: Intent, u: Uppdrag, rb: Regionbeslut, names: Addresses) -> Missing:
    """What the kansli itself waits for from a region, or has to complete since it answered."""
    own_date = intent.occasion.deadline
    d, region = asked_by(own_date, rb), names.region(rb.region)
    told = of_uppdrag(intent.template, u, None, region=region)
    told = replace(told, ask_there=names.registry(rb.region), event=f"{u.id}/{d.seq}" if d else u.id, ends=intent.due)
    if own_date == PROTOKOLL:
        on, source = (d.on, d.source) if d else (None, "")
        return replace(
            told, what=f"protokollsutdraget från {region}", known=f"källan är {SOURCES[source]}" if source else "",
            term="beslutat" if on else "registrerat", ends=on or intent.due,
        )  # fmt: skip
    task = rb.task
    after = _AFTER.get(d.outcome if d else "", "")
    return replace(
        told, what=f"kompletteringen till {region}{after}", known=task.what if task else "", term="klart senast",
        ends=(task.due if task else None) or intent.due,
    )  # fmt: skip


def of_region(
    template: str, u: Uppdrag, rb: Regionbeslut, planned: PlannedTime | None, lifecycle: Lifecycle, names: Addresses
) -> Missing:  # fmt: skip
    """What is missing from a region."""
    region = names.region(rb.region)
    return of_uppdrag(
        template, u, planned, what=_what(rb, region, lifecycle), region=region, known=_known(rb)
    )  # fmt: skip


def of_uppdrag(
    template: str, u: Uppdrag, planned: PlannedTime | None, *, what: str = "", region: str = "", known: str = ""
) -> Missing:  # fmt: skip
    """An uppdrag with its planned time, and what is missing of it where that is said."""
    span = planned.span if planned else None
    return Missing(
        template=template, uppdrag=u.id, title=u.title, what=what, sensitive=u.sensitive,
        neutral_title=u.neutral_title, region=region, known=known,
        ends=span.last if span else None, wording=span.text if span else "", reading=span.reading if span else "",
        interpreted=span is not None and span.interpreted,
    )  # fmt: skip


def gathered(listed: Sequence[tuple[Intent, Missing]], names: Addresses) -> tuple[Missing, ...]:
    """What a mail lists, by the day it is due. Regions without an answer on the same uppdrag are told as one."""
    if len(listed) == 1:
        return (listed[0][1],)
    rows: dict[tuple[str, str, object], list[tuple[Intent, Missing]]] = {}
    for intent, told in sorted(listed, key=lambda pair: (pair[1].ends is None, pair[1].ends, pair[0].occasion)):
        apart = "" if told.template == _LATE else f"{intent.occasion.region} {intent.occasion.deadline}"
        rows.setdefault((told.uppdrag, apart, told.ends), []).append((intent, told))
    return tuple(_as_one(row, names) for row in rows.values())


def _as_one(row: Sequence[tuple[Intent, Missing]], names: Addresses) -> Missing:
    first = row[0][1]
    if len(row) == 1:
        return first
    short = [names.short(intent.occasion.region) for intent, _ in row]
    regions = f"{', '.join(short[:-1])} och {short[-1]}" if len(short) <= _NAMED else f"{len(short)} regioner"
    return replace(first, what=f"beslutet i {regions}", region=regions, known="", count=len(row))


def _what(rb: Regionbeslut, region: str, lifecycle: Lifecycle) -> str:
    if lifecycle.track is not None and rb.state == lifecycle.track.partly:
        return f"fler beslut i {region}"
    after = _AFTER.get(rb.outcome, "")
    return f"{'nytt beslut' if rb.outcome == 'aterremitterad' else 'beslutet'} i {region}{after}"


def _known(rb: Regionbeslut) -> str:
    if rb.planned_on is not None:
        body = _IN_FULL.get(rb.planned_body, rb.planned_body)
        return f"planerat {day(rb.planned_on)}{f' ({body})' if body else ''}"
    return f"mottaget, diarienummer {rb.dnr}" if rb.dnr else ""
