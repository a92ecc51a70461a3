"""What every form of a session carries, so that no other site can post one in a visitor's name."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes

_SIZE = 32


def form_token(token: str) -> str:
    """What every form of a session carries, so that no other site can post one. Made of the session's own token.

    It looks different each time, under a new one-time pad: pages are compressed, and what is the same each time could
    be guessed at from how long they are (BREACH, CVE-2013-3587).
    """
    pad = token_bytes(_SIZE)
    return urlsafe_b64encode(pad + _xor(pad, _secret(token))).decode()


def is_form_token(token: str, given: str) -> bool:
    """Whether a form is a session's own."""
    try:
        held = urlsafe_b64decode(given.encode())
    except ValueError:
        return False
    pad, masked = held[:_SIZE], held[_SIZE:]
    return len(masked) == _SIZE and compare_digest(_xor(pad, masked), _secret(token))


def _secret(token: str) -> bytes:
    return sha256("\x1f".join((token, "form")).encode("utf-8", "surrogatepass")).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
