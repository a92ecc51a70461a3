"""What is checked of a lifecycle before it is taken into use, in words."""

from __future__ import annotations

CHECKED = (
    "Exakt ett läge är det första, och minst ett är det sista.",
    "Varje läge går att nå, och från varje läge går det att komma till ett slut.",
    "Varje steg leder mellan lägen som finns, och två steg går alltid att skilja åt.",
    "Det som sker av sig självt har ett villkor och leder någonstans.",
    "Varje uppgift hör till ett fält som finns, och varje tidsgräns möts av ett steg.",
    "Varje påminnelse hör till en tidsgräns, en mall och en mottagare som finns.",
    "Regionernas spår har en början, och varje utfall för till ett läge som finns.",
)
