"""A scenario for a simulation: who does what on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import Field, ValidationError, model_validator

from definitions import problems
from definitions.schema import Id, Lanskod, Part, Text, UppdragId
from definitions.source import Source, read
from workflow.errors import DefinitionInvalid, Problem
from workflow.facts import BadFact, clean_date


class ActPart(Part):
    on: Text = Field(description="Dagen, ÅÅÅÅ-MM-DD")
    uppdrag: UppdragId
    advance: Id | None = Field(None, description="Ett steg i ärendegången")
    track: Id | None = Field(None, description="Ett steg på regionernas spår")
    decide: Id | None = Field(None, description="Ett utfall i regionerna")
    regions: list[Lanskod] = Field(default_factory=list)
    role: Id = "kansli"
    facts: dict[Id, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def one_thing(self) -> ActPart:
        if sum(x is not None for x in (self.advance, self.track, self.decide)) != 1:
            raise ValueError("ange ett av advance, track och decide")
        if (self.advance is None) != bool(self.regions):
            raise ValueError("regions hör till track och decide")
        return self


class ScenarioFile(Part):
    """Ett scenario för en simulering."""

    kind: str = Field(pattern=r"^scenario$")
    title: Text
    acts: list[ActPart] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does on a day: a trigger on the uppdrag, or a step or an outcome in some regions."""

    on: date
    uppdrag: str
    role: str
    trigger: str
    outcome: str
    regions: tuple[str, ...]
    facts: dict[str, str]
    line: int


def load_scenario(source: Source) -> tuple[Act, ...]:
    """The acts of a scenario, by day. Raises DefinitionInvalid with every problem."""
    tree = read(source)
    try:
        part = ScenarioFile.model_validate(tree.values)
    except ValidationError as invalid:
        raise DefinitionInvalid(problems.of_shape(source, tree, invalid)) from None
    acts, wrong = [], []
    for i, act in enumerate(part.acts):
        line = tree.line(("acts", i))
        try:
            day = clean_date(act.on)
        except BadFact:
            wrong.append(Problem(source.file, line, f'"{act.on}" är inte ett datum; skriv ÅÅÅÅ-MM-DD'))
            continue
        acts.append(
            Act(
                on=day, uppdrag=act.uppdrag, role=act.role, trigger=act.advance or act.track or "",
                outcome=act.decide or "", regions=tuple(act.regions), facts=dict(act.facts), line=line,
            )
        )  # fmt: skip
    if wrong:
        raise DefinitionInvalid(wrong)
    return tuple(sorted(acts, key=lambda act: act.on))
