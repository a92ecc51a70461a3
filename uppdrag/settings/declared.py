"""Every setting there is: its name, what it is for, and what holds where nobody says anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DEFAULT_DATABASE = "sqlite:///var/uppdrag.db"
DEFAULT_SENDER = "NSPL:s kansli <uppdrag@nspl.example>"
DEFAULT_URL = "https://uppdrag.nspl.example"

Holds = Literal["open", "address", "secret"]


class SettingWrong(ValueError):
    """A setting has a value that will not do: its name, and what to write instead."""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead
        super().__init__(f"{name}: {instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting. `holds`: `secret` is never shown, `address` is shown without the password that may stand in it; both
    may come from a file."""

    name: str
    group: str
    what: str
    default: str = ""
    holds: Holds = "open"

    @property
    def may_come_from_a_file(self) -> bool:
        """Whether NAME_FILE, or systemd's credentials, may give it."""
        return self.holds != "open"


_DATABASE, _PAGES, _MAIL, _ANSWERS, _LOGIN, _RUNNING = (
    "Databasen", "Sidorna", "Utgående mejl", "Inkommande mejl", "Inloggning", "Drift",
)  # fmt: skip

SETTINGS = (
    Setting(name="UPPDRAG_DATABASE_URL", group=_DATABASE, default=DEFAULT_DATABASE, holds="address",
            what="Databasen: sqlite:///SÖKVÄG eller postgresql+psycopg://ANVÄNDARE@SERVER/NAMN."),
    Setting(name="UPPDRAG_DATABASE_PASSWORD", group=_DATABASE, holds="secret",
            what="Lösenordet till PostgreSQL, när det inte står i adressen."),
    Setting(name="UPPDRAG_URL", group=_PAGES, default=DEFAULT_URL,
            what="Adressen som folk når sidorna på, med https. Anrop till andra namn avvisas."),
    Setting(name="UPPDRAG_TRUSTED_PROXIES", group=_PAGES, default="127.0.0.1, ::1",
            what="Adresser och nät där en proxy får tala om vem som frågar (X-Forwarded-For)."),
    Setting(name="UPPDRAG_MAIL", group=_MAIL, default="simulera",
            what="av, simulera (inget lämnar maskinen), testadresser eller skarp."),
    Setting(name="UPPDRAG_MAIL_FROM", group=_MAIL, default=DEFAULT_SENDER,
            what="Vem mejl kommer från: namn och adress. Måste anges innan mejl får gå."),
    Setting(name="UPPDRAG_MAIL_REPLY_TO", group=_MAIL,
            what="Dit svar går. Tomt: till avsändaren."),
    Setting(name="UPPDRAG_MAIL_TEST_ADDRESSES", group=_MAIL,
            what="Adresser och domäner som får mejl när UPPDRAG_MAIL är testadresser: eva@example.se, @example.org."),
    Setting(name="UPPDRAG_SMTP_HOST", group=_MAIL,
            what="Servern som mejl lämnas till."),
    Setting(name="UPPDRAG_SMTP_PORT", group=_MAIL,
            what="Serverns port. Tomt: 587 för starttls, 465 för tls, 25 för ingen."),
    Setting(name="UPPDRAG_SMTP_SECURITY", group=_MAIL,
            what="starttls, tls eller ingen. Tomt: starttls, men ingen till en server på samma maskin."),
    Setting(name="UPPDRAG_SMTP_USER", group=_MAIL,
            what="Användaren hos mejlservern, om den vill ha en."),
    Setting(name="UPPDRAG_SMTP_PASSWORD", group=_MAIL, holds="secret",
            what="Lösenordet hos mejlservern."),
    Setting(name="UPPDRAG_MAILBOX", group=_ANSWERS,
            what="Brevlådan där svar läses: maildir:SÖKVÄG eller imap+ssl://ANVÄNDARE@SERVER/MAPP. Tomt: inga läses."),
    Setting(name="UPPDRAG_MAILBOX_PASSWORD", group=_ANSWERS, holds="secret",
            what="Lösenordet till brevlådan."),
    Setting(name="UPPDRAG_OIDC_ISSUER", group=_LOGIN,
            what="Inloggningstjänsten (OpenID Connect), med https. Tomt: bara kod till befattningens adress."),
    Setting(name="UPPDRAG_OIDC_CLIENT_ID", group=_LOGIN,
            what="Vad inloggningstjänsten kallar programmet."),
    Setting(name="UPPDRAG_OIDC_CLIENT_SECRET", group=_LOGIN, holds="secret",
            what="Programmets hemlighet hos inloggningstjänsten."),
    Setting(name="UPPDRAG_OIDC_NAME", group=_LOGIN, default="din organisations inloggning",
            what="Vad folk kallar inloggningstjänsten."),
    Setting(name="UPPDRAG_OIDC_SCOPES", group=_LOGIN, default="openid email profile",
            what="Vad som begärs av inloggningstjänsten."),
    Setting(name="UPPDRAG_OIDC_ROLE_CLAIM", group=_LOGIN, default="groups",
            what="Uppgiften som säger vilka grupper någon hör till."),
    Setting(name="UPPDRAG_OIDC_ROLES", group=_LOGIN,
            what="Vilken grupp som ger vilken roll: kansli=nspl-kansli; drift=it-drift."),
    Setting(name="UPPDRAG_CODE_LOGIN", group=_LOGIN, default="ja",
            what="Om en kod till befattningens adress också loggar in: ja eller nej."),
    Setting(name="UPPDRAG_LOG_FORMAT", group=_RUNNING, default="auto",
            what="json (en rad per händelse), text eller auto: text i en terminal, annars json."),
    Setting(name="UPPDRAG_KEEP_VISITS", group=_RUNNING, default="180",
            what="Hur många dagar loggen över sidor som någon har öppnat sparas: 30 till 730."),
    Setting(name="UPPDRAG_GALLRING_DECISION", group=_RUNNING,
            what="Numret på beslutet att handlingar av ringa betydelse får gallras. Tomt: de behålls."),
    Setting(name="UPPDRAG_METRICS_TOKEN", group=_RUNNING, holds="secret",
            what="Nyckeln som öppnar mätvärdena på /halsa/matvarden. Tomt: adressen finns inte."),
    Setting(name="UPPDRAG_NOW", group=_RUNNING,
            what="Ställer klockan, för prov. Går inte när UPPDRAG_MAIL är skarp."),
)  # fmt: skip
"""In the order in which a person meets them."""

BY_NAME = {one.name: one for one in SETTINGS}
