"""What went wrong as a whole: that nothing changed, and what to do instead; and what the proof of the log found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uppdrag.words import safekeeping
from uppdrag.words.refusals import sentence
from uppdrag.words.visible import visible
from workflow.errors import (
    DefinitionEdited,
    DefinitionInvalid,
    KeyReused,
    LinesRefused,
    NotFound,
    Refusal,
    Refused,
    StorageUnavailable,
    UppdragError,
    VersionConflict,
)  # fmt: skip
from workflow.incoming import MailboxUnavailable

_FINDINGS: Mapping[str, str] = {
    "event_missing": "Händelsen {subject} saknas.",
    "event_changed": "Händelsen {subject} är ändrad.",
    "emptied_undecided": "Händelsen {subject} är tömd, men inget gallringsbeslut i loggen nämner den.",
    "content_changed": "Innehållet i händelsen {subject} är ändrat.",
    "head_differs": "Kedjan {subject} slutar inte där den ska; den håller till och med {detail}.",
    "stream_missing": "{subject} saknas helt i loggen.",
    "stream_cut": "{subject} är avkortad; kontrollpunkten känner till {detail}.",
    "row_changed": "Raden {subject} stämmer inte med loggen ({detail}).",
    "row_missing": "Raden {subject} saknas.",
    "row_unexplained": "Raden {subject} finns, men loggen säger inget om den.",
    "file_missing": "Det undertecknade protokollet {subject} saknas ({detail}).",
    "file_changed": "Det undertecknade protokollet {subject} är inte den fil som fästes ({detail}).",
    "checkpoint_changed": "Kontrollpunkten är ändrad: {subject}.",
    "head_unknown": "Kontrollpunkten {subject} finns inte här. Loggen är inte en fortsättning på den.",
}

_STORAGE: Mapping[str, str] = {
    **safekeeping.STORAGE,
    "missing": "Det finns ingen databas här ({detail}). Kör: uppdrag init",
    "older": "Databasen har ett äldre schema ({detail}). Ta en säkerhetskopia och kör: uppdrag db upgrade",
    "newer": "Databasen har ett nyare schema än programmet ({detail}). Uppgradera programmet.",
    "interrupted": "Förbindelsen med databasen bröts. Inget har ändrats. Försök igen om en stund.",
    "uncertain": (
        "Förbindelsen med databasen bröts just när det skulle sparas. Det går inte att säga om det registrerades. "
        "Se historiken (uppdrag history NUMMER) innan du gör om det."
    ),
    "standby": (
        "Databasservern följer en annan och tar inte emot något. Inget har ändrats. Ange alla servrar i "
        "UPPDRAG_DATABASE_URL, eller försök igen när bytet är klart."
    ),
    "busy": "Databasen är upptagen. Inget har ändrats. Försök igen om en stund.",
    "readonly": "Databasen går bara att läsa. Inget har ändrats. Kontrollera rättigheterna till filen.",
    "full": "Disken är full. Inget har ändrats. Frigör utrymme och försök igen.",
    "io": "Disken svarar med fel ({detail}). Inget har ändrats. Försök igen. Är felet kvar: kontrollera disken.",
    "unopened": (
        "Databasfilen går inte att öppna ({detail}). Inget har ändrats. Kontrollera disken, och rättigheterna till "
        "filen och mappen."
    ),
    "damaged": (
        "Databasfilen går inte att läsa rätt ({detail}). Disken kan svara fel, eller filen vara skadad. Inget har "
        "ändrats. Försök igen. Är felet kvar: återställ den senaste säkerhetskopian."
    ),
    "unreachable": "Databasen går inte att nå ({detail}). Kontrollera adressen (UPPDRAG_DATABASE_URL).",
}

_ON_A_PAGE: Mapping[str, str] = {
    "uncertain": (
        "Databasen svarade fel just när det skulle sparas. Det går inte att säga om det registrerades. Läs historiken "
        "innan du skickar in det igen."
    ),
    "busy": "Databasen är upptagen. Inget har ändrats. Det du skrev finns kvar här. Försök igen om en stund.",
    "full": "Disken är full. Inget har ändrats. Det du skrev finns kvar här. Försök igen om en stund.",
    "readonly": "Databasen går bara att läsa just nu. Inget har ändrats. Det du skrev finns kvar här. Försök igen om "
    "en stund.",
}
_NOT_NOW = "Det gick inte att spara just nu. Inget har ändrats. Det du skrev finns kvar här. Försök igen om en stund."

_MAILBOXES: Mapping[str, str] = {
    "missing": "Brevlådan {detail} finns inte. Kontrollera UPPDRAG_MAILBOX.",
    "refused": "Brevlådan tar inte emot inloggningen. Kontrollera UPPDRAG_MAILBOX och UPPDRAG_MAILBOX_PASSWORD.",
    "certificate": "Brevlådans server har ett certifikat som inte godtas ({detail}). Inget har lästs.",
    "unreachable": "Brevlådan går inte att nå ({detail}). Det som redan var läst är kvar. Försök igen om en stund.",
}

_KINDS = {
    "uppdrag": "Uppdraget", "event": "Händelsen", "lifecycle": "Ärendegången", "definition": "Definitionen",
    "plan": "Planen", "file": "Filen", "region": "Regionen", "identity": "Inloggningen", "report": "Anmälan",
    "directive": "Uppdragsdirektivet", "token": "Nyckel", "feed": "Kalenderlänk",
    "incoming": "Mejlet", "mail": "Mejlet", "suppression": "Spärren för",
    "question": "Frågan", "holder": "Befattningshavaren", "template": "Mallen",
}  # fmt: skip


def finding(code: str, subject: str, detail: str) -> str:
    """One finding of the proof, in Swedish."""
    return _FINDINGS[code].format(subject=subject, detail=detail or "okänt fält")


def error(wrong: UppdragError, how: Callable[[Refusal], str] = lambda _: "") -> list[str]:
    """What happened, that nothing changed, and what to do instead: one sentence per line.

    `how` adds what only a front door knows: which field or flag to use.
    """
    return [visible(line) for line in _lines(wrong, how)]


def _lines(wrong: UppdragError, how: Callable[[Refusal], str]) -> list[str]:
    match wrong:
        case LinesRefused():
            lines = [f"{wrong.file}:{number}: {sentence(refusal)}" for number, refusal in wrong.lines]
            return [*lines, f"Inget registrerades. Rätta {len(wrong.lines)} fel och läs in filen igen."]
        case Refused():
            subject = f"{wrong.subject}: " if wrong.subject else ""
            return [f"{subject}{sentence(refusal)}{how(refusal)}" for refusal in wrong.refusals]
        case DefinitionInvalid():
            return [str(p) for p in wrong.problems]
        case DefinitionEdited():
            again = f"Ge ändringen version {wrong.version + 1} i en ny fil."
            return [f"{wrong.name} version {wrong.version} är redan i bruk och kan inte ändras. {again}"]
        case NotFound():
            return [f"{_KINDS.get(wrong.kind, wrong.kind)} {wrong.name} finns inte."]
        case VersionConflict():
            return [f"{wrong.subject} har ändrats av någon annan. Inget har registrerats. Läs om och försök igen."]
        case KeyReused():
            what = f"{wrong.stream}/{wrong.seq}"
            return [f"Nyckeln {wrong.key} har redan använts för något annat ({what}). Använd en ny nyckel."]
        case MailboxUnavailable():
            return [_MAILBOXES[wrong.code].format(detail=wrong.detail)]
        case StorageUnavailable():
            return [_STORAGE[wrong.code].format(detail=wrong.detail)]
        case _:
            return [str(wrong)]


def on_a_page(wrong: UppdragError) -> list[str]:
    """What `error` says, beside a form that is shown again: a database's own words hold paths and addresses, and are
    for whoever runs it."""
    return [_ON_A_PAGE.get(wrong.code, _NOT_NOW)] if isinstance(wrong, StorageUnavailable) else error(wrong)
