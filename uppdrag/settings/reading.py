"""From what the environment gives to the settings of a run. The only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from typing import TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

from uppdrag.settings.chosen import LogFormat, MailMode, MailSecurity, Oidc, Settings, Smtp
from uppdrag.settings.declared import BY_NAME, SettingWrong
from uppdrag.settings.given import given
from workflow.calendar import STOCKHOLM

T = TypeVar("T")
Env = Mapping[str, str]

_PORTS: Mapping[MailSecurity, int] = {"starttls": 587, "tls": 465, "ingen": 25}
MAIL_MODES: tuple[MailMode, ...] = ("av", "simulera", "testadresser", "skarp")
_LOG_FORMATS: tuple[LogFormat, ...] = ("auto", "json", "text")
OIDC_ROLES = ("kansli", "chefsgrupp", "insyn", "drift")
"""The roles that a claim may give. A region's people are known by their address, which says whose they are."""
MAX_DOMAIN = 33
"""A Message-ID has at most 60 characters, 26 of them before the @."""
SHORTEST_SECRET = 12
_MAILBOX = re.compile(r"maildir:.+|imap(?:\+ssl)?://[^/:]+@[^/@]+(?:/.*)?")
_EXAMPLES = ("changeme", "bytmig", "password", "lösenord", "exempel", "example", "postgres", "hemligt")
"""What manuals put where a secret should stand."""


def read(environ: Env | None = None, *, now: str = "") -> Settings:
    """The settings of an environment (the process's own by default). `now` stands before UPPDRAG_NOW.

    Raises SettingWrong, for the first that is. With mail `skarp` nobody may set the clock, and no secret may be one
    that can be guessed.
    """
    chosen, wrong = examine(environ, now=now)
    if wrong:
        raise wrong[0]
    return chosen


def examine(environ: Env | None = None, *, now: str = "") -> tuple[Settings, list[SettingWrong]]:
    """The settings of an environment, and everything that is wrong with them; what is wrong is left as by default."""
    env = environment() if environ is None else environ
    wrong: list[SettingWrong] = []

    def part(read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except SettingWrong as one:
            wrong.append(one)
            return instead

    plain = Settings()
    mail = part(lambda: _one_of(env, "UPPDRAG_MAIL", MAIL_MODES), plain.mail)
    stated = now or _text(env, "UPPDRAG_NOW")
    chosen = Settings(
        database_url=part(lambda: _database(env), plain.database_url),
        mail=mail,
        mail_from=part(lambda: _sender(env, "UPPDRAG_MAIL_FROM"), plain.mail_from),
        mail_reply_to=part(lambda: _sender(env, "UPPDRAG_MAIL_REPLY_TO"), ""),
        url=_text(env, "UPPDRAG_URL").rstrip("/"),
        mailbox=part(lambda: _mailbox(env), ""),
        mailbox_password=part(lambda: _text(env, "UPPDRAG_MAILBOX_PASSWORD"), ""),
        smtp=part(lambda: _smtp(env), None),
        mail_test_addresses=part(lambda: _test_addresses(env), frozenset()),
        oidc=part(lambda: _oidc(env), None),
        code_login=part(lambda: _code_login(env), plain.code_login),
        trusted_proxies=part(lambda: _proxies(env), plain.trusted_proxies),
        metrics_token=part(lambda: _text(env, "UPPDRAG_METRICS_TOKEN"), ""),
        log_format=part(lambda: _one_of(env, "UPPDRAG_LOG_FORMAT", _LOG_FORMATS), plain.log_format),
        keep_visits=part(lambda: _days(env, "UPPDRAG_KEEP_VISITS", 30, 730), plain.keep_visits),
        gallring_decision=part(lambda: _one_line(env, "UPPDRAG_GALLRING_DECISION"), ""),
        fixed_now=part(lambda: _moment(stated, mail), None),
    )
    if mail == "skarp":
        wrong += _guessed(env, {one.name for one in wrong})
        wrong += _unencrypted(chosen.database_url)
    return chosen, wrong


def environment() -> Env:
    """What this process was started with."""
    return os.environ


def _text(env: Env, name: str) -> str:
    return given(env, name).value


def _one_of(env: Env, name: str, known: tuple[T, ...]) -> T:
    stated = _text(env, name)
    found = next((one for one in known if one == stated), None)
    if found is None:
        raise SettingWrong(name, "skriv " + ", ".join(map(str, known)))
    return found


def _days(env: Env, name: str, least: int, most: int) -> int:
    text = _text(env, name)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise SettingWrong(name, f"skriv ett antal dagar, {least} till {most}")
    return int(text)


def _one_line(env: Env, name: str) -> str:
    text = _text(env, name).strip()
    if not text.isprintable() or len(text) > 100:
        raise SettingWrong(name, "skriv högst 100 tecken på en rad")
    return text


def _database(env: Env) -> str:
    """The address, with the password in it where that was given apart."""
    address, password = _text(env, "UPPDRAG_DATABASE_URL"), _text(env, "UPPDRAG_DATABASE_PASSWORD")
    if not password:
        return address
    user, at, rest = address.partition("@")
    scheme, _, name = user.partition("://")
    if not at or not scheme.startswith("postgresql") or not name or ":" in name:
        raise SettingWrong(
            "UPPDRAG_DATABASE_PASSWORD",
            "hör till en adress utan lösenord i UPPDRAG_DATABASE_URL: postgresql+psycopg://ANVÄNDARE@SERVER/NAMN",
        )
    return f"{scheme}://{name}:{quote(password, safe='')}@{rest}"


def _sender(env: Env, name: str) -> str:
    text = _text(env, name)
    local, _, domain = parseaddr(text)[1].rpartition("@")
    if text and not (local and "." in domain and len(domain) <= MAX_DOMAIN and text.isprintable()):
        raise SettingWrong(name, "skriv en adress som NSPL:s kansli <uppdrag@example.se>")
    return text


def _mailbox(env: Env) -> str:
    text = _text(env, "UPPDRAG_MAILBOX")
    if text and not _MAILBOX.fullmatch(text):
        raise SettingWrong("UPPDRAG_MAILBOX", "skriv maildir:SÖKVÄG eller imap+ssl://ANVÄNDARE@SERVER/MAPP")
    if text.startswith("imap:") and not _on_this_machine(urlsplit(text).hostname or ""):
        raise SettingWrong("UPPDRAG_MAILBOX", "skriv imap+ssl://; bara en brevlåda på samma maskin nås utan kryptering")
    return text


def _smtp(env: Env) -> Smtp | None:
    host = _text(env, "UPPDRAG_SMTP_HOST").strip()
    if not host:
        return None
    local = _on_this_machine(host)
    stated = _text(env, "UPPDRAG_SMTP_SECURITY") or ("ingen" if local else "starttls")
    security = next((known for known in _PORTS if known == stated), None)
    if security is None:
        raise SettingWrong("UPPDRAG_SMTP_SECURITY", "skriv " + ", ".join(_PORTS))
    if security == "ingen" and not local:
        raise SettingWrong(
            "UPPDRAG_SMTP_SECURITY", "skriv starttls eller tls; bara en server på samma maskin nås utan kryptering"
        )
    port = _text(env, "UPPDRAG_SMTP_PORT") or str(_PORTS[security])
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingWrong("UPPDRAG_SMTP_PORT", "skriv ett tal mellan 1 och 65535, till exempel 587")
    user, password = _text(env, "UPPDRAG_SMTP_USER"), _text(env, "UPPDRAG_SMTP_PASSWORD")
    if bool(user) != bool(password):
        name = "UPPDRAG_SMTP_PASSWORD" if user else "UPPDRAG_SMTP_USER"
        raise SettingWrong(name, "ange både användare och lösenord, eller inget av dem")
    return Smtp(host=host, port=int(port), security=security, user=user, password=password)


def _oidc(env: Env) -> Oidc | None:
    issuer = _text(env, "UPPDRAG_OIDC_ISSUER").strip()
    if not issuer:
        return None
    at = urlsplit(issuer)
    local = at.scheme == "http" and _on_this_machine(at.hostname or "")
    if not (at.scheme == "https" or local) or not at.hostname or at.query or at.fragment:
        raise SettingWrong("UPPDRAG_OIDC_ISSUER", "skriv adressen med https, till exempel https://login.example.se")
    client_id = _text(env, "UPPDRAG_OIDC_CLIENT_ID").strip()
    if not client_id:
        raise SettingWrong("UPPDRAG_OIDC_CLIENT_ID", "ange vad inloggningstjänsten kallar det här programmet")
    scopes = _text(env, "UPPDRAG_OIDC_SCOPES")
    if "openid" not in scopes.split():
        raise SettingWrong("UPPDRAG_OIDC_SCOPES", "openid måste vara med, till exempel openid email profile")
    return Oidc(
        issuer=issuer, client_id=client_id, client_secret=_text(env, "UPPDRAG_OIDC_CLIENT_SECRET"), scopes=scopes,
        name=_text(env, "UPPDRAG_OIDC_NAME"), role_claim=_text(env, "UPPDRAG_OIDC_ROLE_CLAIM"),
        roles=_roles(_text(env, "UPPDRAG_OIDC_ROLES")),
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


def _code_login(env: Env) -> bool:
    stated = _one_of(env, "UPPDRAG_CODE_LOGIN", ("ja", "nej"))
    if stated == "nej" and not _text(env, "UPPDRAG_OIDC_ISSUER"):
        raise SettingWrong("UPPDRAG_CODE_LOGIN", "nej kräver UPPDRAG_OIDC_ISSUER, annars kan ingen logga in")
    return stated == "ja"


def _proxies(env: Env) -> tuple[str, ...]:
    found = tuple(part.strip() for part in _text(env, "UPPDRAG_TRUSTED_PROXIES").split(",") if part.strip())
    for one in found:
        try:
            ip_network(one)
        except ValueError:
            raise SettingWrong("UPPDRAG_TRUSTED_PROXIES", "skriv adresser eller nät: 127.0.0.1, 10.1.2.0/24") from None
    return found


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere
        return False


def _test_addresses(env: Env) -> frozenset[str]:
    text = _text(env, "UPPDRAG_MAIL_TEST_ADDRESSES")
    found = [part.strip().lower() for part in text.replace(";", ",").split(",") if part.strip()]
    if any(part.count("@") > 1 or " " in part for part in found):
        raise SettingWrong("UPPDRAG_MAIL_TEST_ADDRESSES", "skriv adresser och domäner: eva@example.se, @example.org")
    return frozenset(part if "@" in part else f"@{part}" for part in found)


def _moment(text: str, mail: MailMode) -> datetime | None:
    if not text:
        return None
    if mail == "skarp":
        raise SettingWrong("--now", "klockan kan inte ställas när UPPDRAG_MAIL är skarp; ta bort --now och UPPDRAG_NOW")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingWrong("--now", "skriv ett ögonblick som 2026-03-27T09:00 eller 2026-03-27") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def _guessed(env: Env, known: set[str]) -> list[SettingWrong]:
    """The secrets that somebody could guess: short ones, and those that stand in manuals."""
    found = []
    for one in BY_NAME.values():
        if one.holds == "open" or one.name in known:
            continue
        try:
            value = _text(env, one.name)
        except SettingWrong:  # told already, by what it was for
            continue
        secret = value if one.holds == "secret" else urlsplit(value).password or ""
        if secret and _is_weak(secret):
            instead = f"byt till minst {SHORTEST_SECRET} slumpade tecken; det som står där går att gissa"
            found.append(SettingWrong(one.name, instead))
    return found


def _unencrypted(database: str) -> list[SettingWrong]:
    """A PostgreSQL on another machine must be met with TLS, or by somebody who says that it needs none: libpq's own
    choice falls back to a connection that anybody on the way can read."""
    at = urlsplit(database)
    asked = dict(parse_qsl(at.query))
    hosts = [*(at.hostname or "").split(","), *asked.get("host", "").split(",")]
    elsewhere = [one for one in hosts if one and not one.startswith("/") and not _on_this_machine(one)]
    if not at.scheme.startswith("postgresql") or not elsewhere:
        return []
    if asked.get("sslmode", "") in ("verify-full", "verify-ca", "require", "disable"):
        return []
    instead = "lägg till ?sslmode=verify-full, eller ?sslmode=disable om databasen nås på ett eget nät"
    return [SettingWrong("UPPDRAG_DATABASE_URL", instead)]


def _is_weak(secret: str) -> bool:
    plain = re.sub(r"[\W_]", "", secret.lower())
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < 5 or any(one in plain for one in _EXAMPLES)
