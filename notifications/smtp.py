"""Handing mails to the relay, over one connection, one envelope for each recipient. The only user of aiosmtplib.

What went wrong is told apart by what it asks for: the same again later (temporary, unreachable), the same bytes again
(uncertain: the connection broke after DATA and the relay may have the mail), another address (permanent), or somebody
who mends the settings (misconfigured).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal, TypeVar

import aiosmtplib

Security = Literal["starttls", "tls", "ingen"]
Kind = Literal["accepted", "temporary", "permanent", "uncertain", "misconfigured", "unreachable"]
StepName = Literal["anslutning", "kryptering", "inloggning", "avsändare", "mottagare", "leverans"]
T = TypeVar("T")
TIMEOUT = 60.0
"""Seconds that the relay may take to answer one command."""
_LOGIN_WANTED = (530, 534, 535, 538)  # RFC 4954, 6
_TOO_BIG = 552
_CLOSING = 421


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A relay, and who we are to it. `sender` is the envelope's address, where bounces go."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mail, or of connecting. `response`: what the relay said, or a Swedish sentence about what
    broke; `code` is the relay's, 0 where it said nothing. `step`: how far it had come."""

    kind: Kind
    step: StepName
    code: int = 0
    response: str = ""

    @property
    def address_refused(self) -> bool:
        """Whether the relay says that there is no such mailbox (RFC 3463: 5.1.x), which is as good as a bounce."""
        return self.kind == "permanent" and self.step == "mottagare" and self.response.startswith("5.1.")


class Relay:
    """A connection to the relay. Use with `with`; `open` it, `run` something that sends, and `open` it again where
    `lost`.

    It belongs to one thread. No method raises for what the relay or the network does.
    """

    def __init__(self, server: Server, *, timeout: float = TIMEOUT) -> None:
        """`timeout`: seconds for each answer of the relay's."""
        self._server = server
        self._runner = asyncio.Runner()
        local = is_loopback(server.host)
        self._client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.security == "tls", start_tls=False, timeout=timeout,
            local_hostname="localhost" if local else None,
        )  # fmt: skip
        self._transport: asyncio.BaseTransport | None = None
        self.lost = True
        self.taken = 0
        """How many mails this connection has carried."""

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._runner.close()

    def open(self, told: Callable[[Outcome], None] = lambda _: None) -> Outcome:
        """Connect, encrypt and log in. The last step's outcome; `told` hears of each."""
        self.taken = 0
        outcome = self.run(self._open(told))
        self.lost = outcome.kind != "accepted"
        if self.lost:
            self.run(self._hang_up(outcome))
        return outcome

    def run(self, sending: Coroutine[Any, Any, T]) -> T:
        """Do what sends; what it gives. Many mails go faster in one run than each in a run of its own."""
        # Not Runner.run, which sets the handler of SIGINT twice each time.
        return self._runner.get_loop().run_until_complete(sending)

    async def send(self, recipient: str, raw: bytes, *, meanwhile: Callable[[], None] = _nothing) -> Outcome:
        """Hand over one mail. `meanwhile` is done while the relay thinks about the sender, and again while it thinks
        about the recipient, where it delays the mail the least: the answer to DATA comes at once."""
        outcome = await self._send(recipient, raw, meanwhile)
        self.taken += outcome.kind == "accepted"
        return outcome

    async def ask(self, recipient: str) -> Outcome:
        """Whether the relay would take a mail to this recipient; none is sent."""
        return await self._envelope(recipient, b"")

    def close(self) -> None:
        """Say goodbye, where anybody still listens."""
        if not self.lost:
            self.run(self._quit())

    async def _open(self, told: Callable[[Outcome], None]) -> Outcome:
        try:
            response = await self._client.connect()
            self._transport = self._client.transport
            await self._client.ehlo()
        except (aiosmtplib.SMTPException, OSError) as wrong:
            return _broken("anslutning", wrong)
        told(Outcome(kind="accepted", step="anslutning", code=response.code, response=clean(response.message)))
        try:
            encrypted = await self._encrypt()
        except (aiosmtplib.SMTPException, OSError) as wrong:
            return _broken("kryptering", wrong)
        if encrypted.kind != "accepted":
            return encrypted
        told(encrypted)
        try:
            return await self._log_in()
        except (aiosmtplib.SMTPException, OSError) as wrong:
            return _broken("inloggning", wrong)

    async def _encrypt(self) -> Outcome:
        if self._server.security == "ingen":
            return Outcome(kind="accepted", step="kryptering", response="Ingen: servern står på samma maskin.")
        if self._server.security == "starttls":
            if not self._client.supports_extension("starttls"):
                return _misconfigured("kryptering", "Servern erbjuder inte STARTTLS.")
            await self._client.starttls()
            self._transport = self._client.transport
            await self._client.ehlo()
        version = self._client.get_transport_info("cipher")[1]
        return Outcome(kind="accepted", step="kryptering", response=f"{version}. Serverns certifikat är godkänt.")

    async def _log_in(self) -> Outcome:
        if not self._server.user:
            return Outcome(kind="accepted", step="inloggning", response="Ingen inloggning är angiven.")
        if not self._client.supports_extension("auth"):
            return _misconfigured("inloggning", "Servern erbjuder ingen inloggning (AUTH).")
        response = await self._client.login(self._server.user, self._server.password)
        return Outcome(kind="accepted", step="inloggning", code=response.code, response=clean(response.message))

    async def _send(self, recipient: str, raw: bytes, meanwhile: Callable[[], None]) -> Outcome:
        refused = await self._envelope(recipient, raw, meanwhile)
        if refused.kind != "accepted":
            return refused
        try:
            response = await self._client.data(raw)
        except aiosmtplib.SMTPDataError as said:
            if said.code >= 400:
                return await self._after(_refused("leverans", said.code, said.message))
            return await self._hang_up(_uncertain(f"Servern svarade {said.code} på brevet."))
        except (aiosmtplib.SMTPException, OSError) as broke:
            return await self._hang_up(_uncertain(f"Förbindelsen bröts efter DATA: {clean(str(broke))}"))
        return Outcome(kind="accepted", step="leverans", code=response.code, response=clean(response.message))

    async def _envelope(self, recipient: str, raw: bytes, meanwhile: Callable[[], None] = _nothing) -> Outcome:
        """MAIL and RCPT; with nothing to send, the envelope is dropped again."""
        client, loop = self._client, asyncio.get_running_loop()
        step: StepName = "avsändare"
        options = [f"SIZE={len(raw)}"] if raw and client.supports_extension("size") else []
        try:
            loop.call_soon(meanwhile)  # runs as soon as the command has left
            await client.mail(self._server.sender, options=options)
            step = "mottagare"
            loop.call_soon(meanwhile)
            response = await client.rcpt(recipient)
            if not raw:
                await client.rset()
        except aiosmtplib.SMTPSenderRefused as said:
            return await self._after(_refused("avsändare", said.code, said.message))
        except aiosmtplib.SMTPRecipientRefused as said:
            return await self._after(_refused("mottagare", said.code, said.message))
        except (aiosmtplib.SMTPException, OSError) as broke:
            why = f"Förbindelsen bröts innan brevet var lämnat: {clean(str(broke))}"
            return await self._hang_up(Outcome(kind="temporary", step=step, response=why))
        except ValueError as wrong:
            return await self._after(Outcome(kind="permanent", step="mottagare", response=clean(str(wrong))))
        return Outcome(kind="accepted", step="mottagare", code=response.code, response=clean(response.message))

    async def _after(self, outcome: Outcome) -> Outcome:
        """Make the connection ready for the next envelope."""
        if outcome.code == _CLOSING or not self._client.is_connected:
            return await self._hang_up(outcome)
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            return await self._hang_up(outcome)
        return outcome

    async def _hang_up(self, outcome: Outcome) -> Outcome:
        self.lost = True
        self._client.close()
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()  # closing TLS would wait for the server's goodbye
        self._transport = None
        await asyncio.sleep(0)  # the socket is let go of by the loop
        return outcome

    async def _quit(self) -> None:
        with suppress(aiosmtplib.SMTPException, OSError):
            await self._client.quit()
        await self._hang_up(Outcome(kind="accepted", step="leverans"))


def is_loopback(host: str) -> bool:
    """Whether a server stands on this machine, so that nobody can listen on the way."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere
        return False


def clean(text: str) -> str:
    """What a server said, as text that every database and terminal can hold: one line of at most 300 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _broken(step: StepName, wrong: Exception) -> Outcome:
    # A bad certificate comes as it is after STARTTLS, and as the cause of a failed connection with TLS from the start.
    tls = next((e for e in (wrong, wrong.__cause__) if isinstance(e, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return _misconfigured("kryptering", f"Serverns certifikat godkänns inte: {clean(tls.verify_message)}")
    if tls is not None:
        return _misconfigured("kryptering", f"Servern talar inte TLS som den ska: {clean(str(tls.reason))}")
    if isinstance(wrong, aiosmtplib.SMTPResponseException):
        if wrong.code in _LOGIN_WANTED or (wrong.code >= 500 and step != "anslutning"):
            return _misconfigured(step, clean(wrong.message), wrong.code)
        return Outcome(kind="unreachable", step=step, code=wrong.code, response=clean(wrong.message))
    return Outcome(kind="unreachable", step=step, response=f"Servern går inte att nå: {clean(str(wrong))}")


def _refused(step: StepName, code: int, message: str) -> Outcome:
    kind: Kind
    if code in _LOGIN_WANTED or (step == "avsändare" and code >= 500 and code != _TOO_BIG):
        kind = "misconfigured"  # the sender is the same in every mail
    else:
        kind = "permanent" if 500 <= code < 600 else "temporary"
    return Outcome(kind=kind, step=step, code=code, response=clean(message))


def _misconfigured(step: StepName, response: str, code: int = 0) -> Outcome:
    return Outcome(kind="misconfigured", step=step, code=code, response=response)


def _uncertain(response: str) -> Outcome:
    return Outcome(kind="uncertain", step="leverans", response=response)
