"""How English news denies and insists: the patterns that `disputes` looks for."""

from __future__ import annotations

import re

# What a charge is called.
CHARGE = r"(?:accusations?|allegations?|charges?|claims?|assertions?|suggestions?|reports?|accounts?)"
# What one may have in a deed.
PART = r"(?:involvement|responsibility|wrongdoing|role|part|links?|connections?|complicity|knowledge|violations?)"
# To the end of the sentence or to a quote.
REST = r"(?:[^.;:\n“”\"]|(?<=[A-Z])\.)"  # "U.S." ends none
# A denial with its object: charges, a part in a deed, or the deed.
DENIED = re.compile(
    rf"\b(?P<cue>(?:has |have |had |again |repeatedly |strongly |vehemently |flatly )*(?:den(?:ied|ies|y|ying)))\s+"
    rf"(?P<what>(?:[\w’'.-]+\s+){{0,5}}?(?:{CHARGE}|{PART}|that|having|(?:[a-z]{{2,}}ing))\b{REST}*)"
    rf"|\b(?P<cue2>(?:has |have |had )?(?:reject(?:ed|s|ing)?|dismiss(?:ed|es|ing)?|refut(?:ed|es|ing)|disput(?:ed|es|ing)))\s+"
    rf"(?P<what2>(?:[\w’'.-]+\s+){{0,5}}?(?:accusations?|allegations?|charges?|claims?(?!\s+(?:to|on|over)\b)|assertions?)\b{REST}*)"
)
# What points back to the words just before: "Luanda denied this", "a charge that Tashkent rejected".
DENIED_IT = re.compile(
    r"\b(?:has |have |had )?den(?:ied|ies|ying)\s+(?:this|it|that|them|any\s+(?:such\s+)?(?:[\w-]+\s+)?[\w-]+)(?=[,.;\n]|\s(?:and|on|but|when)\s|$)"
    r"|(?<=, )(?:(?:an?\s+)?(?:charge|claim|accusation|allegation|assertion)s?\s+(?:that\s+|which\s+)?|which\s+|something\s+(?:that\s+)?)[^,.;:\n“”\"]{2,60}?\s(?:has\s|have\s|had\s)?(?:denied|denies|rejected|rejects|dismissed|dismisses)(?=[,.;\n]|\s|$)"
)
# Objects that name no deed; whose charge it is ("Khan's allegations"); a charge told inside.
VAGUE = re.compile(rf"(?:[\w’'.-]+\s+){{0,5}}?(?:{CHARGE}|{PART})\b")
OWNER = re.compile(rf"(?P<owner>[A-Z][\w.-]*(?:\s[A-Z][\w.-]*)*)(?:['’]s|['’])\s+(?:\w+\s+){{0,2}}{CHARGE}\b")
DENY = re.compile(r"(?:has |have |had )?den(?:ied|ies|ying)\b")
AT_LAW = re.compile(r"(?i)\b(?:court|judge|justice|lawyers?|attorneys?|counsel|tribunal)\b")
PRONOUNS = frozenset({"he", "she", "it", "they"})
TOLD = re.compile(rf"(?:[\w’'.-]+\s+){{0,5}}?{CHARGE}\s+that\s")
LAST_WORD = re.compile(r"\w+$")
# Before a verb of denying these mean that nobody denies, or somebody else.
PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|being|not|never|neither|cannot|nor|or|to|will|would|could|should|may|might)|n['’]t)\s+(?:\w+ly\s+)?$"
)
# Somebody holds that a thing was something; `head` is the thing.
INSISTED = re.compile(
    r"\b(?P<cue>insist(?:ed|s|ing)?|maintain(?:ed|s|ing)?|claim(?:ed|s|ing)?|contend(?:ed|s|ing)?|counter(?:ed|s)?|den(?:ied|ies|ying))\s+(?:that\s+)?"
    r"(?P<what>(?:the|its|this|these|those)\s+(?:[\w-]+\s){0,3}?(?P<head>[a-z]{3,})\s+(?:was|were|is|are|had been)\s+(?P<as>(?:[^,.;:\n“”\"]|(?<=[A-Z])\.)+))"
)
# Before the name of a thing: somebody takes it for something.
HEDGED = r"(?:(?:a|an|the|its|their|another|this|that)\s+)?(?:suspected|alleged|purported|so-called|supposed|presumed)\s+(?:[\w’'.-]+\s+){0,3}?"
