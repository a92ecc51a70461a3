"""The description of the API in OpenAPI 3.1, made of what the routes themselves say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from uppdrag.web.api import problems
from uppdrag.web.api.access import Bearer
from uppdrag.web.api.asked import ID, LANSKOD, Asked
from uppdrag.web.api.routes import ROOT, Operation
from uppdrag.web.api.shapes import Problem

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_DESCRIPTION = """Det som sidorna och kommandoraden visar och registrerar, för andra system.

**Nyckel.** `Authorization: Bearer upa_…`. Kansliet ger ut den: `uppdrag token create`. Den har en roll och
behörigheter: `read` (läsa), `write` (registrera för kansliet eller chefsgruppen), `decide:region` (registrera för den
egna regionen) och `sensitive` (läsa om känsliga uppdrag).

**Samtidighet.** Den som ändrar något läser det först och skickar dess `ETag` i `If-Match`. Har någon annan hunnit före
blir svaret 412, utan `If-Match` 428.

**En gång.** Varje registrering har en egen `Idempotency-Key`. Samma nyckel och samma sak ger samma svar och registreras
en gång. Samma nyckel till något annat vägras (409). Det som vägrades minns ingen: rätta och skicka igen.

**Provkörning.** `?dry_run=true` visar vad som skulle hända.

**Fel.** Alla fel är problem+json (RFC 9457) med en stabil `code`, och `errors` som namnger varje fält. Tider är
ISO 8601 med tidszon, dagar är ÅÅÅÅ-MM-DD."""
_PATH = {
    "id": ("Uppdragets nummer.", {"type": "string", "pattern": ID}, "U2026-01"),
    "lanskod": ("Länskod, två siffror.", {"type": "string", "pattern": LANSKOD}, "03"),
    "seq": ("Händelsens nummer i uppdraget.", {"type": "string", "pattern": "^[1-9][0-9]{0,5}$"}, "1"),
    "name": ("Ärendegångens namn.", {"type": "string", "pattern": "^[a-z_]{1,40}$"}, "regiongemensamt"),
    "version": ("Dess version.", {"type": "string", "pattern": "^[1-9][0-9]{0,5}$"}, "1"),
}
_READING = (400, 401, 403, 404, 422, 429, 503)
_WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503)
_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": {"description": "Hur nyckeln skickas.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Sekunder att vänta.", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Sekunder att vänta.", "schema": {"type": "integer"}}},
}
_ETAG = {"description": "Stark ETag för det som svaret visar.", "schema": {"type": "string"}}


def document(operations: Sequence[Operation], *, version: str, server: str) -> Json:
    """The whole description. `server` is the address that people reach the service by."""
    schemas, definitions = _schemas({o.answer for o in operations} | {o.body for o in operations if o.body} | {Problem})
    paths: Json = {}
    for o in operations:
        paths.setdefault(ROOT + o.path, {})[o.method.lower()] = _operation(o, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Uppdrag", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(o.tag for o in operations)],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {f"Fel{s}": _problem(s) for s in sorted({*_READING, *_WRITING})},
            "securitySchemes": {"nyckel": {"type": "http", "scheme": "bearer", "description": "upa_…"}},
        },
        "security": [{"nyckel": []}],
    }


def _operation(o: Operation, schemas: dict[type, Json]) -> Json:
    scopes = o.permission.scopes if isinstance(o.permission, Bearer) else ()
    told: Json = {
        "operationId": o.id, "summary": o.summary, "tags": [o.tag],
        "description": " ".join(filter(None, (o.says, f"Behörighet: {' eller '.join(scopes)}."))),
        "parameters": [*_path_parameters(o.path), *_query_parameters(o.query), *_header_parameters(o)],
        "responses": {str(o.status): _answer(o, schemas)},
    }  # fmt: skip
    if o.status == 201:
        told["responses"]["200"] = {**_answer(o, schemas), "description": "Vad som skulle registreras (dry_run)."}
    if o.method == "GET":
        told["responses"]["304"] = {"description": "Oförändrat sedan If-None-Match.", "headers": {"ETag": _ETAG}}
    if o.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[o.body]}}}
    for status in _READING if o.method == "GET" else _WRITING:
        if status != 404 or "{" in o.path or o.method == "POST":
            told["responses"][str(status)] = {"$ref": f"#/components/responses/Fel{status}"}
    return told


def _answer(o: Operation, schemas: dict[type, Json]) -> Json:
    schema = schemas[o.answer]
    if o.paged or o.several:
        properties: Json = {"items": {"type": "array", "items": schema}}
        if o.paged:
            properties["next"] = {"type": ["string", "null"], "description": "Adressen till nästa sida."}
        schema = {"type": "object", "properties": properties, "required": list(properties)}
    headers: Json = {"ETag": _ETAG}
    if o.paged:
        headers["Link"] = {"description": 'Nästa sida, rel="next".', "schema": {"type": "string"}}
    if o.status == 201:
        headers["Location"] = {"description": "Adressen till uppdraget.", "schema": {"type": "string"}}
    return {"description": o.summary, "headers": headers, "content": {"application/json": {"schema": schema}}}


def _problem(status: int) -> Json:
    codes = ", ".join(code for code, its in problems.CODES.items() if its == status)
    return {
        "description": f"{problems.title(status)}. code: {codes}.", "headers": _HEADERS.get(status, {}),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }  # fmt: skip


def _path_parameters(path: str) -> Iterable[Json]:
    for name, (says, schema, example) in _PATH.items():
        if f"{{{name}}}" in path:
            yield {"name": name, "in": "path", "required": True, "description": says, "schema": schema,
                   "example": example}  # fmt: skip


def _query_parameters(kind: type[Asked]) -> Iterable[Json]:
    for name, schema in TypeAdapter(kind).json_schema().get("properties", {}).items():
        told = {k: v for k, v in schema.items() if k not in ("title", "description", "examples")}
        if "anyOf" in told:  # a query cannot say null; what is left out is
            told = {**{k: v for k, v in told.items() if k not in ("anyOf", "default")}, **told["anyOf"][0]}
        examples = {"example": schema["examples"][0]} if "examples" in schema else {}
        yield {"name": name, "in": "query", "description": schema.get("description", ""), "schema": told, **examples}


def _header_parameters(o: Operation) -> Iterable[Json]:
    if o.method == "GET":
        yield _header("If-None-Match", "ETag för det som klienten redan har; svaret blir då 304.", required=False)
        return
    key: Json = {"minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    yield _header("Idempotency-Key", "Ny för varje sak som ska registreras.", example="6f1c2a52-9d0e", **key)
    if o.changes:
        yield _header("If-Match", f"ETag för {o.changes}.", example="*", pattern='^(\\*|"[!#-~]*"(,"[!#-~]*")*)$')


def _header(name: str, says: str, *, required: bool = True, example: str = "", **more: Any) -> Json:
    told = {"name": name, "in": "header", "required": required, "description": says}
    return {**told, "schema": {"type": "string", **more}, **({"example": example} if example else {})}


def _schemas(kinds: Iterable[type]) -> tuple[dict[type, Json], Json]:
    """Where each shape stands among the components, and the components."""
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    inputs: list[tuple[type, JsonSchemaMode, TypeAdapter[Any]]] = [
        (kind, "validation", TypeAdapter(kind)) for kind in ordered
    ]
    by_key, rest = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    definitions = deepcopy(rest.get("$defs", {}))
    for kind in _every(BaseModel):
        if kind.__name__ in definitions:  # pydantic takes what programmers read; people read this
            definitions[kind.__name__].pop("description", None)
            if said := getattr(kind, "means", ""):
                definitions[kind.__name__]["description"] = said
    for schema in definitions.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
        schema.pop("title", None)
    return {kind: schema for (kind, _), schema in by_key.items()}, definitions


def _every(kind: type[BaseModel]) -> Iterable[type[BaseModel]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("uppdrag.web.api."):
            yield below
        yield from _every(below)
