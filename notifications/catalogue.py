"""The mails that exist: those that a definition may ask for, and those that the program sends by itself."""

from __future__ import annotations

from collections.abc import Mapping

TEMPLATES: Mapping[str, str] = {
    "paminnelse_region": "till regionens kontakt, registrator och direktör: vad som saknas, och till när",
    "paminnelse_regiondirektor": "till regiondirektören när inget är känt från regionen",
    "efter_planerad_tid": "till regiondirektören när den planerade tiden har gått ut",
    "samtalsunderlag": "till en ledamot av chefsgruppen inför ett samtal med en regiondirektör",
    "till_kansliet": "till C-NSPL: regionen har inte svarat",
    "paminnelse_redovisning": "till den som ansvarar för en redovisning",
    "paminnelse_atagande": "till den som ansvarar för ett åtagande",
    "paminnelse_svar": "till den som ansvarar för ett svar till en myndighet",
    "paminnelse_protokoll": "till den som ansvarar för ett uppdrag: en regions protokollsutdrag har inte kommit",
    "paminnelse_komplettering": "till den som kompletterar det som en region har återremitterat eller bordlagt",
}
"""Each mail's name and purpose. A reminder step that names another is refused when its lifecycle is read."""

MEETINGS: Mapping[str, str] = {
    "kallelse": "till chefsgruppens ledamöter, ersättare och adjungerade: kallelse till ett möte, med dagordning",
    "kallelse_andrad": "till dem som har kallelsen: mötet eller dagordningen är ändrad",
    "kallelse_installd": "till dem som har kallelsen: mötet är inställt",
    "kallelse_atertagen": "till den som inte längre hör till chefsgruppen: kallelsen gäller inte",
    "per_capsulam": "till chefsgruppens ledamöter: ärenden att svara på mellan mötena",
    "mote_handlingar": "till kansliet: handlingarna till ett möte ska vara inne",
    "mote_kallelse": "till kansliet: kallelsen till ett möte ska gå ut",
    "mote_protokoll": "till kansliet: protokollet från ett möte saknas",
    "mote_justering": "till kansliet: protokollet från ett möte ska vara justerat",
}
"""The mails about chefsgruppen's meetings."""

LETTERS: Mapping[str, str] = {
    "manadsbrev": "till regiondirektören och hälso- och sjukvårdsdirektören i varje region: månadsbrevet",
}
"""The mails that tell of a month, with the letter itself as a file."""

OWN: Mapping[str, str] = {
    "samlat": "till den som flera påminnelser gäller: bara det som saknas",
    "samlat_kansliet": "till den som själv registrerar det som flera påminnelser gäller, eller ringer",
    "introduktion": "till den som är ny på sin post: vad som är öppet",
    "studs": "till kansliet: mejl når inte fram till en befattningshavare",
    "missiv": "till regionens registrator: ett godkänt förslag, för beslut i regionen",
    "be_om_uppgift": "till regionens registrator när någon på kansliet frågar hur det går",
    **MEETINGS,
    **LETTERS,
}
"""The mails that no step asks for."""

KANSLI = frozenset((
    "till_kansliet", "paminnelse_redovisning", "paminnelse_atagande", "paminnelse_svar", "paminnelse_protokoll",
    "paminnelse_komplettering",
))  # fmt: skip
"""The reminders to those who register what is missing themselves: the kansli's own people."""

AT_HOME = KANSLI | {
    "samlat_kansliet", "studs", "mote_handlingar", "mote_kallelse", "mote_protokoll", "mote_justering",
}  # fmt: skip
"""The mails that go to the kansli's own people only. All others tell how far the log has come."""

ALL: Mapping[str, str] = {**TEMPLATES, **OWN}
