"""What people call meetings, their bodies and their handlingsstopp."""

from __future__ import annotations

from collections.abc import Mapping

from uppdrag.words.labels import region
from workflow.model import Region
from workflow.sammantraden import CHEFSGRUPP


def body_name(body: str) -> str:
    """A body as it stands in a sentence: `RF`, `hälso- och sjukvårdsnämnden`, `chefsgruppen`."""
    return {"HSN": "hälso- och sjukvårdsnämnden", "chefsgrupp": "chefsgruppen"}.get(body, body)


def whose(lanskod: str, body: str, regions: Mapping[str, Region]) -> str:
    """Whose meetings: `RF i Uppsala`, `Chefsgruppen`."""
    if lanskod == CHEFSGRUPP:
        return body_name(body).capitalize()
    return f"{body_name(body)} i {region(regions, lanskod)}"


def heading(lanskod: str, body: str, regions: Mapping[str, Region]) -> str:
    """A meeting as a calendar shows it: `Regionfullmäktige, Uppsala`, `Chefsgruppens möte`."""
    if lanskod == CHEFSGRUPP:
        return "Chefsgruppens möte"
    own = regions.get(lanskod)
    names = {"AU": "arbetsutskottet", "RS": own.styrelse if own else "", "RF": own.fullmaktige if own else ""}
    name = names.get(body) or body_name(body)
    return f"{name[:1].upper()}{name[1:]}, {region(regions, lanskod)}"


def papers_rule(working_days: int, before: str) -> str:
    """A handlingsstopp as a rule: `10 arbetsdagar före AU`."""
    return f"{working_days} {'arbetsdag' if working_days == 1 else 'arbetsdagar'} före {body_name(before)}"
