"""What stands around the program where it runs: the proxy's TLS, our own, and what is installed."""

from __future__ import annotations

import re
import ssl
import tomllib
from pathlib import Path

import pytest

from tests.security.patterns import ROOMS
from uppdrag import settings

ROOT = Path(__file__).parents[2]
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def _server(port: int) -> str:
    """The part of the proxy's configuration that listens at a port."""
    return next(part for part in NGINX.split("\nserver {")[1:] if f"listen {port}" in part)


def test_the_proxy_speaks_tls_as_it_should() -> None:
    told = dict(re.findall(r"^\s*(ssl_\w+)\s+([^;]+);", _server(443), re.MULTILINE))
    assert set(told["ssl_protocols"].split()) == {"TLSv1.2", "TLSv1.3"}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(told["ssl_ciphers"])
    chosen = [one for one in context.get_ciphers() if one["protocol"] != "TLSv1.3"]
    assert chosen
    assert all("Kx=ECDH" in one["description"] and one["aead"] for one in chosen), "forward secrecy, and no CBC"
    assert all(int(one["strength_bits"]) >= 128 for one in chosen)


def test_only_pages_lead_from_http_to_https() -> None:
    plain = _server(80)
    assert re.search(r"location / {\s*return 301 https://", plain)
    assert re.search(r"location /api/ {\s*return 403;", plain)
    assert "proxy_pass" not in plain


def test_our_own_connections_speak_tls_as_they_should() -> None:
    """What relay, mailbox and provider are met with."""
    context = ssl.create_default_context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    ("name", "value", "around"),
    [
        ("UPPDRAG_SMTP_SECURITY", "ingen", {"UPPDRAG_SMTP_HOST": "relay.example"}),
        ("UPPDRAG_SMTP_SECURITY", "ingen", {"UPPDRAG_SMTP_HOST": "10.0.0.7"}),
        ("UPPDRAG_OIDC_ISSUER", "http://login.example", {"UPPDRAG_OIDC_CLIENT_ID": "uppdrag"}),
        ("UPPDRAG_MAILBOX", "imap://nspl@imap.example/INBOX", {}),
    ],
)  # fmt: skip
def test_the_mail_and_the_logins_go_encrypted_to_other_machines(name: str, value: str, around: dict[str, str]) -> None:
    _, wrong = settings.examine({**around, name: value})
    assert name in {one.name for one in wrong}
    _, here = settings.examine({**around, "UPPDRAG_MAILBOX": "imap://nspl@127.0.0.1:1143/INBOX"})
    assert not here, "a server on this machine may be met without"


def test_nothing_of_the_tests_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)
    ours = (ROOT / "requirements" / "server.txt").read_text(encoding="utf-8")
    installed = set(re.findall(r"^([\w.-]+)==", ours, re.MULTILINE))
    assert installed, "the lock was read"
    assert not installed & {"pytest", "hypothesis", "playwright", "mypy", "schemathesis", "aiosmtpd", "bandit"}
