"""The budget in the verksamhetsberättelse: posts and their outcome, and what each region contributed, with notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from uppdrag.documents.document import Block, Paragraph, Table
from uppdrag.service.budget_reading import Shown
from uppdrag.service.reports_notes import Notes, Said
from uppdrag.words import budget as words
from uppdrag.words import reports
from workflow.budget import QUARTERS, Contribution, Fixed, Line, id_of, in_posts
from workflow.calendar import local_date


def money(shown: Shown, notes: Notes) -> Iterator[Block]:
    """Budget and outcome: how large and who fixed it, by post, and by quarter."""
    whole = shown.whole
    if not shown.lines:
        yield Paragraph(words.standing(shown.budget, whole))
        return
    note = notes.told(words.ALL_POSTS, _stated(shown))
    yield Paragraph(f"{words.standing(shown.budget, whole)[:-1]} (not {note}). {words.spent(whole, shown.lines)}")
    if shown.budget.proposed and shown.budget.in_force:
        yield Paragraph("En ändring av budgeten är föreslagen men inte fastställd, och räknas inte här.")
    rows = [_row(line, notes.told(line.name, _post(shown, line))) for line in shown.lines]
    yield Table(
        caption=f"Budget och utfall {shown.year} per post, i kronor", rows=(*rows, _row(whole, note)),
        headings=("Post", "Budget", "Utfall", "Kvar", "Not"), widths=(8, 4, 4, 4, 2),
    )  # fmt: skip
    yield Table(
        caption=f"Budget och utfall {shown.year} per kvartal, i kronor", widths=(8, 4, 4, 4),
        headings=("Kvartal", "Budget", "Utfall", "Avvikelse"),
        rows=tuple(
            (words.quarter(q, shown.year),
             *map(words.number, (whole.planned[q - 1], whole.outcome[q - 1], whole.difference(q))))
            for q in QUARTERS
        ),
    )  # fmt: skip
    yield Paragraph(f"Kvartalen är summan av posterna (not {_span(rows)}). {words.DIFFERENCE}", quiet=True)


def contributed(shown: Shown, notes: Notes) -> Iterator[Block]:
    """What the regions were to contribute, agreed to, and contributed in each quarter."""
    budget, every = shown.budget, shown.together
    if not shown.contributions and budget.declared is None:
        yield Paragraph(f"Inga resursbidrag är noterade för {shown.year}.")
        return
    declared = notes.told("Vad regionerna ska bidra med", _declared(shown))
    told = words.agreed(budget, every)
    yield Paragraph(f"{told[:-1]} (not {declared})." if declared else told)
    if not shown.contributions:
        return
    rows = [
        (shown.name(c.region), *_extents(c), notes.told(f"Resursbidrag, {shown.name(c.region)}", _region(shown, c)))
        for c in shown.contributions
    ]
    yield Table(
        caption=f"Heltidsresurser {shown.year} per region", widths=(6, 4, 5, 3, 3, 3, 3, 2),
        headings=("Region", "Planerat", "Överenskommet", *(f"Använt Q{q}" for q in QUARTERS), "Not"),
        rows=(*rows, (words.ALL_REGIONS, *_extents(every), _span(rows))),
    )  # fmt: skip
    yield Paragraph(words.AT_MOST, quiet=True)


def _row(line: Line, note: str) -> tuple[str, ...]:
    amounts = (line.budget, line.noted, line.left)
    return line.name, *map(words.number, amounts), note or "–"


def _span(rows: Sequence[tuple[str, ...]]) -> str:
    """The notes of rows, which stand in their last column: `2–6`."""
    return "–".join(dict.fromkeys((rows[0][-1], rows[-1][-1])))


def _extents(c: Contribution) -> tuple[str, ...]:
    return words.extent(c.planned), words.extent(c.agreed), *map(words.extent, c.used)


def _stated(shown: Shown) -> list[Said]:
    """Who fixed the whole budget, and the file that it was read from where nobody has."""
    budget = shown.budget
    found = [_fixed(shown, fixed, sum(p.total for p in fixed.posts)) for fixed in budget.fixed]
    if budget.proposed:
        much = words.kronor(sum(p.total for p in budget.posts))
        found.append(
            (f"Förslag: {much}", _registered(shown, _source(shown), budget.stated), _event(shown, budget.stated))
        )
    return found


def _post(shown: Shown, line: Line) -> list[Said]:
    found = []
    each = ", ".join(f"Q{q}\xa0{words.number(line.planned[q - 1])}" for q in QUARTERS)
    fixed, budget = shown.budget.in_force, shown.budget
    if fixed is not None and any(p.name == line.name for p in fixed.posts):
        _, where, event = _fixed(shown, fixed, 0)
        found.append((f"Budget: {each}", where, event))
    elif fixed is None and any(p.name == line.name for p in budget.posts):
        where = _registered(shown, _source(shown), budget.stated)
        found.append((f"Budget, förslag: {each}", where, _event(shown, budget.stated)))
    for q in QUARTERS:
        if (o := budget.outcome(line.name, q)) is not None:
            what = f"Utfall Q{q}: {words.kronor(o.amount)}{_corrected(o.before, words.number, o.why)}"
            found.append((what, _registered(shown, o.source, o.event), _event(shown, o.event)))
    return found


def _declared(shown: Shown) -> list[Said]:
    one = shown.budget.declared
    if one is None:
        return []
    what = words.full_time(one.extent)
    return [(what, _registered(shown, one.source, one.event), _event(shown, one.event))]


def _region(shown: Shown, c: Contribution) -> list[Said]:
    found = []
    if (p := shown.budget.plan(c.region)) is not None:
        what = f"Planerat: {in_posts(p.extent)}"
        found.append((what, _registered(shown, p.source, p.event), _event(shown, p.event)))
    for a in c.agreements:
        what = f"Överenskommet: {in_posts(a.extent)}, {words.holds(a.first, a.last)}"
        found.append((what, words.named(a, shown.dnr(a)), _event(shown, a.event)))
    for q in QUARTERS:
        if (u := shown.budget.use(c.region, q)) is not None:
            what = f"Använt Q{q}: {in_posts(u.extent)}{_corrected(u.before, words.extent, u.why)}"
            found.append((what, _registered(shown, u.source, u.event), _event(shown, u.event)))
    return found


def _fixed(shown: Shown, fixed: Fixed, total: int) -> Said:
    dnr = f", dnr {fixed.dnr}" if fixed.dnr else ""
    where = f"Chefsgruppen {reports.day(fixed.on)}, § {fixed.paragraph}{dnr}"
    return f"Fastställd: {words.kronor(total)}", where, _event(shown, fixed.event)


def _source(shown: Shown) -> str:
    event = shown.events[shown.budget.stated].event
    return str(getattr(event, "source", ""))


def _corrected(before: int | None, told: Callable[[int | None], str], why: str) -> str:
    return "" if before is None else f" (rättat från {told(before)}: {why})"


def _registered(shown: Shown, source: str, event: int) -> str:
    day = reports.day(local_date(shown.events[event].registered_at))
    return f"{source}, registrerat {day}"


def _event(shown: Shown, event: int) -> str:
    return f"{id_of(shown.year)}/{event}"
