"""Uppdragsdirektiv: drafted from what is known, edited freely, decided at a meeting, and locked by the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from definitions.direktiv import Stated
from storage import direktiv, log, motes, uppdrag
from storage.database import Session
from uppdrag.service import directives_text
from uppdrag.service.commands import writing
from uppdrag.service.directives_deciding import decide_within, opened, refuse_ended, tie
from uppdrag.service.directives_reading import found, matters_of
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.persevering import persevering
from uppdrag.words.direktiv import called, differing, happened
from workflow.calendar import STOCKHOLM, local_date
from workflow.direktiv import MOST_UPPDRAG, Directive, DirectiveText, stream_of
from workflow.errors import KeyReused, NotFound, Refusal, Refused
from workflow.facts import BadFact, clean_text
from workflow.model import Actor
from workflow.paper_events import DirectiveEnded, DirectiveEvent, DirectiveNumbered, DirectiveWritten

_LABELS = {"title": "Rubriken", "number": "Diarienumret"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A directive after a change: what differs by its name, and what deserves a look. `repeated`: it had
    been done already."""

    directive: Directive
    differing: tuple[str, ...] = ()
    warnings: tuple[Refusal, ...] = ()
    repeated: bool = False


@persevering
def new(
    house: House, ids: Sequence[str], stated: Stated, *, actor: Actor, now: datetime, key: str = ""
) -> Changed:  # fmt: skip
    """Draft a directive for some uppdrag, filled with what is known of them. Raises Refused or NotFound."""
    digest = _digest("new", ids, stated)
    with writing(house) as session:
        log.lock(session, SYSTEM_STREAM)  # two at once would take the same number
        if known := _repeated(session, actor, key, digest):
            return _answer(house, session, known, known, repeated=True)
        before = Directive(id=direktiv.next_id(session, local_date(now).year))
        chosen = tuple(dict.fromkeys(ids))
        _check(session, before, chosen)
        matters = matters_of(house, session, chosen)
        drafted = DirectiveText(
            title=directives_text.title(matters), uppdrag=chosen, sections=directives_text.sections(matters)
        )
        text = _stated(session, before, drafted, replace(stated, uppdrag=None))
        after = _save(session, before, DirectiveWritten(text=text), actor, now, key, digest)
        return _answer(house, session, before, after)


@persevering
def edit(
    house: House, id: str, stated: Stated, *, actor: Actor, now: datetime, expected: int | None = None, key: str = ""
) -> Changed:
    """Change what a draft says. Of a decided directive only a number that it lacks can be stated; the rest is locked.

    Raises NotFound, or Refused: also where somebody has changed it since version `expected`, with what that was.
    """
    digest = _digest(id, stated)
    with writing(house) as session:
        before = opened(session, id)
        if known := _repeated(session, actor, key, digest):
            return _answer(house, session, known, known, repeated=True)
        refuse_ended(before)
        _expect(session, before, expected)
        if before.draft is None and before.standing is not None:
            event: DirectiveEvent = DirectiveNumbered(number=_missing_number(before, stated))
        else:
            text = _stated(session, before, before.text, stated)
            if text == before.draft:
                raise Refused([Refusal.of("nothing_changed")], subject=id)
            event = DirectiveWritten(text=text)
        after = _save(session, before, event, actor, now, key, digest)
        if isinstance(event, DirectiveNumbered):
            tie(house, session, after, actor, now)
        return _answer(house, session, before, after)


@persevering
def revise(
    house: House, id: str, *, actor: Actor, now: datetime, expected: int | None = None, key: str = ""
) -> Changed:  # fmt: skip
    """Begin the next revision of a decided directive, as a draft of what was decided. Raises NotFound or Refused."""
    digest = _digest("revise", id)
    with writing(house) as session:
        before = opened(session, id)
        if known := _repeated(session, actor, key, digest):
            return _answer(house, session, known, known, repeated=True)
        refuse_ended(before)
        _expect(session, before, expected)
        if before.draft is not None:
            raise Refused([Refusal.of("directive_is_draft", directive=called(before))], subject=id)
        after = _save(session, before, DirectiveWritten(text=before.text), actor, now, key, digest)
        return _answer(house, session, before, after)


@persevering
def decide(
    house: House, id: str, day: date, paragraph: int, *, actor: Actor, now: datetime, expected: int | None = None,
    key: str = "",
) -> Changed:  # fmt: skip
    """Register that a draft was decided at a meeting whose protokoll is not here; the steps of its uppdrag are
    registered with each of them. Raises NotFound or Refused: also where the meeting here is still to be closed.
    """
    digest = _digest("decide", id, day, paragraph)
    with writing(house) as session:
        before = opened(session, id)
        if known := _repeated(session, actor, key, digest):
            return _answer(house, session, known, known, repeated=True)
        refuse_ended(before)
        _expect(session, before, expected)
        if day > local_date(now):
            raise Refused([Refusal.of("date_in_future", fact="dag", date=day, today=local_date(now))], subject=id)
        meeting = motes.load(session, day)
        if meeting.summoned_on and not meeting.closed_on and meeting.item(id):
            raise Refused([Refusal.of("directive_at_meeting", fact="dag", day=day)], subject=id)
        owned = log.owned_key(actor, key)
        decision = decide_within(
            house, session, id, day, paragraph, actor=actor, now=now, key=owned, digest=digest if owned else ""
        )
        return Changed(directive=decision.directive, warnings=decision.warnings)


@persevering
def end(
    house: House, id: str, why: str, *, actor: Actor, now: datetime, expected: int | None = None, key: str = ""
) -> Changed:
    """Give a draft up, or say that a decided directive holds no longer. Raises NotFound or Refused."""
    digest = _digest("end", id, why)
    with writing(house) as session:
        before = opened(session, id)
        if known := _repeated(session, actor, key, digest):
            return _answer(house, session, known, known, repeated=True)
        refuse_ended(before)
        _expect(session, before, expected)
        said = _clean("Skälet", why, "skal")
        if not said:
            raise Refused([Refusal.of("fact_missing", fact="skal", label="Skälet")], subject=id)
        after = _save(session, before, DirectiveEnded(why=said), actor, now, key, digest)
        return _answer(house, session, before, after)


def _expect(session: Session, found: Directive, expected: int | None) -> None:
    """Raises Refused where somebody has changed it since the version that the caller saw, with what that was."""
    if expected is None or expected == found.version:
        return
    told: list[str] = []
    before: DirectiveText | None = None
    for r in direktiv.history(session, found.id):
        if not isinstance(r.event, DirectiveEvent):
            continue
        if r.seq > expected:
            moment = r.registered_at.astimezone(STOCKHOLM)
            told.append(f"{r.actor.name} {moment:%Y-%m-%d %H.%M}: {happened(r.event, before)}")
        if isinstance(r.event, DirectiveWritten):
            before = r.event.text
    code = "directive_changed" if told else "meeting_version_unknown"
    facts = {"seen": expected, "version": found.version, "what": "; ".join(told)}
    raise Refused([Refusal.of(code, **facts)], subject=found.id)


def _stated(session: Session, directive: Directive, text: DirectiveText, stated: Stated) -> DirectiveText:
    """The text with what is stated. Raises Refused with every reason why it will not do."""
    wrong: list[Refusal] = []

    def clean(label: str, value: str, fact: str, *, long: bool = False) -> str:
        try:
            return _clean(label, value, fact, long=long)
        except Refused as no:
            wrong.extend(no.refusals)
            return value

    values: dict[str, object] = {}
    for name, value in (("title", stated.title), ("number", stated.number)):
        if value is not None:
            values[name] = clean(_LABELS[name], value, name)
    if not values.get("title", text.title):
        wrong.append(Refusal.of("fact_missing", fact="title", label="Rubriken"))
    if stated.uppdrag is not None and stated.uppdrag != text.uppdrag:
        values["uppdrag"] = tuple(dict.fromkeys(stated.uppdrag))
        try:
            _check(session, directive, values["uppdrag"], kept=text.uppdrag)  # type: ignore[arg-type]  # a tuple of ids
        except Refused as no:
            wrong += no.refusals
    values["sections"] = tuple(
        replace(s, text=clean(s.label, stated.sections[s.id], s.id, long=True)) if s.id in stated.sections else s
        for s in text.sections
    )
    if wrong:
        raise Refused(wrong, subject=directive.id if directive.version else "")
    return replace(text, **values)  # type: ignore[arg-type]  # fields of the text, cleaned


def _clean(label: str, value: str, fact: str, *, long: bool = False) -> str:
    try:
        return clean_text(value, long=long)
    except BadFact as bad:
        refusal = Refusal.of(bad.code, fact=fact, label=label, value=value[:80], expected=bad.expected)
        raise Refused([refusal]) from None


def _check(session: Session, directive: Directive, ids: tuple[str, ...], kept: tuple[str, ...] = ()) -> None:
    """Raises Refused with every uppdrag that the directive cannot carry; `kept` are those that it carries already."""
    wrong = [] if ids else [Refusal.of("directive_without_uppdrag", fact="uppdrag")]
    if len(ids) > MOST_UPPDRAG:
        raise Refused([Refusal.of("directive_too_wide", fact="uppdrag", most=MOST_UPPDRAG)])
    elsewhere = {u: d.id for d in direktiv.drafts(session) if d.id != directive.id and d.draft for u in d.draft.uppdrag}
    for id in ids:
        if id in kept:
            continue
        try:
            final = uppdrag.load(session, id, seq=0).uppdrag.final
        except NotFound:
            wrong.append(Refusal.of("no_such_uppdrag", uppdrag=id, fact="uppdrag"))
            continue
        if final:
            wrong.append(Refusal.of("uppdrag_is_final", uppdrag=id, fact="uppdrag"))
        elif id in elsewhere:
            wrong.append(Refusal.of("uppdrag_in_other_draft", uppdrag=id, directive=elsewhere[id], fact="uppdrag"))
    if wrong:
        raise Refused(wrong)


def _missing_number(directive: Directive, stated: Stated) -> str:
    """The number of a decided directive that lacks one. Raises Refused where anything else is stated: it is locked."""
    text = directive.text
    same = (stated.title or text.title, stated.uppdrag or text.uppdrag) == (text.title, text.uppdrag)
    changed = not same or any((s := text.section(id)) is None or s.text != said for id, said in stated.sections.items())
    number = _clean(_LABELS["number"], stated.number or "", "number")
    if changed or text.number or not number:
        raise Refused([Refusal.of("directive_decided", directive=called(directive))], subject=directive.id)
    return number


def _save(
    session: Session, before: Directive, event: DirectiveEvent, actor: Actor, now: datetime, key: str, digest: str
) -> Directive:
    owned = log.owned_key(actor, key)
    after, _ = direktiv.save(session, before, [event], actor, now, key=owned, digest=digest if owned else "")
    return after


def _repeated(session: Session, actor: Actor, key: str, digest: str) -> Directive | None:
    """The directive that the same was asked of under the same key. Raises KeyReused for something else."""
    found = log.find_key(session, log.owned_key(actor, key)) if key else None
    if found is None:
        return None
    stream, seq, known = found
    if known != digest:
        raise KeyReused(key, stream, seq)
    return direktiv.load(session, stream.removeprefix(stream_of("")))


def _digest(*asked: object) -> str:
    told = [asdict(one) if isinstance(one, Stated) else one for one in asked]
    return sha256(repr(told).encode()).hexdigest()


def _answer(
    house: House, session: Session, before: Directive, after: Directive, *, repeated: bool = False
) -> Changed:  # fmt: skip
    told = differing(before.text, after.text) if before.version else []
    return Changed(
        directive=after, differing=tuple(told), warnings=found(house, session, after).warnings, repeated=repeated
    )
