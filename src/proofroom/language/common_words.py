"""The commonest words of languages in Latin letters, by which a text shows which one it is in.

Written down from the languages' own grammars (articles, pronouns, conjunctions, prepositions, auxiliary verbs):
words that stand in every text, whatever it is about.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "en": "the of and to in is that it was for on are as with his they at be this from have or by one had "
    "not but what all were when we there can an your which their said if will each about how up out "
    "them then she many some so these would other into has more her him my than been who its now did "
    "get may no you he",
    "de": "der die das und ist nicht von zu den mit sich des auf für im dem ein eine als auch es an werden "
    "aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben "
    "nur oder aber vor zur bis mehr durch man sein wurde sei ich wir ihr",
    "fr": "le la les de des du et est un une en que qui dans pour pas au aux par sur ne se ce il elle nous "
    "vous ils avec sont plus été cette ont mais ou son sa ses leur comme tout être fait a même ces "
    "si leurs entre deux je y",
    "es": "el la los las de del y en que es un una por con para no se su al lo como más pero sus le ya o "
    "este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos "
    "durante fue son ha",
    "it": "il lo la i gli le di del della e è un una in che per non con sono si da come anche più ma nel "
    "alla dei delle al ha questo o se ci loro essere suo ne stato hanno tra quando",
    "pt": "o a os as de do da dos das e em um uma que não para com por se no na mais como mas foi ao ele "
    "seu sua ou quando muito nos já está eu também pelo pela até isso ela entre depois sem mesmo aos",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog "
    "naar door over ze hij wordt heeft was hebben wat worden kan meer deze dit",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi ne kadar sonra en o var ama mi değil her ise "
    "olduğu göre ben kendi şey onun bunu ya",
    "id": "yang dan di dari untuk dengan pada ini itu adalah dalam tidak akan ke oleh atau sebagai juga "
    "mereka dapat ada telah bahwa saya kita anda",
    "vi": "và của là các có cho không được trong với một những này người đã khi để từ về như ra đến cũng",
    "pl": "i w na z do się nie że to jest o jak po co ale od za przez przy dla jego tym są czy oraz był "
    "które tylko",
    "uz": "va bu bilan uchun ham bir edi deb esa lekin bo'lgan kerak keyin yoki emas o'z",
}

COMMON_WORDS: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
