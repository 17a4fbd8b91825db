"""What the words around a name say about it: small sets, all folded."""

from __future__ import annotations

TOWN = frozenset(
    "city town capital port village suburb enclave resort hamlet settlement neighbourhood neighborhood cities towns villages".split()
)
REGION = frozenset(
    "province governorate oblast region state district county prefecture department republic territory division provinces".split()
)
# a name before one of these is a road's, water's or school's, and seldom tells the town of that name
ROAD = frozenset(
    "square street road avenue lane boulevard plaza bridge park highway motorway bypass university school college river lake sea gulf bay canal"
    " strait ocean sound island islands islet atoll reef shoal valley mountains mountain hills peninsula desert headland plateau pass delta estate"
    " field creek cape mount plain plains church cathedral hall theatre".split()
)
SITE = frozenset(
    "airport airbase airfield base prison jail hospital mosque camp parliament barracks palace hotel plant court stadium market gate terminal"
    " house building centre center tower clinic headquarters station compound ministry checkpoint quarter dam mine refinery pipeline harbour harbor".split()
)
BEFORE_ITS_NAME = frozenset("lake mount cape river camp fort".split())
BORDER = frozenset("border borders frontier boundary crossing crossings fence".split())
ABROAD = frozenset("embassy embassies consulate consulates mission".split())
AFLOAT = frozenset(
    "ship ships boat boats frigate vessel vessels tanker destroyer submarine aircraft plane jet carrier trawler ferry freighter yacht".split()
)
AT_SEA = AFLOAT | {"sea", "waters"}
# what a state has one of, or what is said of the whole of it: where it stands without a name, the actors' own is meant
OF_A_STATE = frozenset(
    "country nation nationwide countrywide countryside parliament legislature congress senate ministry ministries palace government ruling police"
    " capital border frontier north south east west northeast northwest southeast southwest northern southern eastern western coast court"
    " television radio".split()
)
ELSEWHERE = frozenset("neighbouring neighboring other another regional undisclosed abroad overseas here there".split())
WITHIN = frozenset("in at near outside inside around across into over along off through throughout".split())
