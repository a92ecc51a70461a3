"""What people read when a database is moved, backed up or restored."""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[str, str] = {
    "move_same": "Källan och målet är samma databas. Ange en ny, tom databas som mål.",
    "move_older": "Källan {source} har schema {found} och programmet {wanted}. Ta en säkerhetskopia av källan, sätt "
    "UPPDRAG_DATABASE_URL till den och kör uppdrag db upgrade. Flytta sedan.",
    "target_holds": "Målet {target} har redan {tables} tabeller. Inget har ändrats. Ange en tom databas; kör inte "
    "uppdrag init i den.",
    "source_changed": "Källan ändrades medan den kopierades (tabell: {tables}). Målet går inte att använda än. Stanna "
    "tjänsten som använder källan och kör kommandot igen.",
    "copy_differs": "Kopian stämmer inte med källan (tabell: {tables}). Målet går inte att använda. Kontrollera att "
    "ingen annan skriver i det och kör kommandot igen.",
    "copy_going_on": "En annan flytt eller återställning pågår till {database}. Vänta tills den är klar.",
    "backup_exists": "{file} finns redan och har inte rörts. Välj ett annat namn, eller skriv över med --force.",
    "backup_going_on": "En annan säkerhetskopiering skriver just nu till {file}. Vänta tills den är klar.",
    "restore_over": "{database} har redan innehåll, och inget har ändrats. Återställ till en tom databas, eller lägg "
    "till --replace: då sparas det som finns under ett annat namn.",
    "row_unreadable": "Tabellen {table} i källan har en rad som inte går att läsa ({detail}). Kör uppdrag verify mot "
    "källan.",
    "row_refused": "Tabellen {table} har en rad som målet inte tar emot ({detail}). Målet går inte att använda. Rätta "
    "raden i källan och kör kommandot igen.",
    "aside_refused": "{name} går inte att lägga åt sidan ({detail}), och inget har ändrats. Återställ till en ny, tom "
    "databas i stället och peka UPPDRAG_DATABASE_URL dit.",
    "database_in_use": "Någon använder {database}, och inget har ändrats. Stanna tjänsten och allt annat som är "
    "anslutet och försök igen.",
}  # fmt: skip

STORAGE: Mapping[str, str] = {
    "unfinished": "Databasen är inte färdig: en flytt eller återställning till den har avbrutits. Kör samma kommando "
    "igen (uppdrag db move eller uppdrag restore).",
    "backup": "Det här är en säkerhetskopia och ingen databas att arbeta i. Kör: uppdrag restore FIL",
    "backup_damaged": "{detail} är ingen hel säkerhetskopia: filen är skadad, avkortad eller något helt annat. Inget "
    "har ändrats. Ta en annan kopia.",
    "unwritable": "Filen går inte att skriva ({detail}). Inget halvt går att använda. Kontrollera utrymmet, "
    "katalogen och rättigheterna.",
    "unreadable": "Filen går inte att läsa ({detail}). Kontrollera rättigheterna.",
}  # fmt: skip

STEPS: Mapping[str, str] = {
    "read": "Läser källan", "copy": "Kopierar", "compare": "Jämför rad för rad", "prove": "Kontrollerar loggen",
}  # fmt: skip
