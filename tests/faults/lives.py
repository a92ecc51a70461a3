"""People at work with a house, by chance: they decide, plan, pause, move, correct, come and go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from definitions.people import EXAMPLE
from tests.cast import KANSLI, actor
from tests.integration.ingredients import good_facts
from uppdrag.service import commands, people, queries
from uppdrag.service.commands import New
from uppdrag.service.house import House
from workflow.calendar import parse_span
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import Refused
from workflow.lifecycle import Transition
from workflow.model import Uppdrag
from workflow.status import StatusFilter

REGIONS = ("01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19", "20", "21", "22",
           "23", "24", "25")  # fmt: skip
FINAL = ("antagen", "avslagen", "antagen", "ej_berord")
OPEN = ("aterremitterad", "bordlagd", "overlamnad")
