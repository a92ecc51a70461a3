"""The settings of a run, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Literal

from uppdrag.settings.declared import BY_NAME, DEFAULT_DATABASE, DEFAULT_SENDER, DEFAULT_URL

MailMode = Literal["av", "simulera", "testadresser", "skarp"]
MailSecurity = Literal["starttls", "tls", "ingen"]
LogFormat = Literal["auto", "json", "text"]


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
    name: str = BY_NAME["UPPDRAG_OIDC_NAME"].default
    scopes: str = BY_NAME["UPPDRAG_OIDC_SCOPES"].default
    role_claim: str = BY_NAME["UPPDRAG_OIDC_ROLE_CLAIM"].default
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`fixed_now`: the moment (aware) that every command takes for now, or None for the real clock.

    `mail_from` is whom mail comes from, name and address; `mail_reply_to` where answers go, empty for the sender's own
    address; `url` where the pages are, without a slash at the end. `mailbox` is where answers are read, empty: nowhere.
    `oidc` is whom people log in with, None where nobody; `code_login` whether a mailed code logs in as well.
    `smtp` is the relay, None where none is set; `mail_test_addresses` are addresses and `@domain`, in small letters.
    `trusted_proxies` are the addresses and networks that may say whom they ask for; `metrics_token`, empty for nobody,
    opens the numbers of a web process. `keep_visits` is in days; `gallring_decision` is the number of the decision that
    what is of little importance may go, empty where nobody has decided. `database_url` holds its password.
    """

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
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
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    metrics_token: str = field(default="", repr=False)
    log_format: LogFormat = "auto"
    keep_visits: int = int(BY_NAME["UPPDRAG_KEEP_VISITS"].default)
    gallring_decision: str = ""
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
