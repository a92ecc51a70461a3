"""Reading a verksamhetsplan: every name in it exists, every planned time can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from definitions import schema
from definitions.loader import packaged, shape
from definitions.source import Source, Tree, read
from workflow.calendar import NotASpan, parse_span
from workflow.errors import DefinitionInvalid, NotFound, Problem
from workflow.lifecycle import Lifecycle
from workflow.plan import Plan, PlanClosure, PlanRow


def load_plan(source: Source, lifecycles: Mapping[str, Lifecycle], regions: Collection[str]) -> Plan:
    """A plan whose every name exists. `lifecycles` by id. Raises DefinitionInvalid with every problem."""
    tree = read(source)
    part = shape(source, tree)
    if not isinstance(part, schema.PlanFile):
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), "kind ska vara plan")])
    wrong: list[Problem] = []
    seen: set[str] = set()
    for key, ids in (
        ("uppdrag", [row.id for row in part.uppdrag]),
        ("ended", [closure.id for closure in part.ended]),
        ("reconsidered", [closure.id for closure in part.reconsidered]),
    ):
        for i, id in enumerate(ids):
            if id in seen:
                wrong.append(Problem(source.file, tree.line((key, i, "id")), f"{id} står två gånger i planen"))
            seen.add(id)
    rows_read = [
        _row(source, tree, i, row, part.year, lifecycles, regions, wrong) for i, row in enumerate(part.uppdrag)
    ]
    if wrong:
        raise DefinitionInvalid(wrong)
    return Plan(
        id=part.id, year=part.year, title=part.title, follows=part.follows,
        rows=tuple(rows_read),
        ended=tuple(PlanClosure(id=e.id, why=e.why, trigger=e.trigger) for e in part.ended),
        reconsidered=tuple(PlanClosure(id=e.id, why=e.why) for e in part.reconsidered),
        documents=part.documents,
    )  # fmt: skip


def year_of(source: Source) -> int:
    """The year that a plan is for. Raises DefinitionInvalid where it is no plan."""
    tree = read(source)
    part = shape(source, tree)
    if not isinstance(part, schema.PlanFile):
        raise DefinitionInvalid([Problem(source.file, tree.line(("kind",)), "kind ska vara plan")])
    return part.year


def packaged_plan(name: str) -> Source:
    """A plan that comes with the program, by its file name without ending. Raises NotFound."""
    for source in packaged("plan"):
        if source.file in (name, f"{name}.yaml"):
            return source
    raise NotFound("plan", name)


def _row(
    source: Source, tree: Tree, i: int, row: schema.PlanRowPart, year: int, lifecycles: Mapping[str, Lifecycle],
    regions: Collection[str], wrong: list[Problem],
) -> PlanRow:  # fmt: skip
    def line(*path: str | int) -> int:
        return tree.line(("uppdrag", i, *path))

    lifecycle = lifecycles.get(row.lifecycle)
    if lifecycle is None:
        known = ", ".join(sorted(lifecycles))
        wrong.append(
            Problem(source.file, line("lifecycle"), f'ärendegången "{row.lifecycle}" finns inte; välj bland {known}')
        )
    elif row.state and lifecycle.path_to(row.state) is None:
        wrong.append(
            Problem(source.file, line("state"), f'tillståndet "{row.state}" går inte att nå i {row.lifecycle}')
        )
    if row.sensitive and not row.neutral_title:
        wrong.append(Problem(source.file, line("sensitive"), "ett känsligt uppdrag måste ha neutral_title"))
    chosen = tuple(regions) if row.regions == "alla" else row.regions
    wrong += [Problem(source.file, line("regions", j), f'länskoden "{r}" finns inte')
              for j, r in enumerate(chosen or ()) if r not in regions]  # fmt: skip
    times = {}
    for name, part in row.times.items():
        if lifecycle and name not in {d.id for d in lifecycle.deadlines}:
            known = ", ".join(d.id for d in lifecycle.deadlines) or "inga"
            wrong.append(
                Problem(
                    source.file,
                    line("times", name),
                    f'tidsgränsen "{name}" finns inte i {row.lifecycle}; välj bland {known}',
                )
            )
        try:
            times[name] = parse_span(part.span, year=year, text=part.text, interpreted=part.interpreted)
        except NotASpan:
            wrong.append(
                Problem(
                    source.file,
                    line("times", name, "span"),
                    f'"{part.span}" är inte en planerad tid; skriv till exempel Q3 {year}',
                )
            )
    if lifecycle and lifecycle.track and chosen is None:
        chosen = tuple(regions)
    return PlanRow(
        id=row.id, title=row.title, lifecycle=row.lifecycle, section=row.section, source=row.source,
        neutral_title=row.neutral_title, sensitive=row.sensitive, owner=row.owner, dnr=row.dnr,
        directive=row.directive, notes=row.notes.strip(), state=row.state,
        regions=None if chosen is None else tuple(sorted(chosen)), times=times,
    )  # fmt: skip
