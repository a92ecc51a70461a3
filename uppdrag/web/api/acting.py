"""Commands: what a client registers, by the same use cases as the pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from uppdrag import words
from uppdrag.service import answering, commands, correcting, queries, rows
from uppdrag.service.commands import Answer
from uppdrag.service.tokens import DECIDE, WRITE
from uppdrag.web.api import reading, shapes
from uppdrag.web.api.access import for_region
from uppdrag.web.api.asked import (
    AdvanceAsked,
    CorrectionAsked,
    DecisionAsked,
    DryRun,
    NewAsked,
    RescheduleAsked,
    TrackAsked,
)
from uppdrag.web.api.calls import Call, Reply, seen_of
from uppdrag.web.api.routes import ROOT, Routes
from workflow.calendar import Span
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import Refusal, Refused
from workflow.facts import BadFact, clean_span

registering = Routes("Registrera")
_BOTH = (WRITE, DECIDE)


@registering.post("/uppdrag", "Registrera ett nytt uppdrag", shapes.Answer, body=NewAsked, scopes=(WRITE,), status=201,
                  says="Numret är årets nästa. Location är adressen till det.")  # fmt: skip
def create_uppdrag(call: Call, how: DryRun, asked: NewAsked) -> Reply:
    """A new uppdrag."""
    wanted = commands.New(
        title=asked.title, lifecycle=asked.lifecycle, on=asked.on, section=asked.section, source=asked.source,
        parent=asked.parent, owner=asked.owner, sensitive=asked.sensitive, neutral_title=asked.neutral_title,
        regions=tuple(asked.regions) if asked.regions is not None else None, times=_times(asked.times, call.today),
        actor=call.client.actor,
    )  # fmt: skip
    answer = commands.new(call.house, wanted, now=call.now, key=call.key, dry_run=how.dry_run)
    if answer.dry_run:
        return Reply(rows.answer_row(answer))
    return _changed(call, answer, status=201, Location=f"{ROOT}/uppdrag/{answer.uppdrag}")


@registering.post("/uppdrag/{id}/advance", "Ta ett steg", shapes.Answer, body=AdvanceAsked, scopes=(WRITE,),
                  changes="uppdraget", says="GET .../next säger vilka steg som går och vad de kräver.")  # fmt: skip
def advance_uppdrag(call: Call, how: DryRun, asked: AdvanceAsked) -> Reply:
    """A step of an uppdrag."""
    key, id = call.key, call.id
    expected = call.seen(reading.uppdrag(call, id))
    command = Advance(
        actor=call.client.actor, on=asked.on, backfill=asked.backfill, trigger=asked.trigger, facts=asked.facts
    )
    answer = commands.handle(
        call.house, id, command, now=call.now, key=key, expected=expected, dry_run=how.dry_run
    )  # fmt: skip
    return _changed(call, answer)


@registering.post("/uppdrag/{id}/regions/{lanskod}/track", "Ta ett steg på en regions spår", shapes.Answer,
                  body=TrackAsked, scopes=_BOTH, changes="regionens läge")  # fmt: skip
def track_region(call: Call, how: DryRun, asked: TrackAsked) -> Reply:
    """A step on a region's own track."""
    for_region(call.client, call.lanskod)
    command = AdvanceRegion(
        actor=call.client.actor, on=asked.on, backfill=asked.backfill, region=call.lanskod, trigger=asked.trigger,
        facts=asked.facts,
    )  # fmt: skip
    return _for_region(call, how, command)


@registering.post("/uppdrag/{id}/regions/{lanskod}/decisions", "Registrera en regions beslut", shapes.Answer,
                  body=DecisionAsked, scopes=_BOTH, changes="regionens läge",
                  says="Ett kvitto går till registratorns brevlåda i regionen.")  # fmt: skip
def decide_region(call: Call, how: DryRun, asked: DecisionAsked) -> Reply:
    """What a region has decided."""
    for_region(call.client, call.lanskod)
    task = asked.task
    command = Decide(
        actor=call.client.actor, on=asked.on, backfill=asked.backfill, region=call.lanskod, outcome=asked.outcome,
        body=asked.body, paragraph=asked.paragraph, dnr=asked.dnr, adaptation=asked.adaptation, note=asked.note,
        source=asked.source, proposal_version=asked.version, complete=asked.complete, kind=asked.kind,
        links=";".join(_link(one.body, one.on, one.paragraph) for one in asked.links), justerat=asked.justerat,
        tillkannagivet=asked.tillkannagivet, delegationspunkt=asked.delegationspunkt, reported_to=asked.reported_to,
        reported_on=asked.reported_on, missing=task.what if task else "",
        task_owner=(task.owner or "") if task else "", task_due=task.due if task else None,
    )  # fmt: skip
    return _for_region(call, how, command)


@registering.post("/uppdrag/{id}/history/{seq}/correction", "Rätta en händelse", shapes.Answer, body=CorrectionAsked,
                  scopes=_BOTH, changes="händelsen",
                  says="Det som stod där finns kvar. En region rättar det som gäller den själv.")  # fmt: skip
def correct_event(call: Call, how: DryRun, asked: CorrectionAsked) -> Reply:
    """A correction in the open."""
    key, current = call.key, reading.event(call)
    for_region(call.client, current.content["region"] or "")
    answer = correcting.correct(
        call.house, current.content["id"], why=asked.why, actor=call.client.actor, changes=asked.changes,
        withdraw=asked.withdraw, now=call.now, key=key, expected=call.seen(current), dry_run=how.dry_run,
    )  # fmt: skip
    return Reply(rows.answer_row(answer))


@registering.post("/reschedule", "Omprioritera", shapes.Answer, body=RescheduleAsked, scopes=(WRITE,), several=True,
                  changes="vart och ett av uppdragen, åtskilda med komma",
                  says="En paragraf flyttar planerad tid för flera uppdrag; alla eller inga.")  # fmt: skip
def reschedule_uppdrag(call: Call, how: DryRun, asked: RescheduleAsked) -> Reply:
    """Move the planned time of several uppdrag."""
    key = call.key
    expected = seen_of(call.tags(), {id: reading.uppdrag(call, id) for id in asked.uppdrag})
    facts = {"planerad_tid": asked.span, "paragraf": asked.paragraph, "tidsgrans": asked.deadline, "skal": asked.why}
    answers = commands.reschedule(
        call.house, asked.uppdrag, {name: said for name, said in facts.items() if said}, actor=call.client.actor,
        on=asked.on, now=call.now, key=key, dry_run=how.dry_run,
        expected={id: seq for id, seq in expected.items() if seq is not None},
    )  # fmt: skip
    return Reply({"items": [rows.answer_row(a) for a in answers]})


def _changed(call: Call, answer: Answer, *, status: int = 200, **headers: str) -> Reply:
    """With the uppdrag's new tag, unless it has changed again since: then the client has not seen what it is now."""
    if not answer.dry_run:
        now = reading.uppdrag(call, answer.uppdrag)
        if now.version == answer.events[-1].seq:
            headers["ETag"] = f'"{now.tag}"'
    return Reply(rows.answer_row(answer), status=status, headers=headers)


def _for_region(call: Call, how: DryRun, command: Decide | AdvanceRegion) -> Reply:
    key, id, lanskod = call.key, call.id, call.lanskod
    expected = call.seen(reading.region_state(call, id, lanskod))
    lifecycle, regions = queries.lifecycle_of(call.house, id), {r.lanskod: r for r in queries.regions(call.house)}

    def told(answer: Answer) -> str:
        return "; ".join(words.event(e, lifecycle, regions) for e in answer.events)

    answer = answering.register(
        call.house, call.web.settings, id, command, now=call.now, key=key, expected=expected, told=told,
        dry_run=how.dry_run,
    )  # fmt: skip
    return Reply(rows.answer_row(answer))


def _times(stated: Mapping[str, str], today: date) -> dict[str, Span]:
    times, refused = {}, []
    for name, said in stated.items():
        try:
            times[name] = clean_span(said, today)
        except BadFact as bad:
            about = {"fact": f"times.{name}", "label": name, "value": said[:80], "expected": bad.expected}
            refused.append(Refusal.of(bad.code, **about))
    if refused:
        raise Refused(refused)
    return times


def _link(body: str, on: date | None, paragraph: str | None) -> str:
    return f"{body}:{on or ''}:{paragraph or ''}"
