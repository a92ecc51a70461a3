"""The words: what a person reads for a refusal, an event or a finding. Swedish, short sentences, what to do instead."""

from uppdrag.words.errors import error, finding
from uppdrag.words.events import event
from uppdrag.words.labels import (
    BODIES,
    FIELDS,
    SOURCES,
    as_of,
    began,
    differences,
    facts,
    office,
    outcome,
    region,
    value,
    where,
    without_address,
)
from uppdrag.words.refusals import sentence

__all__ = [
    "BODIES", "FIELDS", "SOURCES", "as_of", "began", "differences", "error", "event", "facts", "finding", "office",
    "outcome", "region", "sentence", "value", "where", "without_address",
]  # fmt: skip
