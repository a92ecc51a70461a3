"""Workflow values ↔ the text in which the database keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import msgspec

from workflow.events import Event
from workflow.gallring_events import Emptied

KINDS: Mapping[str, type[Event]] = {cls.__name__: cls for cls in get_args(Event) if cls is not Emptied}
"""Every kind of event by the name that stands in the log. A name is never reused and never disappears."""

T = TypeVar("T")
_encoder = msgspec.json.Encoder()
_sorting = msgspec.json.Encoder(order="deterministic")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: Any) -> str:
    """A value as JSON text, its fields always in the same order."""
    return _encoder.encode(value).decode()


def encode_sorted(value: Any) -> str:
    """The same with every mapping in order of its keys: equal values are equal texts, however they came about."""
    return _sorting.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """The value again. Raises msgspec.ValidationError where the text is not one."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return decoder.decode(text)  # type: ignore[no-any-return]  # the decoder was made for `kind`
