"""A small OpenID provider on loopback, with real keys and real HTTP, that can be told to lie."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.cast import NOW

CLIENT_ID = "uppdrag-test"
CLIENT_SECRET = "en hemlighet"  # noqa: S105 - of a provider that exists for one test
Claims = dict[str, Any]


def _nothing(claims: Claims) -> Claims:
    return claims


@dataclass
class Provider:
    """What the provider knows and does. `person` is who logs in next; `lie` changes the ID token before
    it is signed."""

    address: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "s-1", "name": "Eva Lind"})
    lie: Callable[[Claims], Claims] = _nothing
    sign: Callable[[Provider, Claims], str] | None = None
    moment: float = NOW.timestamp()
    down: bool = False
    broken: bool = False
    says_iss: bool = True
    in_userinfo: tuple[str, ...] = ()
    offers_logout: bool = True
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, Claims] = field(default_factory=dict)
    tokens: dict[str, Claims] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def metadata(self) -> Claims:
        at = self.address
        found: Claims = {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys", "userinfo_endpoint": f"{at}/userinfo", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return {**found, "end_session_endpoint": f"{at}/logout"} if self.offers_logout else found

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to: somebody has logged in here, and said yes."""
        self.asked.append(query)
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        code = token_urlsafe(16)
        self.codes[code] = {**query, "person": dict(self.person)}
        back = {"code": code, "state": query["state"], **({"iss": self.address} if self.says_iss else {})}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """A code for tokens, once (RFC 6749, section 4.1.2) and with its verifier (RFC 7636, section 4.6)."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".replace(" ", "%20").encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization not in (f"Basic {expected}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}
        began = self.codes.pop(form.get("code", ""), None)
        made = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if began is None or made != began["code_challenge"] or form.get("redirect_uri") != began["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        person = began["person"]
        access = token_urlsafe(16)
        self.tokens[access] = person
        claims = {
            "iss": self.address, "aud": CLIENT_ID, "iat": int(self.moment), "exp": int(self.moment) + 300,
            "nonce": began["nonce"], **{k: v for k, v in person.items() if k not in self.in_userinfo},
        }  # fmt: skip
        claims = self.lie(claims)
        signed = self.sign(self, claims) if self.sign else self.signed(claims)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def signed(self, claims: Claims, key: RSAKey | None = None, kid: str = "one") -> str:
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, key or self.key)

    def unsigned(self, claims: Claims) -> str:
        """`alg` none: no signature at all."""
        return f"{_packed({'alg': 'none', 'kid': 'one'})}.{_packed(claims)}."

    def signed_with_the_public_key(self, claims: Claims) -> str:
        """The old confusion: HS256 with what everybody can read as the secret."""
        signed = ".".join(_packed(part) for part in ({"alg": "HS256", "kid": "one"}, claims))
        made = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _packed(part: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(at.query).items()}
        if self.provider.down:
            self._say(503, {"error": "down"})
        elif self.provider.broken:
            self._say(200, ["not", "what", "was", "asked"])
        elif at.path == "/.well-known/openid-configuration":
            self._say(200, self.provider.metadata())
        elif at.path == "/keys":
            self._say(200, {"keys": [self.provider.key.as_dict(private=False)]})
        elif at.path == "/authorize":
            self.send_response(302)
            self.send_header("location", self.provider.authorize(query))
            self.end_headers()
        elif at.path == "/userinfo":
            access = self.headers.get("authorization", "").removeprefix("Bearer ")
            self._say(200, self.provider.tokens.get(access, {}))
        else:
            self._say(200, {"path": at.path, **query})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {k: v[0] for k, v in parse_qs(body).items()}
        if self.provider.down:
            self._say(503, {"error": "down"})
        else:
            self._say(*self.provider.token(form, self.headers.get("authorization", "")))

    def _say(self, status: int, told: object) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider at an address of its own, as long as the block runs."""
    found = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": found}))
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
