"""What a client sends: the query of a question and the body of a command, with what each field means, in Swedish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from uppdrag.web.api.problems import Problem
from workflow.facts import LONG_TEXT_LIMIT
from workflow.model import DecisionKind

A = TypeVar("A", bound="Asked")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,6}")
ID = r"^U[0-9]{4}-[0-9]{2,6}$"
LANSKOD = r"^[0-9]{2}$"


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_date", "day")


def _flag(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    raise PydanticCustomError("not_a_flag", "flag")


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    raise PydanticCustomError("not_a_number", "number")


def says(text: str, **more: Any) -> Any:
    """What a field means."""
    return Field(description=text, **more)


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Word = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=LONG_TEXT_LIMIT)]
Id = Annotated[str, Field(pattern=ID)]
Lanskod = Annotated[str, Field(pattern=LANSKOD)]
_LIMIT, _DAYS = ({"type": "integer", "minimum": low, "maximum": high} for low, high in ((1, 500), (0, 9999)))
Limit = Annotated[int, Field(ge=1, le=500), BeforeValidator(_number), WithJsonSchema(_LIMIT)]
Days = Annotated[int, Field(ge=0, le=9999), BeforeValidator(_number), WithJsonSchema(_DAYS)]
Facts = Annotated[dict[Word, Text], Field(max_length=50)]


class Asked(BaseModel):
    """What is asked for; a field that is not known is refused. `means` is what people read of it."""

    means: ClassVar[str] = ""
    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Asked):
    """A question without choices."""


class Paged(Asked):
    """A list that may be long."""

    limit: Limit = says("Högst så många åt gången.", default=100)
    after: Annotated[str, Field(max_length=1000)] = says("Fortsättningen ur länken next.", default="")


class UppdragAsked(Paged):
    """Which uppdrag."""

    state: Word = says("Bara detta tillstånd.", default="", examples=["regionbeslut"])
    lifecycle: Word = says("Bara denna ärendegång.", default="", examples=["regiongemensamt"])
    region: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = says("Bara där denna region är berörd.", default="")
    owner: Word = says("Bara denna ansvariga.", default="")
    overdue: Flag = says("Bara det som är efter planerad tid.", default=False)
    due_before: Day | None = says("Planerad tid före denna dag.", default=None)
    idle_days: Days = says("Inget har hänt på så många dagar; 0 väljer inte.", default=0)


class MatrixAsked(Paged):
    """Which cells of the matrix."""

    state: Word = says("Bara detta tillstånd, uppdragets eller regionens.", default="")
    lifecycle: Word = says("Bara denna ärendegång.", default="")
    region: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = says("Bara denna region.", default="")
    samverkansregion: Word = says("Bara regionerna i denna samverkansregion.", default="")
    body: Word = says("Bara där denna instans har beslutat eller ska besluta.", default="")
    source: Word = says("Bara beslut med denna källa; saknas: ingen är angiven.", default="")


class MeetingsAsked(Paged):
    """Which meetings."""

    region: Annotated[str, Field(pattern=r"^([0-9]{2}|-)?$")] = says("Länskod; - är chefsgruppen.", default="")
    body: Word = says("Organ: AU, RS, RF eller nämndens namn.", default="")
    first: Day | None = says("Från och med denna dag.", default=None)
    last: Day | None = says("Till och med denna dag.", default=None)


class NextAsked(Asked):
    """For whom one asks what can be done."""

    role: Literal["", "kansli", "chefsgrupp", "region"] = says("Visa vad denna roll får göra.", default="")


class PlanAsked(Asked):
    """The window of a plan."""

    window: Word = says(
        "Tiden att planera för. Utelämnad: regionernas planerade tid.", default="", examples=["Q3 2026"]
    )


class DryRun(Asked):
    """How a command is to be carried out."""

    dry_run: Flag = says("Visa vad som skulle hända, utan att registrera det.", default=False)


_ON = "Dagen då det hände. Utelämnad: uppgift saknas."
_AFTERWARDS = "Registrera i efterhand: det som inte längre är känt får utelämnas."
_FACTS = "Uppgifterna som steget kräver, som text. GET .../next visar vilka de är."


class NewAsked(Asked):
    """A new uppdrag."""

    means = "Ett nytt uppdrag."
    title: Text = says("Vad regionerna ska göra tillsammans, på en rad.", examples=["Gemensam lägesbild"])
    lifecycle: Word = says("Ärendegången.", examples=["utredning"])
    on: Day | None = says(_ON, default=None)
    section: Text = says("Avsnitt i verksamhetsplanen.", default="", examples=["5"])
    source: Text = says("Varifrån behovet kommer.", default="")
    parent: Annotated[str, Field(pattern=r"^(U[0-9]{4}-[0-9]{2,6})?$")] = says("Uppdraget det följer av.", default="")
    regions: Annotated[list[Lanskod], Field(max_length=21)] | None = says(
        "Berörda regioner. Utelämnad: alla, där ärendegången har beslut i regionerna.", default=None
    )
    owner: Text = says("Ansvarig.", default="")
    sensitive: bool = says("Känsligt: bara nummer och neutral rubrik lämnar kansliet.", default=False)
    neutral_title: Text = says("Neutral rubrik, för ett känsligt uppdrag.", default="")
    times: Facts = says(
        "Planerad tid för varje tidsgräns, som planen skriver det.", default={}, examples=[{"redovisning": "Q4 2026"}]
    )


class AdvanceAsked(Asked):
    """A step of an uppdrag."""

    means = "Ett steg i ärendegången."
    trigger: Word = says("Steget.", examples=["pausa"])
    facts: Facts = says(_FACTS, default={}, examples=[{"skal": "Väntar på MSB"}])
    on: Day | None = says(_ON, default=None)
    backfill: bool = says(_AFTERWARDS, default=False)


class TrackAsked(Asked):
    """A step on a region's own track."""

    means = "Ett steg på en regions eget spår."
    trigger: Word = says("Steget.", examples=["planera"])
    facts: Facts = says(_FACTS, default={}, examples=[{"instans": "RF", "datum": "2026-06-09"}])
    on: Day | None = says(_ON, default=None)
    backfill: bool = says(_AFTERWARDS, default=False)


class LinkAsked(Asked):
    """A body that treated the matter before the decision."""

    means = "Ett led före beslutet."
    body: Word = says("Instans.", examples=["AU"])
    on: Day | None = says("Dag.", default=None)
    paragraph: Word | None = says("Paragraf.", default=None)


class TaskAsked(Asked):
    """What an open outcome leaves to the kansli."""

    means = "Vad kansliet ska komplettera efter återremiss eller bordläggning."
    what: Text = says("Vad som saknas.", examples=["Ekonomisk konsekvensanalys"])
    owner: Text | None = says("Vem som kompletterar. Utelämnad: uppdragets ansvariga.", default=None)
    due: Day | None = says("Senast.", default=None)


class DecisionAsked(Asked):
    """What a region has decided."""

    means = "En regions beslut. Samma nycklar som i region_states[].decisions."
    outcome: Word = says("Utfall.", examples=["antagen"])
    body: Word = says("Beslutsinstans.", default="", examples=["RF"])
    on: Day | None = says(_ON, default=None)
    paragraph: Word = says("Paragraf i protokollet.", default="", examples=["88"])
    dnr: Text = says("Regionens diarienummer.", default="", examples=["RS 2026-17"])
    adaptation: Text = says("Vad anpassningen består i.", default="")
    note: Text = says("Notering.", default="")
    source: Literal["", "muntlig", "epost", "publicerat_protokoll", "protokollsutdrag"] = says(
        "Källa.", default="", examples=["protokollsutdrag"]
    )
    version: Annotated[int, Field(ge=1, le=999_999)] | None = says(
        "Förslagets version. Utelämnad: den som regionen fick.", default=None
    )
    complete: bool = says("Falskt: regionen har fler beslut kvar att fatta.", default=True)
    kind: DecisionKind = says("Slag.", default="beslut")
    links: Annotated[list[LinkAsked], Field(max_length=10)] = says("Leden före beslutet, i ordning.", default=[])
    justerat: Day | None = says("Dagen då paragrafen justerades.", default=None)
    tillkannagivet: Day | None = says("Dagen då justeringen tillkännagavs.", default=None)
    delegationspunkt: Text = says("Punkt i delegationsordningen.", default="")
    reported_to: Text = says("Till vem ett delegationsbeslut anmäldes.", default="")
    reported_on: Day | None = says("Dagen då det anmäldes.", default=None)
    task: TaskAsked | None = says("Vad som ska kompletteras.", default=None)
    backfill: bool = says(_AFTERWARDS, default=False)


class CorrectionAsked(Asked):
    """A correction of an event, or its withdrawal."""

    means = "En öppen rättelse. Det som stod där finns kvar i historiken."
    why: Text = says("Skälet till rättelsen.", examples=["Läste fel i protokollet"])
    changes: Facts = says("Vad som ska stå i stället.", default={}, examples=[{"paragraph": "42"}])
    withdraw: bool = says("Ta tillbaka händelsen i sin helhet.", default=False)


class RescheduleAsked(Asked):
    """Omprioritering under one §."""

    means = "Omprioritering: en paragraf flyttar planerad tid för ett eller flera uppdrag; alla eller inga."
    uppdrag: Annotated[list[Id], Field(min_length=1, max_length=200)] = says("Uppdragen.", examples=[["U2026-02"]])
    span: Text = says("Ny planerad tid.", examples=["Q1 2027"])
    paragraph: Word = says("Chefsgruppens paragraf.", examples=["41"])
    deadline: Word = says("Vilken tidsgräns. Utelämnad: den närmaste.", default="")
    why: Text = says("Skäl.", default="")
    on: Day | None = says(_ON, default=None)


def query(request: Request, kind: type[A]) -> A:
    """The query of a request. Raises Problem, naming every field that will not do."""
    pairs = request.query_params.multi_items()
    twice = sorted({name for name, _ in pairs if len(request.query_params.getlist(name)) > 1})
    if twice:
        raise _invalid([_error(name, "twice", {}) for name in twice])
    return _read(kind, dict(pairs))


def body(request: Request, kind: type[A]) -> A:
    """The JSON of a request. Raises Problem, naming every field that will not do."""
    try:
        return kind.model_validate_json(request.state.body)
    except ValidationError as wrong:
        raise _told(wrong) from None


def _read(kind: type[A], given: Mapping[str, str]) -> A:
    try:
        return kind.model_validate(given)
    except ValidationError as wrong:
        raise _told(wrong) from None


_SENTENCES = {
    "missing": "{field} saknas.",
    "extra_forbidden": "{field} finns inte här.",
    "string_type": "{field} ska vara text.",
    "bool_type": "{field} ska vara true eller false.",
    "int_type": "{field} ska vara ett heltal.",
    "list_type": "{field} ska vara en lista.",
    "dict_type": "{field} ska vara ett objekt med text för varje namn.",
    "model_type": "{field} ska vara ett objekt.",
    "string_too_long": "{field} är för lång. Högst {max_length} tecken.",
    "too_long": "{field} är för många. Högst {max_length}.",
    "too_short": "{field} är tom.",
    "string_pattern_mismatch": "{field} har inte rätt form.",
    "literal_error": "{field} går inte. Välj bland: {expected}.",
    "greater_than_equal": "{field} är för litet. Minst {ge}.",
    "less_than_equal": "{field} är för stort. Högst {le}.",
    "not_a_date": "{field} är inte ett datum. Skriv ÅÅÅÅ-MM-DD.",
    "not_a_flag": "{field} ska vara true eller false.",
    "not_a_number": "{field} ska vara ett heltal.",
    "twice": "{field} står två gånger.",
}


def _told(wrong: ValidationError) -> Problem:
    found = wrong.errors(include_url=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Problem("json_invalid", "Innehållet är inte giltig JSON i UTF-8. Inget har registrerats.")
    return _invalid(
        [_error(".".join(str(p) for p in one["loc"]), one["type"], one.get("ctx", {})) for one in found]
    )  # fmt: skip


def _error(name: str, code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    told = _SENTENCES.get(code, "{field} går inte att läsa.").format_map({**facts, "field": name or "Innehållet"})
    return {"field": name or None, "code": code, "detail": told}


def _invalid(errors: list[dict[str, Any]]) -> Problem:
    return Problem("invalid", " ".join(e["detail"] for e in errors), errors=errors)
