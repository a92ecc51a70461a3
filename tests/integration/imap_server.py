"""A small IMAP server on loopback, with one folder, for the client to meet."""

from __future__ import annotations

import re
import ssl
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from types import TracebackType


@dataclass
class Stored:
    """A mail in the folder, with its flags."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """The server while the block lasts. `said` is every command, `folder` the name under which it has the mails."""

    def __init__(
        self, raws: Iterable[bytes], *, folder: str = "INBOX", user: str = "nspl", word: str = "hemligt",
        tls: ssl.SSLContext | None = None, keywords: bool = True, drop_after: int | None = None,
    ) -> None:  # fmt: skip
        self.mails = [Stored(raw) for raw in raws]
        self.folder, self.user, self.word = folder, user, word
        self.keywords, self.drop_after = keywords, drop_after
        self.said: list[str] = []
        served = self

        class Handler(StreamRequestHandler):
            def setup(self) -> None:
                if tls is not None:
                    self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                served.converse(self)

            def finish(self) -> None:
                super().finish()
                self.request.close()

        class Server(ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up, or does not trust us, is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def __enter__(self) -> ImapServer:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def converse(self, client: StreamRequestHandler) -> None:
        def say(line: bytes) -> None:
            client.wfile.write(line + b"\r\n")

        say(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready")
        for line in iter(client.rfile.readline, b""):
            tag, _, command = line.decode().strip().partition(" ")
            self.said.append(command)
            if self.drop_after is not None and sum("FETCH" in c for c in self.said) > self.drop_after:
                return
            if command.startswith("AUTHENTICATE"):
                say(b"+ ")
                command += f" {b64decode(client.rfile.readline()).decode()}"
            ok, answer = self._answer(command)
            for one in answer:
                say(one)
            say(f"{tag} {'OK' if ok else 'NO'} done".encode())
            if command == "LOGOUT":
                return

    def _answer(self, command: str) -> tuple[bool, list[bytes]]:
        name = command.split(" ")[0]
        if name == "CAPABILITY":
            return True, [b"* CAPABILITY IMAP4rev1 AUTH=PLAIN"]
        if name == "LOGIN":
            return command == f'LOGIN {self.user} "{self.word}"', []
        if name == "AUTHENTICATE":
            return command == f"AUTHENTICATE PLAIN \0{self.user}\0{self.word}", []
        if name == "SELECT":
            return command == f'SELECT "{self.folder}"', [f"* {len(self.mails)} EXISTS".encode()]
        if name == "UID":
            return self._uid(command[4:])
        return True, [b"* BYE"] if name == "LOGOUT" else []

    def _uid(self, command: str) -> tuple[bool, list[bytes]]:
        name, _, rest = command.partition(" ")
        if name == "SEARCH":
            keyword = rest.split(" ")[-1]
            found = [n for n, m in enumerate(self.mails, 1) if not m.flags & {r"\Seen", keyword}]
            return True, [b"* SEARCH " + " ".join(map(str, found)).encode()]
        n = int(rest.split(" ")[0])
        mail = self.mails[n - 1]
        if name == "FETCH":
            sized = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", rest)
            assert sized, rest
            raw = mail.raw[: int(sized[1])]
            head = f'* {n} FETCH (UID {n} INTERNALDATE "26-Mar-2026 08:15:00 +0100" BODY[]<0> {{{len(raw)}}}\r\n'
            return True, [head.encode() + raw + b")"]
        flag = rest[rest.index("(") + 1 : -1]
        if not flag.startswith("\\") and not self.keywords:
            return False, []
        mail.flags.add(flag)
        return True, []
