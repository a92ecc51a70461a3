"""The shape of each kind of definition file. What an editor completes, and the first thing that is checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from definitions.source import Plain
from workflow.agenda_form import Takes, When
from workflow.lifecycle import Effect, FactType, RegionEffect, RegionSets, Sets
from workflow.meeting import Kind

_ID = r"^[a-z][a-z0-9_]{0,59}$"


def _no_trap(value: Any) -> Any:
    """Unquoted text that other YAML readers take for something else is refused: they would read `01` as 1."""
    if isinstance(value, Plain) and value.reads_as:
        raise PydanticCustomError("yaml_trap", "trap", {"value": str(value), "reads_as": value.reads_as})
    return value


Text = Annotated[str, BeforeValidator(_no_trap), Field(min_length=1, max_length=300)]
LongText = Annotated[str, BeforeValidator(_no_trap), Field(min_length=1, max_length=10_000)]
Wording = Annotated[str, BeforeValidator(_no_trap), Field(max_length=2000)]
Clock = Annotated[str, BeforeValidator(_no_trap), Field(pattern=r"^([01]\d|2[0-3])\.[0-5]\d$")]
Id = Annotated[str, BeforeValidator(_no_trap), Field(pattern=_ID)]
Version = Annotated[int, Field(ge=1, le=9999)]
Lanskod = Annotated[str, BeforeValidator(_no_trap), Field(pattern=r"^[0-9]{2}$")]
UppdragId = Annotated[str, BeforeValidator(_no_trap), Field(pattern=r"^U[0-9]{4}-[0-9]{2,6}$")]
Ref = Annotated[str, BeforeValidator(_no_trap), Field(pattern=r"^[a-z][a-z0-9_]{0,59}/[0-9]{1,4}$")]


class Part(BaseModel):
    """A part of a definition: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FactPart(Part):
    name: Id
    type: Annotated[FactType, BeforeValidator(_no_trap)] = Field(description="Vad för slags uppgift det är")
    label: Text = Field(description="Det som står framför fältet")
    required: bool = Field(False, description="Måste anges för att steget ska kunna tas")
    choices: dict[Id, Text] = Field(default_factory=dict, description="Valen, när typen är choice")
    sets: Annotated[Sets, BeforeValidator(_no_trap)] = Field(
        "", description="Den uppgift på uppdraget som därmed blir känd"
    )
    help: Annotated[str, BeforeValidator(_no_trap)] = Field("", description="En mening till hjälp")


class RegionFactPart(FactPart):
    sets: Annotated[RegionSets, BeforeValidator(_no_trap)] = Field(
        "", description="Den uppgift på regionens spår som därmed blir känd"
    )  # type: ignore[assignment]  # other attributes


class StatePart(Part):
    id: Id
    label: Text
    initial: bool = Field(False, description="Här börjar varje uppdrag")
    final: bool = Field(False, description="Här förväntas inget mer")
    means: LongText = Field("", description="Vad tillståndet betyder, i en mening", validate_default=False)


class TransitionPart(Part):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    trigger: Id
    label: Text
    sources: Literal["open"] | list[Id] = Field(
        alias="from", description="Tillstånden det kan tas från; open: alla som inte är slut"
    )
    target: Id | None = Field(None, alias="to", description="Tillståndet efteråt; utelämnat: samma som förut")
    roles: list[Id] = Field(min_length=1, description="Vilka roller som får")
    guards: list[Id] = Field(default_factory=list, description="Villkor som måste vara uppfyllda")
    facts: list[FactPart] = Field(default_factory=list)
    effect: Effect = ""
    meets: Annotated[str, BeforeValidator(_no_trap)] = Field("", description="Den planerade tid som därmed är uppfylld")
    automatic: bool = Field(False, description="Sker av sig självt när villkoren är uppfyllda")
    done: Annotated[str, BeforeValidator(_no_trap)] = Field(
        "", description="Vad historiken kallar det; utelämnat: tillståndets namn"
    )
    while_paused: bool = Field(False, description="Får tas även när uppdraget är pausat")


class DeadlinePart(Part):
    id: Id
    label: Text
    regional: bool = Field(False, description="Regionerna ska hålla den, var och en för sig")
    at_meeting: bool = Field(False, description="Hålls på chefsgruppens möte: det sista i den planerade tiden räknas")


class ReminderPart(Part):
    id: Id
    deadline: Id = Field(
        description="Tidsgränsen det räknas från; för kansliets egna påminnelser om en region: protokoll (dagen för "
        "ett beslut vars protokollsutdrag inte har kommit) eller komplettering (dagen då det ska vara kompletterat)"
    )
    weeks: int = Field(ge=-52, le=52, description="-8: åtta veckor före; 0: dagen efter; 1: en vecka efter")
    audience: list[Id] = Field(min_length=1)
    template: Id
    only_if_silent: bool = Field(False, description="Bara om ingen uppgift har kommit")


class RegionTransitionPart(Part):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    trigger: Id
    label: Text
    sources: list[Id] = Field(alias="from", min_length=1)
    target: Id | None = Field(None, alias="to")
    roles: list[Id] = Field(min_length=1)
    facts: list[RegionFactPart] = Field(default_factory=list)
    effect: RegionEffect = ""
    done: Annotated[str, BeforeValidator(_no_trap)] = Field(
        "", description="Vad historiken kallar det; utelämnat: tillståndets namn"
    )


class OutcomePart(Part):
    id: Id
    label: Text
    counts: Literal["", "adopted", "rejected", "not_concerned"] = Field(
        "", description="Vad ett slutligt utfall räknas som; utelämnat: utfallet är öppet"
    )
    requires: list[Id] = Field(default_factory=list, description="Uppgifter på beslutet som måste anges")
    state: Annotated[str, BeforeValidator(_no_trap)] = Field(
        "", description="Regionens tillstånd efter ett öppet utfall"
    )
    task: bool = Field(False, description="Lämnar något för kansliet att komplettera")


class TrackPart(Part):
    states: list[StatePart] = Field(min_length=1)
    transitions: list[RegionTransitionPart] = Field(default_factory=list)
    outcomes: list[OutcomePart] = Field(min_length=1)
    roles: list[Id] = Field(min_length=1, description="Vilka roller som får registrera beslut")
    open_in: list[Id] = Field(min_length=1, description="Uppdragets tillstånd då beslut kan registreras")
    decided: Id = Field(description="Regionens tillstånd när hanteringen är avslutad")
    partly: Id = Field(description="Regionens tillstånd när fler beslut väntas")
    amounts_to: list[Id] = Field(
        min_length=1, description="Slutliga utfall i rangordning: flera beslut ger det första som förekommer"
    )
    bodies: list[Text] = Field(
        default_factory=list, description="Instanserna som får anta eller avslå, till exempel RF; utelämnat: alla"
    )
    delegable: bool = Field(True, description="Får beslutas på delegation eller som verkställighet")


class LifecycleFile(Part):
    """En ärendegång."""

    kind: Literal["lifecycle"]
    id: Id
    version: Version
    label: Text
    description: LongText
    includes: list[Ref] = Field(default_factory=list, description="Delade övergångar, till exempel omhandling/1")
    states: list[StatePart] = Field(min_length=1)
    transitions: list[TransitionPart] = Field(min_length=1)
    deadlines: list[DeadlinePart] = Field(default_factory=list)
    reminders: list[ReminderPart] = Field(default_factory=list)
    region_track: TrackPart | None = None


class FragmentFile(Part):
    """Övergångar som flera ärendegångar delar."""

    kind: Literal["fragment"]
    id: Id
    version: Version
    label: Text
    description: LongText
    transitions: list[TransitionPart] = Field(min_length=1)


class GroupPart(Part):
    id: Id
    name: Text


class RegionPart(Part):
    lanskod: Lanskod
    name: Text
    short_name: Text
    county: Text
    samverkansregioner: list[Id] = Field(min_length=1, description="Den första är den primära kontakten")
    fullmaktige: Text
    styrelse: Text


class OrganisationFile(Part):
    """Regionerna och samverkansregionerna."""

    kind: Literal["organisation"]
    id: Id
    version: Version
    label: Text
    samverkansregioner: list[GroupPart] = Field(min_length=1)
    regions: list[RegionPart] = Field(min_length=1)


class TimePart(Part):
    text: Text = Field(description="Planens egna ord")
    span: Text = Field(description="Hur orden läses, till exempel Q2–Q3 2026")
    interpreted: bool = Field(False, description="Läsningen är kansliets egen; planen anger ingen dag")


class PlanRowPart(Part):
    id: UppdragId
    title: Text
    lifecycle: Id
    section: Text
    source: Annotated[str, BeforeValidator(_no_trap), Field(max_length=300)] = ""
    neutral_title: Annotated[str, BeforeValidator(_no_trap), Field(max_length=300)] = ""
    sensitive: bool = False
    owner: Annotated[str, BeforeValidator(_no_trap), Field(max_length=300)] = ""
    dnr: Annotated[str, BeforeValidator(_no_trap), Field(max_length=300)] = ""
    directive: Annotated[str, BeforeValidator(_no_trap), Field(max_length=300)] = ""
    notes: Annotated[str, BeforeValidator(_no_trap), Field(max_length=10_000)] = ""
    state: Annotated[str, BeforeValidator(_no_trap)] = Field("", description="Tillståndet när planen skrevs")
    regions: Literal["alla"] | list[Lanskod] | None = None
    times: dict[Id, TimePart] = Field(default_factory=dict, description="Planerade tider, en per tidsgräns")


class ClosurePart(Part):
    id: UppdragId
    why: Text


class EndedPart(ClosurePart):
    trigger: Id = Field("avbryt", description="Övergången som avslutar uppdraget")


class PlanFile(Part):
    """En verksamhetsplan."""

    kind: Literal["plan"]
    id: Annotated[str, BeforeValidator(_no_trap), Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
    year: int = Field(ge=2000, le=2200)
    title: Text
    follows: Annotated[str, BeforeValidator(_no_trap)] = Field("", description="Planen vars öppna uppdrag den tar över")
    documents: dict[Text, Text] = Field(
        default_factory=dict, description="Andra handlingar som planen nämner, efter diarienummer"
    )
    uppdrag: list[PlanRowPart] = Field(min_length=1)
    ended: list[EndedPart] = Field(
        default_factory=list, description="Uppdrag som avslutas i stället för att bäras över"
    )
    reconsidered: list[ClosurePart] = Field(default_factory=list, description="Uppdrag som ska omprövas")


class RhythmPart(Part):
    weekday: Literal["måndag", "tisdag", "onsdag", "torsdag", "fredag"]
    week: int = Field(ge=1, le=5)
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(min_length=1)
    papers: int = Field(ge=0, le=60)
    summons: int = Field(ge=0, le=60)
    adjustment: int = Field(ge=0, le=60)
    starts: Clock
    ends: Clock


class StandingPart(Part):
    id: Id
    title: Text
    kind: Kind = "formalia"
    proposal: Wording = ""
    minutes: int = Field(0, ge=0, le=600)


class YearlyPart(StandingPart):
    month: int = Field(ge=1, le=12)


class SectionPart(Part):
    id: Id
    label: Text
    takes: Takes
    kind: Kind = "beslut"
    triggers: list[Id] = Field(default_factory=list)
    when: When = "ready"
    proposal: Wording = ""
    minutes: int = Field(0, ge=0, le=600)
    yearly: list[YearlyPart] = Field(default_factory=list)


class DirectivePart(Part):
    section: Id
    trigger: Id
    title: Text
    proposal: Wording
    alone: Wording


class BodyPart(Part):
    id: Id
    label: Text
    presenter: Wording = ""
    asks: Wording = ""


class AgendaFile(Part):
    """Dagordningens form."""

    kind: Literal["agenda"]
    id: Id
    version: Version
    label: Text
    rhythm: RhythmPart
    opening: list[StandingPart] = Field(default_factory=list)
    sections: list[SectionPart] = Field(min_length=1)
    closing: list[StandingPart] = Field(default_factory=list)
    proposals: dict[Id, Wording] = Field(default_factory=dict)
    directive: DirectivePart | None = None
    handoff: list[BodyPart] = Field(default_factory=list)


FILES: dict[str, type[Part]] = {
    "lifecycle": LifecycleFile,
    "fragment": FragmentFile,
    "organisation": OrganisationFile,
    "plan": PlanFile,
    "agenda": AgendaFile,
}


def json_schema() -> dict[str, Any]:
    """One JSON Schema for every kind of definition, told apart by `kind`, for an editor's completion."""
    from pydantic import TypeAdapter

    any_file = Annotated[
        LifecycleFile | FragmentFile | OrganisationFile | PlanFile | AgendaFile, Field(discriminator="kind")
    ]
    schema = TypeAdapter(any_file).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Definitioner för uppdrag", **schema}
