"""Every version of everything declared that has been in use, and the regions of the organisation in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import col

from storage import codec
from storage.database import Session
from storage.statements import Statement
from storage.tables import DefinitionRow, RegionRow, UppdragRow, columns
from workflow.model import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDefinition:
    """A published definition: what it is, and the text it was published with."""

    kind: str
    id: str
    version: int
    file: str
    digest: str
    source: str


_FIELDS = (
    col(DefinitionRow.kind), col(DefinitionRow.id), col(DefinitionRow.version), col(DefinitionRow.file),
    col(DefinitionRow.digest), col(DefinitionRow.source),
)  # fmt: skip
_insert = Statement(insert(DefinitionRow))
_all = select(*_FIELDS).order_by(col(DefinitionRow.kind), col(DefinitionRow.id), col(DefinitionRow.version))
_every = Statement(_all)
_of_kind = Statement(_all.where(col(DefinitionRow.kind) == bindparam("kind")))
_exactly = Statement(
    _all.where(col(DefinitionRow.id) == bindparam("id"), col(DefinitionRow.version) == bindparam("version"))
)
_heads = Statement(
    select(col(DefinitionRow.kind), col(DefinitionRow.id), col(DefinitionRow.version), col(DefinitionRow.digest))
)
_insert_region = Statement(insert(RegionRow))
_update_region = Statement(
    update(RegionRow)
    .where(col(RegionRow.lanskod) == bindparam("at"))
    .values(
        {
            c: bindparam(f"new_{c}")
            for c in ("name", "short_name", "county", "samverkansregioner", "fullmaktige", "styrelse")
        }
    )
)
_regions = Statement(select(*columns(RegionRow)).order_by(col(RegionRow.lanskod)))
_in_use = Statement(
    select(col(UppdragRow.lifecycle), col(UppdragRow.lifecycle_version), func.count())
    .group_by(col(UppdragRow.lifecycle), col(UppdragRow.lifecycle_version))
    .order_by(col(UppdragRow.lifecycle), col(UppdragRow.lifecycle_version))
)


def publish(session: Session, definition: StoredDefinition, now: datetime) -> None:
    """Keep a version."""
    row = {f: getattr(definition, f) for f in ("kind", "id", "version", "file", "digest", "source")}
    session.run(_insert, {**row, "published_at": now})


def published(session: Session, id: str = "", version: int = 0, *, kind: str = "") -> list[StoredDefinition]:
    """The versions kept, by kind, id and version: one of them, those of a kind, or all."""
    if id:
        rows = session.all(_exactly, {"id": id, "version": version})
    elif kind:
        rows = session.all(_of_kind, {"kind": kind})
    else:
        rows = session.all(_every, {})
    return [StoredDefinition(kind=k, id=i, version=v, file=f, digest=d, source=s) for k, i, v, f, d, s in rows]


def digests(session: Session) -> dict[tuple[str, str, int], str]:
    """The digest of every version kept, by kind, id and version."""
    return {(kind, id, version): digest for kind, id, version, digest in session.all(_heads, {})}


def in_use(session: Session) -> dict[tuple[str, int], int]:
    """How many uppdrag follow each lifecycle version."""
    return {(id, version): count for id, version, count in session.all(_in_use, {})}


def region_row(r: Region) -> dict[str, str]:
    """The columns of a region."""
    return {
        "lanskod": r.lanskod, "name": r.name, "short_name": r.short_name, "county": r.county,
        "samverkansregioner": codec.encode(r.samverkansregioner), "fullmaktige": r.fullmaktige,
        "styrelse": r.styrelse,
    }  # fmt: skip


def keep_regions(session: Session, regions: Sequence[Region]) -> None:
    """Make the regions as they are in the organisation now in use. None is ever removed."""
    known = {r.lanskod for r in all_regions(session)}
    for region in regions:
        row = region_row(region)
        if region.lanskod in known:
            session.run(
                _update_region, {f"new_{k}": v for k, v in row.items() if k != "lanskod"} | {"at": region.lanskod}
            )
        else:
            session.run(_insert_region, row)


def all_regions(session: Session) -> list[Region]:
    """The regions by länskod."""
    return [
        Region(
            lanskod=lanskod, name=name, short_name=short, county=county,
            samverkansregioner=codec.decode(groups, tuple[str, ...]), fullmaktige=fullmaktige, styrelse=styrelse,
        )
        for lanskod, name, short, county, groups, fullmaktige, styrelse in session.all(_regions, {})
    ]  # fmt: skip
