"""Settings, from the environment, checked once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from workflow.calendar import STOCKHOLM

MailMode = Literal["av", "simulera", "testadresser", "skarp"]
MailSecurity = Literal["starttls", "tls", "ingen"]
_PORTS: Mapping[MailSecurity, int] = {"starttls": 587, "tls": 465, "ingen": 25}
MAIL_MODES: tuple[MailMode, ...] = ("av", "simulera", "testadresser", "skarp")
OIDC_ROLES = ("kansli", "chefsgrupp", "insyn", "drift")
"""The roles that a claim may give. A region's people are known by their address, which says whose they are."""
DEFAULT_DATABASE = "sqlite:///var/uppdrag.db"
MAX_DOMAIN = 33
"""A Message-ID has at most 60 characters, 26 of them before the @."""
DEFAULT_SENDER = "NSPL:s kansli <uppdrag@nspl.example>"
DEFAULT_URL = "https://uppdrag.nspl.example"
_OIDC_NAME, _OIDC_SCOPES, _OIDC_CLAIM = "din organisations inloggning", "openid email profile", "groups"
_MAILBOX = re.compile(r"maildir:.+|imap(?:\+ssl)?://[^/:]+@[^/@]+(?:/.*)?")


class SettingWrong(ValueError):
    """A setting has a value that will not do: its name, and what to write instead."""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead
        super().__init__(f"{name}: {instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The relay that mail is handed to. `ingen` security is for a server on this machine only."""

    host: str
    port: int
    security: MailSecurity
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """An OpenID provider that people log in with. `name` is what people call it.

    `roles` are pairs of a value and the role that it gives, where the claim `role_claim` has that value. Offices are
    given by verified addresses instead.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = _OIDC_NAME
    scopes: str = _OIDC_SCOPES
    role_claim: str = _OIDC_CLAIM
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`fixed_now`: the moment (aware) that every command takes for now, or None for the real clock.

    `mail_from` is whom mail comes from, name and address; `mail_reply_to` where answers go, empty for the sender's own
    address; `url` where the pages are, without a slash at the end. `mailbox` is where answers are read, empty: nowhere.
    `oidc` is whom people log in with, None where nobody; `code_login` whether a mailed code logs in as well.
    `smtp` is the relay, None where none is set; `mail_test_addresses` are addresses and `@domain`, in small letters.
    """

    database_url: str = DEFAULT_DATABASE
    mail: MailMode = "simulera"
    mail_from: str = DEFAULT_SENDER
    mail_reply_to: str = ""
    url: str = DEFAULT_URL
    mailbox: str = ""
    mailbox_password: str = field(default="", repr=False)
    smtp: Smtp | None = None
    mail_test_addresses: frozenset[str] = frozenset()
    oidc: Oidc | None = None
    code_login: bool = True
    fixed_now: datetime | None = None

    def now(self) -> datetime:
        """This moment, aware."""
        return self.fixed_now or datetime.now(UTC)

    @property
    def mail_domain(self) -> str:
        """The domain that the sender's address and every Message-ID end with."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2]

    @property
    def mail_answers_to(self) -> str:
        """The address, without a name, that answers go to."""
        return parseaddr(self.mail_reply_to or self.mail_from)[1]

    def is_test_address(self, address: str) -> bool:
        """Whether `testadresser` may send to an address."""
        lower = address.lower()
        return lower in self.mail_test_addresses or f"@{lower.rpartition('@')[2]}" in self.mail_test_addresses


def read(environ: Mapping[str, str] | None = None, *, now: str = "") -> Settings:
    """The settings of an environment (the process's own by default). `now` stands before UPPDRAG_NOW.

    Raises SettingWrong. With mail `skarp` nobody may set the clock.
    """
    env = os.environ if environ is None else environ
    mail = env.get("UPPDRAG_MAIL", "simulera")
    if mail not in MAIL_MODES:
        raise SettingWrong("UPPDRAG_MAIL", "skriv " + ", ".join(MAIL_MODES))
    stated = now or env.get("UPPDRAG_NOW", "")
    if stated and mail == "skarp":
        raise SettingWrong("--now", "klockan kan inte ställas när UPPDRAG_MAIL är skarp; ta bort --now och UPPDRAG_NOW")
    oidc = _oidc(env)
    return Settings(
        database_url=env.get("UPPDRAG_DATABASE_URL") or DEFAULT_DATABASE,
        mail=mail,
        mail_from=_sender(env.get("UPPDRAG_MAIL_FROM") or DEFAULT_SENDER, "UPPDRAG_MAIL_FROM"),
        mail_reply_to=_sender(env.get("UPPDRAG_MAIL_REPLY_TO") or "", "UPPDRAG_MAIL_REPLY_TO"),
        url=(env.get("UPPDRAG_URL") or DEFAULT_URL).rstrip("/"),
        mailbox=_mailbox(env.get("UPPDRAG_MAILBOX") or ""),
        mailbox_password=_secret(env, "UPPDRAG_MAILBOX_PASSWORD"),
        smtp=_smtp(env),
        mail_test_addresses=_test_addresses(env.get("UPPDRAG_MAIL_TEST_ADDRESSES", "")),
        oidc=oidc,
        code_login=_code_login(env, oidc),
        fixed_now=_moment(stated) if stated else None,
    )


def _sender(text: str, setting: str) -> str:
    address = parseaddr(text)[1]
    local, _, domain = address.rpartition("@")
    if text and not (local and "." in domain and len(domain) <= MAX_DOMAIN and text.isprintable()):
        raise SettingWrong(setting, "skriv en adress som NSPL:s kansli <uppdrag@example.se>")
    return text


def _mailbox(text: str) -> str:
    if text and not _MAILBOX.fullmatch(text):
        raise SettingWrong("UPPDRAG_MAILBOX", "skriv maildir:SÖKVÄG eller imap+ssl://ANVÄNDARE@SERVER/MAPP")
    return text


def _secret(env: Mapping[str, str], name: str) -> str:
    """A secret from a variable, or from the file that NAME_FILE names."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise SettingWrong(f"{name}_FILE", "filen går inte att läsa") from None


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    host = env.get("UPPDRAG_SMTP_HOST", "").strip()
    if not host:
        return None
    local = _on_this_machine(host)
    stated = env.get("UPPDRAG_SMTP_SECURITY") or ("ingen" if local else "starttls")
    security = next((known for known in _PORTS if known == stated), None)
    if security is None:
        raise SettingWrong("UPPDRAG_SMTP_SECURITY", "skriv " + ", ".join(_PORTS))
    if security == "ingen" and not local:
        raise SettingWrong(
            "UPPDRAG_SMTP_SECURITY", "skriv starttls eller tls; bara en server på samma maskin nås utan kryptering"
        )
    port = env.get("UPPDRAG_SMTP_PORT") or str(_PORTS[security])
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingWrong("UPPDRAG_SMTP_PORT", "skriv ett tal mellan 1 och 65535, till exempel 587")
    user, password = env.get("UPPDRAG_SMTP_USER", ""), _secret(env, "UPPDRAG_SMTP_PASSWORD")
    if bool(user) != bool(password):
        name = "UPPDRAG_SMTP_PASSWORD" if user else "UPPDRAG_SMTP_USER"
        raise SettingWrong(name, "ange både användare och lösenord, eller inget av dem")
    return Smtp(host=host, port=int(port), security=security, user=user, password=password)


def _oidc(env: Mapping[str, str]) -> Oidc | None:
    issuer = env.get("UPPDRAG_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    at = urlsplit(issuer)
    local = at.scheme == "http" and _on_this_machine(at.hostname or "")
    if not (at.scheme == "https" or local) or not at.hostname or at.query or at.fragment:
        raise SettingWrong("UPPDRAG_OIDC_ISSUER", "skriv adressen med https, till exempel https://login.example.se")
    client_id = env.get("UPPDRAG_OIDC_CLIENT_ID", "").strip()
    if not client_id:
        raise SettingWrong("UPPDRAG_OIDC_CLIENT_ID", "ange vad inloggningstjänsten kallar det här programmet")
    scopes = env.get("UPPDRAG_OIDC_SCOPES") or _OIDC_SCOPES
    if "openid" not in scopes.split():
        raise SettingWrong("UPPDRAG_OIDC_SCOPES", "openid måste vara med, till exempel openid email profile")
    return Oidc(
        issuer=issuer, client_id=client_id, client_secret=_secret(env, "UPPDRAG_OIDC_CLIENT_SECRET"), scopes=scopes,
        name=env.get("UPPDRAG_OIDC_NAME") or _OIDC_NAME,
        role_claim=env.get("UPPDRAG_OIDC_ROLE_CLAIM") or _OIDC_CLAIM, roles=_roles(env.get("UPPDRAG_OIDC_ROLES", "")),
    )  # fmt: skip


def _roles(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of value and role. Semicolons stand between them, for the name of a group may hold commas."""
    found = []
    for part in filter(str.strip, text.split(";")):
        role, _, value = (one.strip() for one in part.partition("="))
        if role not in OIDC_ROLES or not value:
            raise SettingWrong("UPPDRAG_OIDC_ROLES", "skriv som kansli=nspl-kansli; drift=it-drift. Roller: "
                               + ", ".join(OIDC_ROLES))  # fmt: skip
        found.append((value, role))
    return tuple(found)


def _code_login(env: Mapping[str, str], oidc: Oidc | None) -> bool:
    stated = env.get("UPPDRAG_CODE_LOGIN") or "ja"
    if stated not in ("ja", "nej"):
        raise SettingWrong("UPPDRAG_CODE_LOGIN", "skriv ja eller nej")
    if stated == "nej" and oidc is None:
        raise SettingWrong("UPPDRAG_CODE_LOGIN", "nej kräver UPPDRAG_OIDC_ISSUER, annars kan ingen logga in")
    return stated == "ja"


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere
        return False


def _test_addresses(text: str) -> frozenset[str]:
    found = [part.strip().lower() for part in text.replace(";", ",").split(",") if part.strip()]
    if any(part.count("@") > 1 or " " in part for part in found):
        raise SettingWrong("UPPDRAG_MAIL_TEST_ADDRESSES", "skriv adresser och domäner: eva@example.se, @example.org")
    return frozenset(part if "@" in part else f"@{part}" for part in found)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingWrong("--now", "skriv ett ögonblick som 2026-03-27T09:00 eller 2026-03-27") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)
