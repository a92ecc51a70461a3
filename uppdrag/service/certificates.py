"""Until when certificates hold: those in files, and those that a server shows when somebody asks for it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

TIMEOUT = 10.0
_LINES = 20


def of_file(path: Path) -> list[datetime]:
    """When each certificate in a PEM file ends. Raises OSError and ValueError."""
    return [one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes())]


def of_server(host: str, port: int, *, starttls: bool = False) -> datetime:
    """When the certificate of a server ends; `starttls` is SMTP's (RFC 3207). It is verified, unless the server is on
    this machine. Raises OSError, of which ssl.SSLError is one, and ValueError."""
    context = ssl.create_default_context()
    if _is_here(host):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, port), timeout=TIMEOUT) as plain:
        if starttls:
            _ask_for_tls(plain)
        with context.wrap_socket(plain, server_hostname=host) as secure:
            shown = secure.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def _ask_for_tls(plain: socket.socket) -> None:
    with plain.makefile("rb") as heard:
        _answer(heard.readline, b"220")
        plain.sendall(b"EHLO localhost\r\n")
        _answer(heard.readline, b"250")
        plain.sendall(b"STARTTLS\r\n")
        _answer(heard.readline, b"220")


def _answer(readline: Callable[[int], bytes], wanted: bytes) -> None:
    """Read one reply, whose last line has a space after its code."""
    for _ in range(_LINES):
        line = readline(1_000)
        if line[:4] == wanted + b" ":
            return
        if line[:4] != wanted + b"-":
            raise ValueError(line[:60].decode("ascii", "replace").strip() or "no answer")
    raise ValueError("no end")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
