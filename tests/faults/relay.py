"""A real SMTP server in a process of its own, which does what its script says: `python -m tests.faults.relay SCRIPT`.

A script is JSON. `to` says what happens to mails to an address, one word for each time it is tried, and accepts when
the words are used up: `450`, `550` and so on answer RCPT; `data 451` answers the mail; `421` answers RCPT and hangs up;
`hang up` breaks at RCPT; `drop` takes the mail and hangs up without an answer; `lose` hangs up without taking it;
`mute` takes the mail and says nothing; `slow` takes it after a while. `greeting` false: the server stays silent.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from aiosmtpd.smtp import Session as Client

ROOT = Path(__file__).parents[2]
PASSWORD = "hemligt"  # noqa: S105 - of a server that lives for a second


@dataclass(frozen=True)
class Mail:
    """A mail that the server has taken, before it said so."""

    connection: int
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class Relay:
    """The server, from the test's side. Use with `with`."""

    def __init__(self, log: Path, *, port: int = 0, **script: Any) -> None:
        """`log`: a file to keep what happens in; it outlives the server."""
        self.log = log
        self.port = port
        self._script = {**script, "log": str(log)}

    def __enter__(self) -> Relay:
        command = [sys.executable, "-m", "tests.faults.relay", json.dumps({**self._script, "port": self.port})]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def mails(self) -> list[Mail]:
        """Every mail that was taken, in order."""
        return [
            Mail(e["connection"], e["sender"], tuple(e["recipients"]), b64decode(e["raw"]))
            for e in self._events() if e["event"] == "mail"
        ]  # fmt: skip

    @property
    def connections(self) -> int:
        """How many times somebody connected."""
        return sum(e["event"] == "connection" for e in self._events())

    def _events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


class _Handler:
    def __init__(self, script: dict[str, Any]) -> None:
        self.script = script
        self.to: dict[str, list[str]] = script.get("to", {})
        self.connections = 0
        self.words: dict[int, str] = {}
        self.numbers: dict[int, int] = {}

    def tell(self, event: str, **facts: Any) -> None:
        with Path(self.script["log"]).open("a") as file:
            file.write(json.dumps({"event": event, **facts}) + "\n")

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Client, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer: str = self.script.get("mail", "250 OK")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Client, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        words = self.to.get(address, self.to.get("*", []))
        word = words.pop(0) if words else ""
        self.words[id(envelope)] = word
        if word == "hang up":
            await _hang_up(server)
        if word[:1].isdigit():
            if word.startswith("421"):
                await server.push(f"{word} Closing")
                await _hang_up(server)
            return word if " " in word else f"{word} Nej"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Client, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        word = self.words.pop(id(envelope), "")
        if word.startswith("data "):
            return f"{word.removeprefix('data ')} Nej"
        if word == "lose":
            await _hang_up(server)
        if word == "slow":
            await asyncio.sleep(0.2)
        self.tell(
            "mail", connection=self.numbers[id(session)], sender=envelope.mail_from, recipients=envelope.rcpt_tos,
            raw=b64encode(envelope.original_content or b"").decode(),
        )  # fmt: skip
        if word == "drop":
            await _hang_up(server)
        if word == "mute":
            await asyncio.sleep(3600)
        return "250 2.0.0 Taget"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Client, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.numbers[id(session)] = self.connections
        return responses


async def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.close()
    await asyncio.sleep(3600)  # aiosmtpd ends this when it sees that the connection is gone


def _authenticate(server: SMTP, session: Client, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


async def _serve(script: dict[str, Any]) -> None:
    handler = _Handler(script)
    context = None
    if "certificate" in script:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(script["certificate"])
    implicit = script.get("implicit", False)

    def connected() -> asyncio.Protocol:
        handler.connections += 1
        handler.tell("connection")
        if not script.get("greeting", True):
            return asyncio.Protocol()
        return SMTP(
            handler, hostname="relay.example", enable_SMTPUTF8=False, loop=asyncio.get_running_loop(),
            tls_context=None if implicit else context, authenticator=_authenticate if script.get("auth") else None,
            auth_require_tls=not script.get("auth"), auth_required=script.get("auth", False),
        )  # fmt: skip

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connected, "127.0.0.1", script.get("port", 0), ssl=context if implicit else None
    )  # fmt: skip
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
