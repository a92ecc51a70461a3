"""What the program's own code never does: run text, start programs, use weak ciphers or chance that can be guessed."""

from __future__ import annotations

import ast
import re
from base64 import b64decode, b64encode

from tests.reliability import Tried
from tests.security.patterns import ROOT, sources
from uppdrag.service import sealing

MODULES = frozenset({
    "subprocess", "multiprocessing", "pickle", "marshal", "shelve", "dill", "random", "ctypes", "telnetlib", "ftplib",
    "xmlrpc", "code", "pty", "crypt", "tempfile.mktemp",
})  # fmt: skip
"""What nothing of the program imports: they start programs, read data as code, or are chance that can be guessed."""
CALLS = frozenset({
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execve", "os.spawnl",
    "os.posix_spawn", "os.fork", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "hashlib.md5", "hashlib.sha1",
    "hashlib.new", "ssl._create_unverified_context", "hmac.new", "uuid.uuid1",
})  # fmt: skip
NAMES = frozenset({"CERT_NONE", "md5", "sha1", "MD5", "SHA1", "ECB", "CBC", "DES", "TripleDES", "ARC4", "Blowfish"})
ALLOWED = {
    "notifications/imap.py: CERT_NONE",  # a mailbox on this machine: test_imap tries who is verified
    "uppdrag/service/certificates.py: CERT_NONE",  # a server on this machine, asked only how long its certificate holds
}


_WORTH_READING = re.compile(
    r"\b(?:{})\b|(?<![.\w])(?:eval|exec|compile)\(|import code\b".format(
        "|".join(
            {one.rpartition(".")[2] for one in MODULES | CALLS | NAMES} - {"eval", "exec", "compile", "code", "new"}
        )
    )
    + r"|(?:hashlib|hmac)\.new\("
)


def _wrong(file: str, text: str) -> set[str]:
    """What a file does that no file may."""
    if not _WORTH_READING.search(text):
        return set()
    tree = ast.parse(text)
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.partition(".")[0] in MODULES}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module)} & MODULES | {a.name for a in node.names} & NAMES
        elif isinstance(node, ast.Call):
            found |= {_dotted(node.func)} & CALLS
        elif isinstance(node, ast.Attribute):
            found |= {node.attr} & NAMES
    return {f"{file}: {one}" for one in found}


def _dotted(of: ast.expr) -> str:
    if isinstance(of, ast.Name):
        return of.id
    return f"{_dotted(of.value)}.{of.attr}" if isinstance(of, ast.Attribute) else ""


def test_no_dangerous_function_is_used(tried: Tried) -> None:
    found = set[str]()
    for path, text in sources().items():
        found |= _wrong(str(path.relative_to(ROOT)), text)
    assert found == ALLOWED
    tried("Koden", "filer utan eval, pickle, andra program, svaga chiffer och slump som går att gissa", len(sources()),
          "ingen använder dem")  # fmt: skip


def test_such_a_function_is_found() -> None:
    planted = (
        "import subprocess", "from random import choice", "import pickle as p", "eval('1')", "os.system('x')",
        "yaml.load(x)", "hashlib.md5(b'')", "import code", "hmac.new(b'', b'')", "compile('1', '', 'eval')",
        "from hashlib import sha1", "ssl.CERT_NONE", "modes.ECB()",
    )  # fmt: skip
    assert [one for one in planted if not _wrong("x", one)] == []
    assert not _wrong("x", "import secrets\nyaml.safe_load(x)\nhashlib.sha256(b'')")


def test_what_is_sealed_cannot_be_changed() -> None:
    sealed = b64decode(sealing.seal("Hemligt utkast", "token"))
    assert sealing.unseal(b64encode(sealed).decode(), "token") == "Hemligt utkast"
    assert sealing.unseal(b64encode(sealed).decode(), "another") is None
    for n in range(len(sealed)):
        changed = bytearray(sealed)
        changed[n] ^= 1
        assert sealing.unseal(b64encode(changed).decode(), "token") is None
