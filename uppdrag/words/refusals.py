"""Why not, and what to do instead: one Swedish sentence for every refusal."""

from __future__ import annotations

from collections.abc import Mapping

from uppdrag.words.labels import FIELDS
from workflow.errors import Refusal

_REFUSALS: Mapping[str, str] = {
    # uppdraget
    "title_missing": "Uppdraget saknar rubrik. Skriv en.",
    "neutral_title_missing": "Ett känsligt uppdrag behöver en neutral rubrik.",
    "no_regions": "Ingen region är berörd. Lägg till de berörda regionerna i planen.",
    "paused": "Uppdraget är pausat. Återuppta det först.",
    "not_paused": "Uppdraget är inte pausat.",
    "no_time_to_move": "Uppdraget har ingen planerad tid att flytta, och ärendegången har ingen tidsgräns.",
    "analysis_missing": "Förslaget medför kostnad. Ange den ekonomiska konsekvensanalysen.",
    "nothing_changed": "Ingenting skulle ändras.",
    "region_stays": "Region {region} är redan berörd och kan inte tas bort. Registrera utfallet ej_berord med skälet.",
    "no_planned_time": "Uppdraget har ingen planerad tid, så inga påminnelser skickas om det.",
    # övergångar
    "not_from_here": "{trigger} går inte från {state}. Härifrån går: {possible}.",
    "unknown_trigger": "{trigger} finns inte i ärendegången {lifecycle}. Härifrån går: {possible}.",
    "role_not_allowed": "Rollen {role} får inte göra detta. Det får: {roles}.",
    "days_differ": "{label} är {stated}, men dagen för steget är {on}. Ange samma dag, eller bara den ena.",
    "date_in_future": "Datumet {date} ligger i framtiden (i dag är {today}). Ange dagen då det hände.",
    # regionerna
    "regions_left": "{left} av {concerned} berörda regioner har inte avslutat sin hantering.",
    "all_concluded": "Alla berörda regioner har avslutat sin hantering.",
    "not_all_adopted": "{adopted} av {wanted} regioner har antagit.",
    "all_adopted": "Alla berörda regioner har antagit.",
    "none_rejected": "Ingen region har avslagit.",
    "some_rejected": "{rejected} region har avslagit.",
    "no_track": "Ärendegången {lifecycle} har inga beslut i regionerna.",
    "unknown_region": "Länskoden {region} finns inte. Skriv två siffror, till exempel 01.",
    "region_not_concerned": "Region {region} är inte berörd. Berörda är: {concerned}.",
    "not_open_for_regions": "Uppdragets läge är {state}. Beslut i regionerna kan registreras i: {open_in}.",
    "unknown_outcome": "Utfallet {value} finns inte. Välj bland: {known}.",
    "decision_needs": "Utfallet {outcome} kräver uppgiften {fact}.",
    "no_such_version": "Version {version} av förslaget finns inte. Den senaste är {latest}.",
    "no_such_decision": "Beslut {number} finns inte eller gäller inte. Det som gäller: {standing}.",
    "already_registered": "Samma beslut är redan registrerat som {event}. Är något fel: rätta det.",
    # remissrundor
    "consultation_open": "Remissrunda {round} är öppen. Avsluta den först.",
    "no_consultation_open": "Ingen remissrunda är öppen.",
    "no_such_consultation": "Remissrunda {round} finns inte eller är avslutad. Öppna: {open}.",
    "not_asked": "{recipient} har inte tillfrågats. Tillfrågade är: {asked}.",
    # befattningshavare
    "unknown_office": "Befattningen {office} finns inte. De som finns: {known}.",
    "office_needs_region": "Befattningen {office} hör till en region. Ange länskoden.",
    "office_has_no_region": "Befattningen {office} hör inte till någon region. Ta bort länskoden.",
    "lost_zero": 'Länskoden "{value}" har tappat sin nolla. Skriv {expected}; i Excel: formatera kolumnen som text.',
    "not_a_region": '"{value}" är varken länskod eller en regions namn. Skriv två siffror, till exempel 01.',
    "holder_unnamed": "Både namn och e-post saknas. Ange minst det ena, eller att befattningen är vakant.",
    "shared_without_address": "En delad brevlåda måste ha en e-postadress.",
    "ends_before_it_begins": "{who} slutar {last}, före första dagen {first}.",
    "not_an_address": '"{value}" går inte att använda som e-postadress. Skriv till exempel {expected}.',
    "address_not_ascii": '"{value}" har å, ä eller ö före @. Sådan post kommer inte alltid fram; ange en annan adress.',
    "holder_twice": "{who} står redan på rad {line} med samma befattning.",
    "already_ended": "{who} ({office}) slutade {last} och står kvar i filen. Ange från-datum om en ny period börjar.",
    "several_hold": "Flera har befattningen: {who}. Ange med --who vem det gäller.",
    "nobody_holds": "Ingen med befattningen passar in på {who}. De som har den {on}: {holders}.",
    # uppgifter
    "fact_missing": "{label} saknas.",
    "unknown_fact": "Uppgiften {fact} finns inte här. De som finns: {known}.",
    "unknown_deadline": "Tidsgränsen {deadline} finns inte. De som finns: {known}.",
    "control_character": "{label} innehåller ett dolt tecken ({expected}). Skriv om texten.",
    "text_too_long": "{label} är för lång. Högst {expected} tecken.",
    "not_a_paragraph": '{label}: "{value}" är inte en paragraf. Skriv {expected}.',
    "not_a_date": '{label}: "{value}" är inte ett datum. Skriv {expected}.',
    "not_a_span": '{label}: "{value}" är inte en planerad tid. Skriv {expected}.',
    "not_a_choice": '{label}: "{value}" finns inte. Välj bland: {expected}.',
    "not_a_number": '{label}: "{value}" är inte {expected}.',
    "not_yes_or_no": '{label}: "{value}" går inte att läsa. Skriv {expected}.',
    # inkommet
    "incoming_unmatched": "Mejlet {mail} hör inte till en viss region på ett visst uppdrag.",
    "incoming_handled": "Mejlet {mail} är redan {status} av {by}.",
    "incoming_registered": "Mejlet {mail} är redan {status} av {by}, som {event}. Är något fel: rätta händelsen.",
    # rättelser
    "why_missing": "Skälet till rättelsen saknas.",
    "nothing_to_correct": "Ange vad som ska stå i stället, eller ta tillbaka händelsen.",
    "cannot_correct": "{event} kan inte rättas. Beslut, steg och uppgifter om uppdraget kan rättas.",
    "correct_the_original": "Det är en rättelse. Rätta händelsen som den gäller: {event}.",
    "already_withdrawn": "{event} är redan tillbakatagen.",
    "later_event": "En senare händelse bygger på {fact} i {event}. Rätta den senare först.",
    # utskick
    "mail_ambiguous": "Flera mejl börjar på {start}. Skriv fler tecken.",
    "mail_stands": "Mejlet är {status}. Detta går när ett mejl är: {possible}.",
    "mail_suppressed": "Adressen {address} är spärrad: {why}. Häv spärren först: uppdrag suppression lift {address}",
    # filer, planer och versioner
    "no_such_uppdrag": "Uppdraget {uppdrag} finns inte.",
    "key_reused": "Nyckeln {key} har redan använts för något annat ({event}).",
    "bad_column": "Kolumnen {column} finns inte. De som finns: {known}.",
    "column_missing": "Kolumnen {column} saknas.",
    "column_twice": "Kolumnen {column} står två gånger.",
    "unreadable_line": "Raden går inte att läsa. Kontrollera citattecknen.",
    "cells_missing": "Raden har {found} fält, rubrikraden har {wanted}.",
    "empty_file": "Filen har inga rader.",
    "file_too_large": "Filen är för stor (högst {limit}). Dela upp den.",
    "too_many_rows": "Filen har för många rader (högst {limit}). Dela upp den.",
    "unreadable_workbook": "Arbetsboken går inte att läsa. Spara om den som .xlsx eller CSV.",
    "formula_unread": "Cell {cell} har en formel utan värde. Öppna och spara filen i Excel, eller skriv värdet.",
    "cell_error": "Cell {cell} visar {value}. Rätta formeln, eller skriv värdet.",
    "number_elsewhere": "Diarienumret {number} står även på {others}. Kontrollera att det är rätt.",
    "number_on_two_documents": "Numret {number} är uppdragsdirektivets, men även: {other}. Kontrollera vilket.",
    "state_gone": "{uppdrag} är {state}, som inte finns i version {version}.",
    "deadline_gone": "{uppdrag} har tidsgränsen {deadline}, som inte finns i version {version}.",
    "track_gone": "{uppdrag} har beslut i regionerna, som inte finns i version {version}.",
    "region_gone": "{uppdrag}, region {region}: {what} finns inte i version {version}.",
}


def sentence(refusal: Refusal) -> str:
    """One reason why not, in Swedish."""
    facts = refusal.facts
    if refusal.code in ("decision_needs", "later_event"):
        facts["fact"] = FIELDS.get(facts["fact"], facts["fact"])
    told = _REFUSALS[refusal.code].format_map(facts)
    prefix = f"{facts['uppdrag']}: " if "uppdrag" in facts and facts["uppdrag"] not in told else ""
    return prefix + told
