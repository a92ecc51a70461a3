"""The only user of Authlib: a conversation with the OpenID provider, from its own address to who somebody is.

OpenID Connect Core 1.0 with the authorization code flow: PKCE (RFC 7636, S256), state and nonce. All three are made of
one token that only the browser has, so that nothing of a login that has begun is kept anywhere.
"""

from __future__ import annotations

import logging
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]  # Authlib has no types
from authlib.integrations.httpx_client import OAuth2Client, OAuthError  # type: ignore[import-untyped]  # the same
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # the same
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from uppdrag.settings import Oidc
from workflow.errors import Refusal, Refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures that only the provider can make. Never `none`, nor one whose key we would share."""
LEEWAY = 120
"""Seconds that the provider's clock and ours may differ."""
LASTS = timedelta(minutes=10)
"""From the address of the provider until somebody comes back from there."""
_KNOWN = timedelta(hours=1)
_TIMEOUT = 10.0
_LARGEST = 1_000_000
_log = logging.getLogger("uppdrag.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the provider says that somebody is: `subject` at `issuer`, for good. The rest may change.

    `email` is in small letters, and empty where the provider does not say that it is verified. `roles` are those that
    the claim in the settings gives.
    """

    issuer: str
    subject: str
    name: str
    email: str
    roles: tuple[str, ...]


class Provider:
    """An OpenID provider. Safe to share between threads; what it says of itself is kept for an hour.

    Every refusal is a Refused of one of: `oidc_unreachable`, `oidc_denied` (the provider said no), `oidc_stale` (began
    elsewhere, or too long ago), `oidc_clock` (the clocks differ), `oidc_untrue` (what came back does not hold).
    """

    def __init__(self, chosen: Oidc, came_back_to: str, transport: httpx2.BaseTransport | None = None) -> None:
        """`came_back_to` is our own address that the provider sends people back to."""
        self.chosen = chosen
        self._came_back_to = came_back_to
        self._transport = transport
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()

    def address(self, token: str) -> str:
        """Where the browser that keeps `token` goes to log in."""
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state_of(token), code_verifier=_verifier(token),
                nonce=_made(token, "nonce"),
            )  # fmt: skip
        return str(url)

    def who(self, answer: Mapping[str, str], token: str, *, now: datetime) -> Identity:
        """Who came back with an answer: its query, and the token that the browser kept."""
        if not compare_digest(answer.get("state", "").encode(), state_of(token).encode()):
            raise _refused("oidc_stale")
        self._check_sender(answer)
        if answer.get("error"):
            raise _refused("oidc_denied")
        given = self._exchange(answer.get("code", ""), token)
        claims = self._claims(given, token, now)
        return self._identity({**claims, **self._more(claims, given)})

    def logout_address(self, back: str) -> str:
        """Where somebody logs out from the provider too (RP-Initiated Logout 1.0), empty where it has no such place."""
        try:
            place = self._endpoint("end_session_endpoint")
        except Refused:
            return ""
        # client_id stands for id_token_hint, which we would have to keep.
        said = {"client_id": self.chosen.client_id, "post_logout_redirect_uri": back}
        return str(add_params_to_uri(place, list(said.items())))

    def _check_sender(self, answer: Mapping[str, str]) -> None:
        """RFC 9207: an answer that says which provider it is from must be from ours."""
        said = answer.get("iss", "")
        must = self._described().get("authorization_response_iss_parameter_supported") is True
        if (said or must) and said != self.chosen.issuer:
            raise _refused("oidc_untrue")

    def _exchange(self, code: str, token: str) -> dict[str, Any]:
        place = self._endpoint("token_endpoint")
        if not code:
            raise _refused("oidc_untrue")
        try:
            with self._client() as client:
                given = client.fetch_token(
                    place, code=code, code_verifier=_verifier(token), grant_type="authorization_code"
                )  # fmt: skip
        except OAuthError as no:
            # A code that was used, or was somebody else's; else the provider does not know us or our secret.
            raise _refused("oidc_stale" if no.error == "invalid_grant" else "oidc_untrue", no) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as wrong:
            raise _refused("oidc_unreachable", wrong) from None
        except (ValueError, TypeError, AttributeError) as wrong:
            raise _refused("oidc_untrue", wrong) from None
        if not isinstance(given, dict) or not isinstance(given.get("id_token"), str):
            raise _refused("oidc_untrue")
        return dict(given)

    def _claims(self, given: Mapping[str, Any], token: str, now: datetime) -> dict[str, Any]:
        """The claims of an ID token, once everything about it holds (OpenID Connect Core 1.0, section 3.1.3.7)."""
        said = self._described().get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[a for a in ALGORITHMS if a in said], strict_check_header=False)
        try:
            try:
                read = jwt.decode(given["id_token"], key=self._key_set(), registry=registry)
            except InvalidKeyIdError:  # the provider may have taken new keys
                read = jwt.decode(given["id_token"], key=self._key_set(anew=True), registry=registry)
            claims = CodeIDToken(
                read.claims, read.header,
                {
                    "iss": {"essential": True, "value": self.chosen.issuer},
                    "aud": {"essential": True, "value": self.chosen.client_id},
                    "nonce": {"essential": True},
                },
                {
                    "nonce": _made(token, "nonce"), "client_id": self.chosen.client_id,
                    "access_token": given.get("access_token"),
                },
            )  # fmt: skip
            _check_moments(claims, now)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except ExpiredTokenError as wrong:
            raise _refused("oidc_clock", wrong) from None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as wrong:
            raise _refused("oidc_untrue", wrong) from None
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise _refused("oidc_untrue")
        return dict(claims)

    def _more(self, claims: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider tells of somebody beside the ID token, where something is missing from that."""
        wanted = ("email", "name", *([self.chosen.role_claim] if self.chosen.roles else []))
        nowhere = self._described().get("userinfo_endpoint") is None
        if nowhere or all(name in claims for name in wanted) or not given.get("access_token"):
            return {}
        place = self._endpoint("userinfo_endpoint")
        told = self._json(place, {"authorization": f"Bearer {given['access_token']}"})
        if told.get("sub") != claims["sub"]:  # Core 1.0, section 5.3.2: else it may be of somebody else
            raise _refused("oidc_untrue")
        return {name: told[name] for name in (*wanted, "email_verified") if name in told and name not in claims}

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        email, name = claims.get("email"), claims.get("name")
        known = isinstance(email, str) and "@" in email and claims.get("email_verified") in (True, "true")
        given = claims.get(self.chosen.role_claim)
        values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        return Identity(
            issuer=self.chosen.issuer, subject=str(claims["sub"]), name=name if isinstance(name, str) else "",
            email=str(email).strip().casefold() if known else "",
            roles=tuple(dict.fromkeys(role for value, role in self.chosen.roles if value in values)),
        )  # fmt: skip

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0, section 4). It must name itself as we do."""
        with self._lock:
            if self._metadata and time.monotonic() - self._read_at < _KNOWN.total_seconds():
                return self._metadata
        read = self._json(self.chosen.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if read.get("issuer") != self.chosen.issuer:
            raise _refused("oidc_untrue")
        with self._lock:
            self._metadata, self._keys, self._read_at = read, None, time.monotonic()
        return read

    def _endpoint(self, name: str) -> str:
        """An address of the provider's: by https, save for a provider on this machine."""
        place = self._described().get(name)
        local = self.chosen.issuer.startswith("http:")
        if not isinstance(place, str) or not urlsplit(place).scheme == ("http" if local else "https"):
            raise _refused("oidc_untrue")
        return place

    def _key_set(self, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            held = self._json(self._endpoint("jwks_uri"))
            self._keys = KeySet.import_key_set({"keys": held.get("keys") or []})
        return self._keys

    def _json(self, place: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            with httpx2.Client(timeout=_TIMEOUT, transport=self._transport) as client:
                answer = client.get(place, headers=headers).raise_for_status()
            read = answer.json() if len(answer.content) <= _LARGEST else None
        except (httpx2.HTTPError, httpx2.InvalidURL) as wrong:
            raise _refused("oidc_unreachable", wrong) from None
        except ValueError as wrong:
            raise _refused("oidc_untrue", wrong) from None
        if not isinstance(read, dict):
            raise _refused("oidc_untrue")
        return read

    def _client(self) -> OAuth2Client:
        taken = self._described().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in taken else "client_secret_post"
        return OAuth2Client(
            client_id=self.chosen.client_id, client_secret=self.chosen.client_secret or None, timeout=_TIMEOUT,
            scope=self.chosen.scopes, redirect_uri=self._came_back_to, code_challenge_method="S256",
            token_endpoint_auth_method=method if self.chosen.client_secret else "none", transport=self._transport,
        )  # fmt: skip


def state_of(token: str) -> str:
    """What a browser's token is called on its way to the provider and back."""
    return _made(token, "state")


def _verifier(token: str) -> str:
    return _made(token, "verifier")


def _made(token: str, of: str) -> str:
    """One of the values that a login needs. None of them tells the token or another of them."""
    return urlsafe_b64encode(sha256(f"{token}\x1foidc {of}".encode()).digest()).rstrip(b"=").decode()


def _check_moments(claims: Mapping[str, Any], now: datetime) -> None:
    """Raises Refused (`oidc_clock`) where the token was made in our future, or long before it was asked for."""
    made = claims["iat"]
    if not isinstance(made, int | float) or isinstance(made, bool):
        raise TypeError("iat")
    age = now.timestamp() - made
    if age < -LEEWAY or age > LASTS.total_seconds() + LEEWAY:
        raise _refused("oidc_clock")


def _refused(code: str, wrong: Exception | None = None) -> Refused:
    """A refusal; the log tells whoever runs the program why, but not what the provider sent."""
    _log.warning("oidc_refused", extra={"code": code, "error": type(wrong).__name__ if wrong else ""})
    return Refused([Refusal.of(code)])
