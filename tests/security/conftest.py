"""The command line, as the journeys have it."""

from tests.journeys.conftest import command_line as command_line
