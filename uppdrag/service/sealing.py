"""The only user of ciphers: text that only who has the token can read (AES-256-GCM)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def seal(text: str, token: str) -> str:
    """A text as ciphertext, in ASCII."""
    nonce = token_bytes(_NONCE)
    return b64encode(nonce + AESGCM(_key(token)).encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)).decode()


def unseal(sealed: str, token: str) -> str | None:
    """The text, or None where it was sealed with another token or has been changed."""
    try:
        held = b64decode(sealed, validate=True)
        return AESGCM(_key(token)).decrypt(held[:_NONCE], held[_NONCE:], None).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        return None


def _key(token: str) -> bytes:
    return sha256(f"{token}\x1fseal".encode()).digest()
