"""The words: what a person reads for a refusal, an event or a finding. Swedish, short sentences, what to do instead."""

from uppdrag.words.errors import error, finding, on_a_page
from uppdrag.words.events import event
from uppdrag.words.labels import (
    BODIES,
    FIELDS,
    KINDS,
    SOURCES,
    as_of,
    began,
    decided,
    differences,
    facts,
    link,
    office,
    outcome,
    region,
    task,
    value,
    where,
    without_address,
)
from uppdrag.words.refusals import sentence

__all__ = [
    "BODIES", "FIELDS", "KINDS", "SOURCES", "as_of", "began", "decided", "differences", "error", "event", "facts",
    "finding", "link", "office", "on_a_page", "outcome", "region", "sentence", "task", "value", "where",
    "without_address",
]  # fmt: skip
