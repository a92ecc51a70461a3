"""What the tests of the disk begin with: that the calls of this interpreter's SQLite can be intercepted."""

from __future__ import annotations

import os

import pytest

from tests.faults.syscalls import Call, NotReached, intercepted


@pytest.fixture(scope="session")
def the_disk() -> None:
    """Fails, and outside CI skips, where the calls cannot be intercepted; says why, and with what Python they can."""
    try:
        with intercepted("/nowhere/at/all", Call.through):
            pass
    except NotReached as no:
        if "CI" not in os.environ:
            pytest.skip(str(no))
        raise
