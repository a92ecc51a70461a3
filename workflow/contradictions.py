"""What cannot be true of a region's decision or plan, and what can be but deserves a look. Each by its own name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow import legal
from workflow.errors import Refusal
from workflow.legal import IsWorking
from workflow.lifecycle import Outcome, RegionTrack
from workflow.links import as_text, in_order
from workflow.model import Decision, Link, Regionbeslut, RegionPatch

COLLEGIAL = ("RF", "RS", "namnd")
"""Bodies that decide together; what they decide is their own, never on delegation."""

SENDING = "expediera"
"""The step that sends the papers, as every track calls it."""


def in_decision(track: RegionTrack, outcome: Outcome, d: Decision, today: date) -> list[Refusal]:
    """Every reason why a decision cannot be as it is told. `today` is the local date."""
    return [*_days(d, today), *_chain(d), *_kind(d, outcome), *_body(track, outcome, d)]


def in_plan(track: RegionTrack, patch: RegionPatch) -> list[Refusal]:
    """Every reason why a region cannot decide as a step on its track plans."""
    body, on, links = patch.get("planned_body", ""), patch.get("planned_on"), patch.get("planned_chain", ())
    wrong = []
    if body and track.bodies and body not in track.bodies:
        wrong.append(Refusal.of("body_excluded", body=body, bodies=", ".join(track.bodies)))
    if any(link.body == "RF" for link in links):
        wrong.append(Refusal.of("link_decides"))
    if not in_order(links):
        wrong.append(Refusal.of("links_out_of_order", chain=_told(links)))
    wrong += [
        Refusal.of("link_after_decision", body=link.body, date=link.on, decided=on)
        for link in links
        if on is not None and link.on is not None and link.on > on
    ]
    return wrong


def doubts(d: Decision, rb: Regionbeslut | None, is_working: IsWorking) -> list[Refusal]:
    """What deserves a look although it may be true. `rb` is the region's track as it stands, None where unknown.

    That the papers were sent later is no contradiction where the decision answers another version of them.
    """
    found = []
    if d.on is not None and d.justerat is not None:
        last = legal.next_working(legal.justeras_senast(d.on), is_working)
        if d.justerat > last:
            found.append(Refusal.of("justerat_late", justerat=d.justerat, last=last))
    if d.justerat is not None and d.tillkannagivet is not None:
        last = legal.next_working(legal.tillkannages_senast(d.justerat), is_working)
        if d.tillkannagivet > last:
            found.append(Refusal.of("announced_late", announced=d.tillkannagivet, last=last))
    answers = rb is not None and d.proposal_version == rb.sent_version
    sent = rb.facts.get(SENDING, {}).get("on") if rb is not None and answers else None
    if d.on is not None and sent and d.on < date.fromisoformat(str(sent)):
        found.append(Refusal.of("decided_before_sent", date=d.on, sent=sent, version=d.proposal_version))
    return found


def _days(d: Decision, today: date) -> Iterator[Refusal]:
    later = (d.justerat, d.tillkannagivet, d.reported_on, *(link.on for link in d.links))
    for day in dict.fromkeys(later):
        if day is not None and day > today:
            yield Refusal.of("date_in_future", date=day, today=today)
    if d.justerat and d.on and d.justerat < d.on:
        yield Refusal.of("justerat_before_decision", justerat=d.justerat, decided=d.on)
    held, what = (d.justerat, "justerat") if d.justerat else (d.on, "fattat")
    if d.tillkannagivet and held and d.tillkannagivet < held:
        yield Refusal.of("announced_before", announced=d.tillkannagivet, before=held, what=what)
    if d.reported_on and d.on and d.reported_on < d.on:
        yield Refusal.of("reported_before_decision", reported=d.reported_on, decided=d.on)


def _chain(d: Decision) -> Iterator[Refusal]:
    if any(link.body == "RF" for link in d.links):
        yield Refusal.of("link_decides")
    if not in_order(d.links):
        yield Refusal.of("links_out_of_order", chain=_told(d.links))
    for link in d.links:
        if d.on is not None and link.on is not None and link.on > d.on:
            yield Refusal.of("link_after_decision", body=link.body, date=link.on, decided=d.on)


def _kind(d: Decision, outcome: Outcome) -> Iterator[Refusal]:
    if d.kind != "beslut" and d.body in COLLEGIAL:
        yield Refusal.of("decides_itself", body=d.body, kind=d.kind)
    if d.kind == "delegationsbeslut" and not d.delegationspunkt:
        yield Refusal.of("delegationspunkt_missing")
    if d.kind != "delegationsbeslut" and (d.delegationspunkt or d.reported_to or d.reported_on):
        yield Refusal.of("not_delegated")
    if (d.justerat or d.tillkannagivet) and not legal.has_justering(d):
        yield Refusal.of("no_justering")
    if d.task is not None and not outcome.task:
        yield Refusal.of("nothing_to_complete", outcome=outcome.id)


def _body(track: RegionTrack, outcome: Outcome, d: Decision) -> Iterator[Refusal]:
    """Only what adopts or rejects is decided by the body that the matter asks for: another may well send it back."""
    if outcome.counts not in ("adopted", "rejected"):
        return
    if d.body and track.bodies and d.body not in track.bodies:
        yield Refusal.of("body_excluded", body=d.body, bodies=", ".join(track.bodies))
    if d.kind != "beslut" and not track.delegable:
        yield Refusal.of("not_delegable", kind=d.kind)


def _told(links: tuple[Link, ...]) -> str:
    return ", ".join(as_text(link) for link in links)
