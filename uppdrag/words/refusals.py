"""Why not, and what to do instead: one Swedish sentence for every refusal."""

from __future__ import annotations

from collections.abc import Mapping

from uppdrag.words import budget, reports, safekeeping
from uppdrag.words.labels import BODIES, FIELDS, KINDS
from uppdrag.words.visible import visible
from workflow.errors import Refusal

_REFUSALS: Mapping[str, str] = {
    **reports.REFUSALS,
    **budget.REFUSALS,
    **safekeeping.REFUSALS,
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
    "nothing_awaited": "Inget sådant saknas i uppdraget, så mejlet skrivs inte.",
    "no_planned_time": "Uppdraget har ingen planerad tid, så inga påminnelser skickas om det.",
    # övergångar
    "not_from_here": "{trigger} går inte från {state}. Härifrån går: {possible}.",
    "unknown_trigger": "{trigger} finns inte i ärendegången {lifecycle}. Härifrån går: {possible}.",
    "role_not_allowed": "Rollen {role} får inte göra detta. Det får: {roles}.",
    "days_differ": "{label} är {stated}, men dagen för steget är {on}. Ange samma dag, eller bara den ena.",
    "package_sensitive": "Uppdraget är känsligt: bara numret och den neutrala rubriken får lämna huset. Ta fram "
    "handlingarna en och en.",
    "publication_unconfirmed": "Ingen har bekräftat sammanställningen. Varje beslut är offentligt för sig, men det som "
    "21 regioner visar tillsammans kan omfattas av sekretess. Se igenom det som skulle visas och ange vem som har "
    "gjort det.",
    "as_of_in_future": "{date} har inte varit än (i dag är {today}). Ange i dag eller en tidigare dag.",
    "registered_later": "{uppdrag} var inte registrerat den {date}. Ange {first}, då det registrerades, eller senare.",
    "gallrat": "Uppdraget är gallrat enligt beslut {beslut}. Inget mer registreras på det. Skapa ett nytt uppdrag.",
    "gallring_ahead": "Gallringsbeslutet har dagen {day}, som inte har varit än. Gallra när beslutet är fattat.",
    "gallring_other": "{target} är redan gallrat enligt beslut {beslut}. Inget mer finns att gallra.",
    "gallring_open": "Uppdraget är inte slutbehandlat. Avsluta det först: bara det som är slutbehandlat gallras.",
    "gallring_unsent": "{unsent} mejl om det har inte gått. Vänta tills de har gått, eller avbryt dem: uppdrag outbox "
    "cancel.",
    "gallring_waiting": "{waiting} mejl som har kommit in väntar. Registrera eller avfärda dem först: "
    "uppdrag inbox list.",
    "gallring_holder": "Befattningen har ingen sista dag som har varit. Ange först vem som tar över, eller att den är "
    "vakant: uppdrag people vacant.",
    "gallring_target": "{target} går inte att gallra. Ange ett uppdrag (U2026-01) eller en person "
    "(person:03:registrator:1).",
    "gallring_also": "{stream} går inte att ta med. Ange mote:ÅÅÅÅ-MM-DD, direktiv:DÅÅÅÅ-NN, "
    "beredningsplan:ÅÅÅÅ eller manadsbrev:ÅÅÅÅ-MM, som finns.",
    "gallring_unconfirmed": "Inget har gallrats. Skriv beslutets nummer, {number}, precis som det står.",
    "emptied_since": "Loggen för {uppdrag} är gallrad, så ett tidigare läge går inte att visa. Utelämna --as-of.",
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
    "unknown_group": "Samverkansregionen {value} finns inte. De som finns: {known}.",
    "unknown_source": "Källan {value} finns inte. Välj bland: {known}.",
    "region_not_concerned": "Region {region} är inte berörd. Berörda är: {concerned}.",
    "not_open_for_regions": "Uppdragets läge är {state}. Beslut i regionerna kan registreras i: {open_in}.",
    "unknown_outcome": "Utfallet {value} finns inte. Välj bland: {known}.",
    "decision_needs": "Utfallet {outcome} kräver uppgiften {fact}.",
    "no_such_version": "Version {version} av förslaget finns inte. Den senaste är {latest}.",
    "no_such_decision": "Beslut {number} finns inte eller gäller inte. Det som gäller: {standing}.",
    "already_registered": "Samma beslut är redan registrerat som {event}. Är något fel: rätta det.",
    # vägen till ett beslut
    "justerat_before_decision": "Justerat {justerat} ligger före beslutet {decided}. Rätta ett av datumen.",
    "announced_before": "Tillkännagivet {announced} ligger före {before}, då det blev {what}. Rätta ett av datumen.",
    "reported_before_decision": "Anmält {reported} ligger före beslutet {decided}. Rätta ett av datumen.",
    "links_out_of_order": "Leden står inte i ordning: {chain}. Ange dem i den ordning de har behandlat ärendet.",
    "link_after_decision": "Ledet {body} {date} kan inte ligga efter beslutsdagen {decided}. Rätta ett av datumen.",
    "link_decides": "RF:s paragraf är beslutet, inte ett förslag. Ange RF som beslutsinstans, inte som led.",
    "body_excluded": "Instansen {body} kan inte besluta här. Det kan: {bodies}. Ett förslag anges som ett led före.",
    "not_delegable": "Ärendet kan inte avgöras som {kind}: det rör mål, inriktning, omfattning eller kvalitet.",
    "decides_itself": "Instansen {body} fattar egna beslut, aldrig {kind}. Ange vem som beslutade, eller slaget.",
    "delegationspunkt_missing": "Ett delegationsbeslut kräver delegationspunkten.",
    "not_delegated": "Delegationspunkt och anmälan hör till delegationsbeslut. Ange det slaget, eller ta bort dem.",
    "no_justering": "Bara beslut av RF, RS och nämnder justeras. Ta bort justering och tillkännagivande.",
    "nothing_to_complete": "Utfallet {outcome} lämnar inget att komplettera. Ta bort det, eller ange aterremitterad.",
    "justerat_late": "Justerat {justerat}, senare än lagens 14 dagar ({last}). Kontrollera datumet.",
    "announced_late": "Justeringen tillkännagavs {announced}, senare än andra dagen ({last}). Kontrollera datumet.",
    "decided_before_sent": "Beslutat {date}, innan version {version} expedierades {sent}. Kontrollera dagarna.",
    "paragraph_twice": "Instansen {body} har § {paragraph} även en annan dag samma år: {others}. Kontrollera vilket.",
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
    # sammanträden
    "not_a_body": 'Organet "{value}" finns inte. Skriv AU, RS, RF, HSN, chefsgrupp eller nämndens hela namn.',
    "not_a_rule": '{label}: "{value}" går inte att läsa. Skriv {expected}.',
    "chefsgrupp_has_no_region": "Chefsgruppens möten skrivs med - som länskod och chefsgrupp som organ.",
    "meeting_ends_first": "Sista dagen {last} ligger före första dagen {first}. Rätta den ena.",
    "papers_after_meeting": "Handlingsstoppet {day} ligger efter sammanträdet {first}. Rätta det ena.",
    "published_after_meeting": "Kallelsen {day} ligger efter sammanträdet {first}. Rätta det ena.",
    "meeting_twice": "Sammanträdet {first} står redan på rad {line}. Ta bort den ena raden.",
    "rule_twice": "Rad {line} har en annan regel för handlingar till {body}. Ange samma regel, eller bara på en rad.",
    "meetings_overlap": "Sammanträdet {first} börjar innan det på rad {line} är slut. Kontrollera dagarna.",
    "meeting_on_free_day": "{body} {day} är en {weekday}. Kontrollera dagen.",
    "unreadable_calendar": "Kalendern går inte att läsa. Exportera den på nytt som .ics, eller skriv en CSV-fil.",
    "bad_event_day": "Händelsen har ingen dag som går att läsa ({value}). Rätta dagen.",
    "event_repeats": 'Händelsen "{value}" upprepas. Lägg in varje sammanträde för sig.',
    "no_rule": "Det finns ingen regel för handlingar till {body} att ta bort.",
    "no_meetings_to_export": "Det finns inga sammanträden att skriva. Läs in dem: uppdrag meetings import FIL",
    "unknown_file_kind": 'Filen "{file}" måste sluta på .csv, .xlsx eller .ics.',
    "no_window": "Uppdraget har ingen planerad tid för regionerna. Ange tiden med --window, till exempel Q3 2026.",
    # chefsgruppens möten
    "date_of_another_year": "{day} ligger inte i {year}. Ange bara årets dagar.",
    "no_such_meeting": "Chefsgruppen har inget möte {day}. Närmast: {near}. Planera år: uppdrag meeting plan ÅR",
    "meeting_on_a_free_day": "{day} är ingen arbetsdag. Kontrollera dagen.",
    "adjusted_before_meeting": "Justeringen {day} ligger före mötet {meeting}. Rätta dagen.",
    "meeting_changed": "Någon har ändrat sedan du läste version {seen}; nu är det version {version}: {what}. Inget är "
    "sparat. Läs om och gör om din ändring.",
    "directive_changed": "Någon har ändrat sedan du läste version {seen}; nu är det version {version}: {what}. Inget "
    "är sparat. Jämför med din text och spara igen.",
    "directive_number_elsewhere": "Numret {number} står även på: {others}. Kontrollera att det är direktivets.",
    "directive_without_number": "Uppdragsdirektivet {directive} har inget diarienummer. Ange det när det finns.",
    "directive_sensitive": "Direktivet omfattar ett känsligt uppdrag ({others}). Rubrik och text visas bara för "
    "kansliet. Skriv inget hemligt.",
    "directive_without_uppdrag": "Ange minst ett uppdrag som direktivet omfattar.",
    "directive_too_wide": "Ett direktiv kan omfatta högst {most} uppdrag. Dela upp det.",
    "directive_decided": "Uppdragsdirektivet {directive} är beslutat och låst. Gör en ny version för att ändra det.",
    "directive_is_draft": "Uppdragsdirektivet {directive} är redan ett utkast. Ändra det.",
    "directive_no_draft": "Uppdragsdirektivet {directive} är inte längre ett utkast. Ta bort punkten, eller gör en ny "
    "version.",
    "directive_on_agenda": "Uppdragsdirektivet {directive} står redan på dagordningen.",
    "directive_not_ready": "Uppdragsdirektivet {directive} kan inte beslutas nu: det finns inget utkast, eller så är "
    "inget av dess uppdrag berett.",
    "directive_at_meeting": "Direktivet står på dagordningen {day}. Ta protokollet och avsluta mötet, så registreras "
    "beslutet.",
    "directive_ended": "Uppdragsdirektivet {directive} har upphört. Gör ett nytt.",
    "directive_item_refused": "Punkt {number}, uppdragsdirektivet {directive}: {why}",
    "no_such_revision": "Version {revision} finns inte. Den senaste är {last}.",
    "uppdrag_is_final": "{uppdrag} är avslutat och kan inte omfattas av ett nytt direktiv.",
    "uppdrag_in_other_draft": "{uppdrag} omfattas redan av utkastet {directive}. Ta bort det där först.",
    "meeting_version_unknown": "Version {seen} finns inte; den senaste är {version}. Inget är sparat. Läs om.",
    "after_planned_time": "Mötet {day} ligger efter planerad tid ({text}, senast {last}).",
    "placed_meeting_gone": "Mötet {day} är inställt eller flyttat. Förslag: {instead}.",
    "placed_meeting_passed": "Mötet {day} har varit utan att ärendet behandlades. Förslag: {instead}.",
    "placed_before_its_turn": "Ställt till mötet {day}, men ett tidigare steg är inte taget då. Förslag: {instead}.",
    "still_on_agenda": "Står kvar på dagordningen för {day}, och den kallelsen har gått ut.",
    "no_meetings_that_year": "Chefsgruppen har inga möten {year}. Planera dem först: uppdrag meeting plan {year}",
    "no_such_matter": "{matter} står inte i beredningsplanen {year}. Visa den: uppdrag meeting preparation {year}",
    "several_matters": "{matter} har flera ärenden i beredningsplanen. Ange vilket: {known}.",
    "not_a_coming_meeting": "{day} är inget kommande möte {year}. Kommande möten: {known}.",
    "matter_without_title": "Ange ärendets rubrik.",
    "not_placed_by_hand": "{matter} följer redan planerad tid.",
    "agenda_frozen": "Kallelsen gick ut {day} och numren ligger fast. Lägg till, ta bort eller ändra en punkt.",
    "already_summoned": "Kallelsen gick ut {day}. Numren ligger redan fast.",
    "summoned_after_meeting": "Kallelsen {on} ligger efter mötet {day}. Ange dagen då den gick ut.",
    "meeting_closed": "Mötet avslutades {day}. Dagordningen kan inte ändras längre.",
    "no_such_item": "Punkt {number} finns inte. Den sista är {last}.",
    "no_such_section": "Rubriken {section} finns inte på dagordningen. De som finns: {known}.",
    "no_such_step": "Chefsgruppen tar inte steget {step} i ärendegången {lifecycle}. Välj: {known}.",
    "no_such_agenda": "Version {version} av dagordningen finns inte. De som finns: {known}.",
    "not_summoned": "Kallelsen har inte gått ut. Skicka den först: uppdrag meeting summon {day}",
    "item_withdrawn": "Punkt {number} utgår och får inget utfall.",
    "paragraph_approved": "§ {paragraph} är justerad och kan inte ändras.",
    "outcome_stands": "Utfallet på punkt {number} (§ {paragraph}) har redan flyttat uppdrag. Rätta händelsen: uppdrag "
    "correct. Texten kan ändras tills paragrafen är justerad.",
    "protokoll_locked": "Protokollet {day} är justerat och låst.",
    "paragraphs_given": "Mötet avslutades {day} och paragraferna är redan givna.",
    "meeting_not_held": "Mötet är {day}, och i dag är {today}. Avsluta det när det har hållits.",
    "attendance_missing": "Närvaron saknas. Ange den under narvarande i protokollet.",
    "item_without_outcome": "Punkt {number} {title} har inget utfall.",
    "paragraph_taken": "Paragraf {first} kan inte vara den första: årets senaste är {last}. Ange en högre.",
    "earlier_meeting_open": "Mötet {day} är inte avslutat. Avsluta det först, så att årets paragrafer följer dagarna.",
    "item_refused": "Punkt {number}, {uppdrag}: {why}",
    "not_closed": "Mötet är inte avslutat. Avsluta det först: uppdrag meeting close {day}",
    "no_such_paragraph": "§ {paragraph} finns inte i protokollet. De som finns: {known}.",
    "already_approved": "Det är redan justerat. uppdrag meeting minutes {day} visar protokollet.",
    "paragraph_not_approved": "§ {paragraph} från mötet {day} är inte justerad. Justera den först: "
    "uppdrag meeting approve {day} {paragraph}",
    "no_longer_waiting": "Ärendet väntar inte längre på att läggas till. Läs om dagordningen.",
    "item_changed": "{who} ändrade punkt {number} medan du skrev. Det som nu är sparat står under ”Så står det nu”. "
    "Ditt är inte sparat men står kvar i formuläret: spara igen om det är det som ska gälla.",
    "attendance_changed": "{who} ändrade närvaron medan du skrev. Ditt är inte sparat men står kvar i formuläret: "
    "spara igen om det är det som ska gälla.",
    "mail_of_no_uppdrag": "Mejlet {template} gäller ett möte, inte ett uppdrag: uppdrag outbox preview {template}",
    "summons_changed": "Något har ändrats sedan kallelsen visades. Inget är skickat. Titta igen.",
    "meeting_has_been": "Mötet var {day}. Gick kallelsen ut på annat sätt: ange --channel och --on.",
    "meeting_without_hours": "Ange när mötet börjar och slutar: uppdrag meeting arrange {day} --starts 09.00 --ends "
    "12.00",
    "meeting_nowhere": "Varken plats eller länk är angiven: uppdrag meeting arrange {day} --place PLATS --link LÄNK",
    "nobody_to_call": "Ingen hör till chefsgruppen {day}. Lägg in ledamöterna: uppdrag people import FIL",
    "not_called": "{who} är inte kallad. De som kallas: {known}.",
    "person_without_address": "{who}, {office}, har ingen adress som fungerar. Rätta den (uppdrag people import) eller "
    'lämna utan: --without "{word}"',
    "left_without_kallelse": "{who}: får ingen kallelse härifrån.",
    "has_kallelse": "{who}: har redan kallelsen.",
    "seat_vacant": "{office}: vakant.",
    "minutes_taken": "Protokollet från mötet {day} är påbörjat. Mötet kan inte ställas in eller flyttas.",
    "day_taken": "Chefsgruppen har redan ett möte {day}. Välj en annan dag.",
    "same_day": "Mötet är redan {day}.",
    "meeting_moved_back": "Mötet kan inte flyttas till {day}, som har varit.",
    "call_off_changed": "Något har ändrats sedan det visades. Mötet är inte inställt. Titta igen.",
    "item_without_title": "Ange en rubrik, eller vilket uppdrag punkten gäller.",
    # det undertecknade protokollet
    "protokoll_not_locked": "Protokollet {day} är inte justerat i sin helhet. Justera det först: uppdrag meeting "
    "approve {day}",
    "file_not_kept": "{name}: {why}",
    "file_not_pdf": "{name} är ingen PDF. Fäst det undertecknade protokollet som PDF.",
    "file_cut": "{name} är avbruten: slutet saknas. Skanna eller spara om den.",
    "not_signed": "Inget undertecknat protokoll är fäst vid mötet {day}. Fäst det: uppdrag meeting sign {day} --file "
    "FIL",
    "no_such_file": "Fil {number} finns inte. Den sista är {last}.",
    "signed_file_changed": "Filen {name} som sparats är inte den som fästes. Kör uppdrag verify och återställ en "
    "säkerhetskopia.",
    # det som lämnas vidare
    "no_such_body": "{body} finns inte bland dem som paragrafer lämnas vidare till. De som finns: {known}.",
    "nothing_handed": "Ange minst en paragraf att lämna vidare till {body}.",
    "not_handed": "§ {paragraph} har inte lämnats vidare till {body}.",
    "returned_already": "{body} har redan lämnat besked om § {paragraph}. Den kan inte ändras eller tas bort.",
    "body_meets_before": "Mötet {on} ligger före beslutet {day}. Rätta dagen.",
    "returned_before": "Beskedet {on} ligger före {day}, då paragrafen lämnades vidare. Rätta dagen.",
    # åtgärder
    "no_action": "§ {paragraph} har ingen åtgärd. Åtgärder finns i: {known}.",
    "which_action": "§ {paragraph} har flera åtgärder. Ange vilken: {known}.",
    "no_such_action": "Åtgärd {number} i § {paragraph} finns inte. Den sista är {last}.",
    "settled_before_meeting": "Dagen {on} ligger före beslutet {day}. Rätta dagen.",
    # beslut per capsulam
    "meeting_that_day": "Chefsgruppen har möte {day}. Ta ärendet där (uppdrag meeting add {day}) eller välj en annan "
    "sista svarsdag.",
    "circulation_that_day": "Svarstiden för ett beslut per capsulam går ut {day}. Välj en annan dag.",
    "already_circulated": "Ett beslut per capsulam har redan {day} som sista svarsdag. Välj en annan.",
    "day_had_meeting": "Ett möte som ställdes in eller flyttades hade den dagen ({day}). Välj en annan sista svarsdag.",
    "member_without_address": "{who}: ingen adress som mejl når. Fråga på annat sätt.",
    "question_mailed": "{who}: har redan fått mejlet.",
    "question_changed": "Något har ändrats sedan mejlen visades. Inget är skickat. Titta igen.",
    "is_circulation": "{day} är sista svarsdag för ett beslut per capsulam, inte ett möte. Se det: uppdrag meeting "
    "answer {day}",
    "not_circulation": "{day} är ett möte, inte ett beslut per capsulam.",
    "answer_day_passed": "Sista svarsdagen {day} ligger före dagen då frågan ställdes, {on}. Ange en senare.",
    "no_matters": "Ange minst ett ärende: ett uppdrag, eller en rubrik med förslag till beslut.",
    "no_members": "Inga ledamöter är kända den dagen. Ange dem, eller lägg in dem under Befattningshavare.",
    "proposal_missing": "{title} saknar förslag till beslut. Skriv det som ledamöterna ska svara på.",
    "no_such_member": "{member} är inte tillfrågad, eller fler heter så. Tillfrågade: {known}.",
    "answered_before_asked": "Svaret {on} ligger före {asked}, då frågan ställdes. Rätta dagen.",
    "circulation_closed": "Beslutet avslutades {day}. Fler svar kan inte noteras.",
    "circulation_fixed": "Ärendena har sänts till ledamöterna och kan inte ändras. Sänd ett nytt ärende för sig.",
    "answers_awaited": "Svar kan komma till och med {day}. Har inte svarat: {who}. Avsluta när alla har "
    "svarat, eller då.",
    "nobody_answered": "Ingen har svarat. Utan svar finns inget beslut: ange utfallet utgar, eller ta upp det på ett "
    "möte.",
    "meeting_wanted": "Punkt {number} {title}: {who} vill ta det på ett möte. Ange utfallet bordlagd, så kommer det "
    "på nästa dagordning.",
    "nobody_answered_so": "Punkt {number} {title}: ingen har svarat {outcome}. Kontrollera utfallet.",
    "members_silent": "Har inte svarat: {who}.",
    "answers_differ": "Punkt {number}: utfallet är {outcome}, men {who} svarade annorlunda. Det står som avvikande "
    "mening.",
    # uppgifter
    "fact_missing": "{label} saknas.",
    "unknown_fact": "Uppgiften {fact} finns inte här. De som finns: {known}.",
    "unknown_deadline": "Tidsgränsen {deadline} finns inte. De som finns: {known}.",
    "control_character": "{label} innehåller ett dolt tecken ({expected}). Skriv om texten.",
    "text_too_long": "{label} är för lång. Högst {expected} tecken.",
    "not_a_paragraph": '{label}: "{value}" är inte en paragraf. Skriv {expected}.',
    "not_a_date": '{label}: "{value}" är inte ett datum. Skriv {expected}.',
    "not_a_time": '{label}: "{value}" är inte ett klockslag. Skriv {expected}.',
    "not_a_link": '{label}: "{value}" går inte att läsa. Skriv instans, dag och paragraf, {expected}.',
    "not_a_span": '{label}: "{value}" är inte en planerad tid. Skriv {expected}.',
    "not_a_choice": '{label}: "{value}" finns inte. Välj bland: {expected}.',
    "not_a_number": '{label}: "{value}" är inte {expected}.',
    "not_yes_or_no": '{label}: "{value}" går inte att läsa. Skriv {expected}.',
    # nycklar
    "token_role": 'Rollen "{value}" går inte. Välj bland: {known}.',
    "token_region": "Rollen region kräver en länskod, och bara den rollen har en.",
    "token_scope": 'Behörigheten "{value}" finns inte. Välj bland: {known}.',
    "token_scope_of_others": "Rollen {role} kan inte få behörigheten {scope}. Det kan: {roles}.",
    "token_days": "Nyckeln kan gälla i 1 till {most} dagar. Skapa en ny när den har gått ut.",
    "token_revoked": "Nyckel {number} är redan återkallad.",
    "feeds_full": "Det finns redan {most} kalenderlänkar. Ta bort en som inte används, och skapa sedan en ny.",
    # inkommet
    "incoming_unmatched": "Mejlet {mail} hör inte till en viss region på ett visst uppdrag.",
    "incoming_handled": "Mejlet {mail} är redan {status} av {by}.",
    "incoming_registered": "Mejlet {mail} är redan {status} av {by}, som {event}. Är något fel: rätta händelsen.",
    "question_answered": "Frågan är redan besvarad av {by}. Läs om sidan.",
    "address_elsewhere": "{value} har en annan domän än regionens adresser ({known}). Be kansliet lägga in adressen.",
    "office_unknown": "Inloggningen säger inte vilken befattning du har. Be kansliet lägga in ersättaren.",
    # rättelser
    "why_missing": "Skälet till rättelsen saknas.",
    "nothing_to_correct": "Ange vad som ska stå i stället, eller ta tillbaka händelsen.",
    "cannot_correct": "{event} kan inte rättas. Beslut, steg och uppgifter om uppdraget kan rättas.",
    "correct_the_original": "Det är en rättelse. Rätta händelsen som den gäller: {event}.",
    "already_withdrawn": "{event} är redan tillbakatagen.",
    "later_event": "En senare händelse bygger på {fact} i {event}. Rätta den senare först.",
    # expediering och frågor till regionerna
    "dispatch_not_approved": "Uppdragets läge är {state}. Bara ett godkänt förslag kan skickas ut till regionerna.",
    "no_approved_version": "Ingen version av förslaget är godkänd. Registrera vilken när chefsgruppen har beslutat.",
    "version_not_approved": "Version {version} är inte godkänd. Den som kan skickas ut är version {approved}.",
    "mail_leaves_today": "E-post skickas i dag, {today}. En annan dag kan bara anges för en annan kanal.",
    "region_without_address": "{name} saknar fungerande adress. Ange en, utelämna regionen eller välj en annan kanal.",
    "dispatch_changed": "Läget har ändrats efter förhandsvisningen. Inget nytt har skickats. Se historiken, börja om.",
    "sent_already": "{name} har redan fått version {version}.",
    "region_has_concluded": "{name} har redan beslutat om version {version}.",
    "not_sent_in_state": "{name} får inget nu. Läget är {state}.",
    "approval_not_known_adjusted": "Skicka först när paragrafen är justerad. Godkännandet ({approved}) står inte som "
    "justerat här.",
    "no_papers": "Inga handlingar är angivna. Mejlet ber regionen att fråga efter dem.",
    "nothing_to_ask": "Uppdragets läge är {state}. Regionerna tillfrågas när uppdraget ligger för beslut hos dem.",
    "region_has_stated": "{name} har angett att beslutet väntas {date}.",
    "asked_this_week": "{name} fick mejl {date}. Högst ett i veckan går till samma adress.",
    "unreachable": "{name} saknar fungerande adress och tillfrågas inte.",
    "not_yet_sent": "{name} har inte fått handlingarna enligt registret.",
    # utskick
    "mail_ambiguous": "Flera mejl börjar på {start}. Skriv fler tecken.",
    "mail_stands": "Mejlet är {status}. Detta går när ett mejl är: {possible}.",
    "mail_suppressed": "Adressen {address} är spärrad: {why}. Häv spärren först: uppdrag suppression lift {address}",
    # inloggning
    "asked_too_often": "Många har försökt logga in härifrån. Vänta tio minuter och försök igen.",
    "code_wrong": "Koden stämmer inte. Kontrollera siffrorna i det senaste mejlet.",
    "code_spent": "Koden gäller inte längre. Be om en ny.",
    "link_spent": "Länken har redan använts eller är för gammal. Be om en ny.",
    "name_missing": "Skriv ditt namn.",
    "post_missing": "Välj vilken befattning det gäller.",
    "oidc_unreachable": "Inloggningstjänsten svarar inte. Försök igen om en stund.",
    "oidc_denied": "Inloggningstjänsten släppte inte in dig. Försök igen, eller fråga den som sköter den hos er.",
    "oidc_stale": "Inloggningen är för gammal, redan använd eller påbörjad i en annan webbläsare. Börja om.",
    "oidc_clock": "Klockan i inloggningstjänsten stämmer inte med vår. Försök igen. Hjälper det inte, fråga den som "
    "sköter driften.",
    "oidc_untrue": "Svaret från inloggningstjänsten gick inte att lita på. Ingen är inloggad. Börja om. Hjälper det "
    "inte, fråga den som sköter driften.",
    "oidc_unknown": "Inloggningen hos er fungerade, men vi vet inte vilken befattning du har.",
    "oidc_taken": "Befattningen med din adress är redan knuten till någon annans inloggning.",
    "reported_too_often": "Många fel har anmälts den senaste timmen. Inget är sparat. Vänta en timme, eller mejla oss.",
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
    "too_many_columns": "Filen har för många kolumner (högst {limit}). Ta bort dem som inte behövs.",
    "unreadable_workbook": "Arbetsboken går inte att läsa. Spara om den som .xlsx eller CSV.",
    "workbook_with_macros": "Arbetsboken innehåller makron. Spara om den som .xlsx utan makron.",
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
    if "label" in facts:  # a decision's facts are called what its options and columns are
        facts["label"] = FIELDS.get(facts["label"], facts["label"])
    for name in ("body", "kind"):
        if name in facts:
            facts[name] = BODIES.get(facts[name], KINDS.get(facts[name], facts[name]))
    told = _REFUSALS[refusal.code].format_map(facts)
    prefix = f"{facts['uppdrag']}: " if "uppdrag" in facts and facts["uppdrag"] not in told else ""
    return visible(prefix + told)
