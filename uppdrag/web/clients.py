"""The machine that asks: as the limits count it, as its owner knows it, and what its browser keeps for us."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from fastapi.responses import Response

from uppdrag.web.state import web_of

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
_MACHINES = (
    ("Android", "Android"), ("iPhone", "Iphone"), ("iPad", "Ipad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def client_of(request: Request) -> str:
    """What limits count by: the address, and of IPv6 the network of 64 bits that one subscriber has."""
    host = request.client.host if request.client else ""
    try:
        found = ip_address(host)
    except ValueError:
        return host[:100]
    if not isinstance(found, IPv6Address) or found.ipv4_mapped:
        return str(found.ipv4_mapped if isinstance(found, IPv6Address) else found)
    return str(ip_network((found, 64), strict=False))


def browser_of(request: Request) -> str:
    """Browser and machine in two words, so that somebody can tell their logins apart: `Firefox, Windows`."""
    said = request.headers.get("user-agent", "")
    parts = [next((name for mark, name in known if mark in said), "") for known in (_BROWSERS, _MACHINES)]
    return ", ".join(filter(None, parts)) or "Okänd webbläsare"


def put(request: Request, answer: Response, name: str, token: str, seconds: float) -> None:
    """Let the browser keep a token that no page can read."""
    secure = web_of(request).secure
    answer.set_cookie(name, token, max_age=int(seconds), path="/", secure=secure, httponly=True, samesite="lax")
