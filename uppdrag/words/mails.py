"""What a person can do to a mail by hand, and what was done: the verb, what follows, and how it is told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Verb(NamedTuple):
    """What the button says, the question before it, what follows, and what the mail's own history says afterwards."""

    button: str
    question: str
    follows: str
    done: str


MAIL_ACTS: Mapping[str, Verb] = {
    "hall": Verb(
        "Håll inne", "Ska mejlet hållas inne?",
        "Det ligger kvar här och går inte förrän någon släpper det.", "Hölls inne",
    ),
    "slapp": Verb(
        "Släpp", "Ska mejlet släppas?", "Det går så snart kön är öppen och det är tid för det.", "Släpptes",
    ),
    "forsok": Verb(
        "Försök igen", "Ska mejlet försökas igen?",
        "Samma mejl lämnas till servern på nytt, byte för byte. Sedan försöks det i den vanliga takten.",
        "Försöktes igen",
    ),
    "avbryt": Verb(
        "Avbryt mejlet", "Ska mejlet avbrytas?",
        "Det går aldrig, och det som det frågar efter frågas inte igen.", "Avbröts",
    ),
}  # fmt: skip
"""By Act of the service. `forsok` reads otherwise for a mail that may have arrived: see SEND_AGAIN."""

SEND_AGAIN = Verb(
    "Sänd igen", "Ska mejlet sändas igen?",
    "Det är osäkert om det redan har kommit fram. Samma mejl sänds, byte för byte och med samma Message-ID, så att "
    "mottagarens server kan känna igen det.", "Sändes igen",
)  # fmt: skip

QUEUE_ACTS: Mapping[str, Verb] = {
    "pausa": Verb(
        "Pausa kön", "Ska hela kön pausas?", "Inget mejl lämnar systemet förrän någon startar kön igen. Också "
        "koder för inloggning väntar.", "Kön pausades",
    ),
    "starta": Verb(
        "Starta kön", "Ska kön startas?", "Allt som väntar och är inne i sin tid går.", "Kön startades",
    ),
}  # fmt: skip

LIFT = Verb(
    "Häv spärren", "Ska spärren hävas?", "Mejl går till adressen igen.", "Spärren hävdes",
)  # fmt: skip

INCOMING_ACTS: Mapping[str, str] = {"koppla": "Kopplades till", "diariefor": "Diariefördes som"}
