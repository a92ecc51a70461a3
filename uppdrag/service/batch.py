"""Many decisions at once, from a file: all of them or none, every bad line named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage import log, uppdrag
from uppdrag.intake import decisions
from uppdrag.service import clockwork, commands, tracks
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from workflow.calendar import local_date
from workflow.commands import Decide
from workflow.engine import Engine
from workflow.errors import KeyReused, LinesRefused, NotFound, Refusal, Refused
from workflow.model import Actor, Matter


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: where it stood, which uppdrag it is about, what it asks for, and its idempotency key."""

    number: int
    uppdrag: str
    command: Decide
    key: str = ""


@persevering
def decide_file(
    house: House, file: str, content: bytes, *, actor: Actor, now: datetime, key: str = "", dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[commands.Answer]:  # fmt: skip
    """Register the decisions of a CSV file or a workbook, all or none. Raises LinesRefused with every bad line.

    With a key each line has its own, so that the same file can be sent again after an answer that never came.
    """
    rows, bad = decisions.read(content, actor)
    lines = [Line(r.number, r.uppdrag, r.command, f"{key}:{r.number}" if key else "") for r in rows]
    total = len(lines)
    return decide_many(
        house, file, lines, now=now, bad=bad, dry_run=dry_run, progress=lambda done: progress(done, total)
    )


def decide_many(
    house: House, file: str, lines: Sequence[Line], *, now: datetime, bad: Sequence[tuple[int, Refusal]] = (),
    dry_run: bool = False, progress: Callable[[int], None] = lambda _done: None,
) -> list[commands.Answer]:  # fmt: skip
    """Register many decisions, all or none. Raises LinesRefused with every bad line.

    `bad` are lines already found unreadable; `progress` is told how many lines are done.
    """
    refused: list[tuple[int, Refusal]] = list(bad)
    answers: list[commands.Answer] = []
    with commands.writing(house, dry_run=dry_run) as session:
        pending: dict[str, log.Pending] = {}
        matters: dict[str, Matter] = {}
        engines: dict[str, Engine] = {}
        changes = uppdrag.Changes()
        touched: dict[tuple[str, str], clockwork.Touched] = {}
        installed_on = house.installed_on(session)
        missing: set[str] = set()
        today = local_date(now)
        for id in sorted({line.uppdrag for line in lines}):
            try:
                pending[id] = log.Pending(id, log.lock(session, id))
            except NotFound:
                missing.add(id)
                continue
            matters[id] = uppdrag.load(session, id, seq=pending[id].before.seq, regions="*")
            u = matters[id].uppdrag
            engines[id] = house.engine(session, u.lifecycle, u.lifecycle_version)
        for done, line in enumerate(lines, start=1):
            id = line.uppdrag
            if id in missing:
                refused.append((line.number, Refusal.of("no_such_uppdrag", uppdrag=id)))
                continue
            try:
                if line.key and (answer := commands.repeated(session, line.command, line.key, id)):
                    answers.append(answer)
                    continue
                before = matters[id]
                command = tracks.with_due(session, engines[id].lifecycle, line.command, today)
                step = engines[id].decide(before, command, now)
            except Refused as no:
                refused += [(line.number, r) for r in no.refusals]
                continue
            except KeyReused as reused:
                refused.append(
                    (line.number, Refusal.of("key_reused", key=reused.key, event=f"{reused.stream}/{reused.seq}"))
                )
                continue
            digest = line.command.digest() if line.key else ""
            entries = commands.entries_of(step, before, line.command, line.key, digest, installed_on)
            answers.append(commands.Answer(uppdrag=id, events=tuple(pending[id].add(entries, now)), dry_run=dry_run))
            changes.save(before, step.after, now)
            matters[id] = step.after
            touched |= {(id, track.region): track for track in clockwork.touched(step.after, step.events)}
            if done % 100 == 0:
                progress(done)
        if refused:
            raise LinesRefused(file, sorted(refused, key=lambda r: r[0]))
        log.write_all(session, pending.values())
        changes.write(session)
        clockwork.look_again(session, touched.values(), now)
        many = tracks.Many(session)
        answers = [a if a.repeated else replace(a, warnings=many.doubts(a.events, matters[a.uppdrag])) for a in answers]
        progress(len(lines))
    return answers
