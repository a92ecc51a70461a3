"""The reading log in words."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.people import OFFICES

DOORS: Mapping[str, str] = {"sida": "sida", "fil": "fil", "api": "API", "kommando": "kommando"}
_ROLES = {
    "kansli": "kansliet", "chefsgrupp": "chefsgruppen", "region": "region", "insyn": "insyn", "drift": "drift",
    "konto": "konto på servern",
}  # fmt: skip


def who(role: str, region: str, office: str) -> str:
    """As what somebody read: `kansliet`, `Registrator i 03`, `nyckel för kansliet`."""
    if office == "nyckel":
        return f"nyckel för {_ROLES.get(role, role)}{f' {region}' if region else ''}"
    told = OFFICES.get(office, _ROLES.get(role, role))
    return f"{told} {region}" if region else told
