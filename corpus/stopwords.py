"""Function words: few, frequent, and enough to tell languages apart in a sentence or two.

Drawn up by hand for this project. A word may stand under several languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHINESE_FUNCTION_CHARACTERS: Final = frozenset(
    "的了是在不有和就也都这那我你他她它们吗呢吧么什怎哪谁与及而但或被把从对于以为会能可要让"
    "還这這個个們嗎麼誰與從對為會讓沒没很更最再又之其所如若則则因"
)
"""Characters that Chinese sentences are built with; both scripts."""

_WORDS: Final[Mapping[str, str]] = {
    "en": "the of and to in is was that for it with as his on be at by had not are but from or "
    "have an they which you were her she there would their we been has when who will what how "
    "why where did does do can could should this these those my your our about into than then "
    "if so just because don i he him them us me its tell says said say a an or no one up out all "
    "also like more some only few very much many most other good know think get got make see "
    "really yes yeah okay",
    "de": "der die das und ist nicht ein eine einen einem einer zu den dem des von mit sich auf "
    "für im auch es an als wie dass wir sie ich er war aber aus bei nach werden wird noch nur "
    "so hat haben sind oder wenn kann über um man was warum wer wo mein kein schon durch",
    "fr": "le la les de des du un une et est que qui dans pour pas sur ce cette ces il elle nous "
    "vous je ne se au aux avec plus par sont mais on ou où comme son sa ses leur être avoir fait "
    "était très aussi tout quoi pourquoi comment quand y en à",
    "es": "el la los las de del un una y es que en no por para con se lo su sus como más pero al "
    "le ya o este esta esto porque cuando muy sin sobre también me hay qué cómo dónde quién fue "
    "ser son está están nos mi yo ha si todo por qué tiene",
    "pt": "o a os as de do da dos das um uma e é que em no na nos nas não por para com se mais "
    "mas ao à como foi ou ser está são tem seu sua isso esta este você eu ele ela quando muito "
    "também já só pelo pela até porque quem onde qual desse dessa disso nesse nessa isto pra",
    "it": "il lo la i gli le di del della dei delle un una uno e è che in non per con si su come "
    "ma da al alla nel nella sono ha ho anche più questo questa se ci mi perché quando molto "
    "cosa chi dove o era essere stato noi lui lei loro",
    "nl": "de het een en van is dat in niet op te zijn voor met die aan er ook als maar om bij "
    "naar dan nog wel geen uit hij ze wij je ik wat waarom hoe door over worden wordt deze",
    "sv": "och att det som en ett är på för med av inte den till har de om vi jag han hon från "
    "men var så vad hur när kan ska eller också från mycket bara",
    "da": "og at det som en et er på for med af ikke den til har de om vi jeg han hun fra men "
    "var så hvad hvordan når kan skal eller også meget kun",
    "pl": "i w nie na się z do że to jest co jak ale po tak od za przez czy tym dla są był było "
    "może tego już tylko jego który która które",
    "tr": "ve bir bu da de için ile çok ne gibi daha ama olarak var olan değil mi kadar sonra "
    "ben sen biz siz onlar nasıl neden her şey",
    "id": "yang dan di itu ini dengan untuk tidak dari dalam akan pada juga ke adalah bisa saya "
    "kita mereka apa ada oleh karena sudah atau seperti bagaimana mengapa",
    "vi": "và của là có không được cho một các những này trong với người khi đã để thì tôi bạn "
    "như cũng về làm gì ở ra vào nó",
}

FUNCTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    tag: frozenset(words.split()) for tag, words in _WORDS.items()
}
"""Function words by language tag, in lower case."""
