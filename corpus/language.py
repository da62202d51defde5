"""Script and language of a text, and the folding that makes two spellings of a word equal.

No model and no language library: scripts tell most languages apart, function words the rest, few
and frequent ones, drawn up by hand for this project; a word may stand under several languages. The
only file that knows OpenCC (Apache-2.0), which turns Traditional Chinese to Simplified and back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC


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


# First code point of each block, and the script whose letters it holds; "" for all others.
_BLOCKS: Final = (
    (0x0000, "latin"), (0x0370, "greek"), (0x0400, "cyrillic"), (0x0530, "armenian"),
    (0x0590, "hebrew"), (0x0600, "arabic"), (0x0700, ""), (0x0750, "arabic"), (0x0780, ""),
    (0x08A0, "arabic"), (0x0900, "devanagari"), (0x0980, "bengali"), (0x0A00, "gurmukhi"),
    (0x0A80, "gujarati"), (0x0B00, "oriya"), (0x0B80, "tamil"), (0x0C00, "telugu"),
    (0x0C80, "kannada"), (0x0D00, "malayalam"), (0x0D80, "sinhala"), (0x0E00, "thai"),
    (0x0E80, "lao"), (0x0F00, "tibetan"), (0x1000, "myanmar"), (0x10A0, "georgian"),
    (0x1100, "hangul"), (0x1200, "ethiopic"), (0x13A0, ""), (0x1780, "khmer"), (0x1800, ""),
    (0x1E00, "latin"), (0x1F00, "greek"), (0x2000, ""), (0x2C60, "latin"), (0x2C80, ""),
    (0x3005, "han"), (0x3008, ""), (0x3040, "kana"), (0x3100, "bopomofo"), (0x3130, "hangul"),
    (0x3190, ""), (0x31A0, "bopomofo"), (0x31C0, ""), (0x31F0, "kana"), (0x3200, ""),
    (0x3400, "han"), (0x4DC0, ""), (0x4E00, "han"), (0xA000, ""), (0xA720, "latin"),
    (0xA800, ""), (0xAC00, "hangul"), (0xD7B0, ""), (0xF900, "han"), (0xFB00, "latin"),
    (0xFB13, "armenian"), (0xFB1D, "hebrew"), (0xFB50, "arabic"), (0xFE00, ""),
    (0xFE70, "arabic"), (0xFF00, "latin"), (0xFF66, "kana"), (0xFFA0, ""), (0x20000, "han"),
    (0x33480, ""),
)  # fmt: skip
_BLOCK_STARTS: Final = tuple(start for start, _ in _BLOCKS)

_LETTERS_PER_WORD: Final = {"han": 2.0, "kana": 3.0, "hangul": 3.0}
_LETTERS_PER_WORD_ELSEWHERE: Final = 5.0

_LANGUAGE_OF_SCRIPT: Final[Mapping[str, str]] = {
    "arabic": "ar", "armenian": "hy", "bengali": "bn", "cyrillic": "ru", "devanagari": "hi",
    "ethiopic": "am", "georgian": "ka", "greek": "el", "gujarati": "gu", "gurmukhi": "pa",
    "hangul": "ko", "hebrew": "he", "kannada": "kn", "khmer": "km", "lao": "lo",
    "malayalam": "ml", "myanmar": "my", "oriya": "or", "sinhala": "si", "tamil": "ta",
    "telugu": "te", "thai": "th", "tibetan": "bo",
}  # fmt: skip
# Letters that another language of the same script has and the one above has not.
_TELLTALE_LETTERS: Final = (("cyrillic", "іїєґІЇЄҐ", "uk"), ("arabic", "پچژگ", "fa"))

# Simplified for another character, and also a common Traditional character itself: 后, 台.
_TRADITIONAL_TOO: Final = frozenset(
    "淀郁雇采里范准几凶划占台吃后岩岳夸咨尸唇干征筑涌杰游斗朴丑伙于云余秘"
)

_NON_LATIN_SHARE = 0.3  # a text with this share of its words in another script is in that script
_MIXED_SHARE = 0.1  # below this share Chinese words are names or quotations in a Latin text
_KANA_SHARE = 0.1  # of the letters that are Han or kana: brand names in Chinese stay below
_TELLTALE_SHARE = 0.01
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003347f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# Endings and beginnings that few other languages have.
_ENGLISH_SHAPE = re.compile(r"[a-z]{2,}(?:ings?|ness|ship|ed|ly|th|ck)$|wh[a-z]+$")


def script_shares(text: str) -> dict[str, float]:
    """The share of each script in the text's letters, weighted so that words count, not letters.

    A word is taken as two Han characters, three kana or Hangul syllables, five letters elsewhere.
    Keys are such as ``han``, ``latin``, ``kana``; the values sum to 1, or the dict is empty where
    the text has no letters. Web addresses don't count.
    """
    return _shares(_script_counts(Counter(_ADDRESS.sub(" ", text))))


def detect_language(text: str) -> str:
    """The language that most of the text is in, as a tag: ``zh-Hans``, ``zh-Hant``, ``en``, ...

    Chinese full of English words is Chinese; ``und`` where nothing tells.
    """
    text = unicodedata.normalize("NFC", _ADDRESS.sub(" ", text))
    characters = Counter(text)
    counts = _script_counts(characters)
    shares = _shares(counts)
    if _is_japanese(counts, shares):
        return "ja"
    if _is_chinese(text, characters, shares):
        return _chinese_script(characters, counts)
    others = {script: share for script, share in shares.items() if script in _LANGUAGE_OF_SCRIPT}
    script = max(others, key=others.__getitem__, default="")
    if others.get(script, 0.0) >= _NON_LATIN_SHARE:
        return _language_in_script(script, characters, counts[script])
    return _latin_language(text) if "latin" in shares else "und"


def fold(text: str) -> str:
    """The text as it is matched: NFKC, case folded, Traditional Chinese as Simplified."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _convert("t2s", folded)


def to_script(text: str, tag: str) -> str:
    """Chinese of our own or of a model's in the script of ``tag``; other tags change nothing.

    ``zh-Hant`` comes with the wording of Taiwan, which is more than its characters.
    """
    return _convert({"zh-Hant": "s2twp", "zh-Hans": "t2s"}.get(tag, ""), text)


def _convert(configuration: str, text: str) -> str:
    if not configuration or not _HAN.search(text):
        return text
    # OpenCC takes UTF-8 only, and half a character from a broken JSON escape has none.
    return str(_converter(configuration).convert(_SURROGATES.sub("�", text)))


@lru_cache(maxsize=4)
def _converter(configuration: str) -> OpenCC:
    """Loaded once. Converting holds the interpreter's lock, so threads may share a converter."""
    from opencc import OpenCC

    return OpenCC(configuration)


@lru_cache(maxsize=16_384)
def _script(character: str) -> str:
    if not character.isalpha():
        return ""
    return _BLOCKS[bisect_right(_BLOCK_STARTS, ord(character)) - 1][1]


def _script_counts(characters: Counter[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for character, count in characters.items():
        if script := _script(character):
            counts[script] = counts.get(script, 0) + count
    return counts


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    words = {
        script: count / _LETTERS_PER_WORD.get(script, _LETTERS_PER_WORD_ELSEWHERE)
        for script, count in counts.items()
    }
    total = sum(words.values())
    return {script: count / total for script, count in words.items()}


def _is_japanese(counts: Mapping[str, int], shares: Mapping[str, float]) -> bool:
    kana, han = counts.get("kana", 0), counts.get("han", 0)
    share = shares.get("kana", 0.0) + shares.get("han", 0.0)
    return share >= _NON_LATIN_SHARE and kana >= _KANA_SHARE * (kana + han)


def _is_chinese(text: str, characters: Counter[str], shares: Mapping[str, float]) -> bool:
    """Where Chinese and Latin words are mixed, the grammar decides, since terms are borrowed."""
    share = shares.get("han", 0.0) + shares.get("bopomofo", 0.0)
    rest = 1 - share - shares.get("latin", 0.0) - shares.get("kana", 0.0)
    if share < _MIXED_SHARE or share < rest:
        return False
    chinese = sum(characters[character] for character in CHINESE_FUNCTION_CHARACTERS)
    if share < 1 - _MIXED_SHARE:
        english = sum(word in FUNCTION_WORDS["en"] for word in _words(text))
        if chinese != english:
            return chinese > english
    return share >= _NON_LATIN_SHARE


def _chinese_script(characters: Counter[str], counts: Mapping[str, int]) -> str:
    """By the characters that only one of the two scripts has; Simplified where none tells."""
    traditional = simplified = 0
    for character, count in characters.items():
        variant = _variant(character)
        traditional += count if variant > 0 else 0
        simplified += count if variant < 0 else 0
    told = traditional > 0 or "bopomofo" in counts
    return "zh-Hant" if told and traditional >= simplified else "zh-Hans"


@lru_cache(maxsize=16_384)
def _variant(character: str) -> int:
    """1 for a character of Traditional script only, -1 of Simplified only, 0 of both."""
    simplified, traditional = _convert("t2s", character), _convert("s2t", character)
    if simplified != character:
        return 1 if traditional == character else 0
    return -1 if traditional != character and character not in _TRADITIONAL_TOO else 0


def _language_in_script(script: str, characters: Counter[str], letters: int) -> str:
    for of_script, telltale, language in _TELLTALE_LETTERS:
        found = sum(characters[letter] for letter in telltale)
        if script == of_script and found > _TELLTALE_SHARE * letters:
            return language
    return _LANGUAGE_OF_SCRIPT[script]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _latin_language(text: str) -> str:
    """By function words; a word that several languages have is shared among them."""
    words = Counter(word for word in _words(text) if _script(word[0]) == "latin")
    scores = dict.fromkeys(FUNCTION_WORDS, 0.0)
    for word, count in words.items():
        owners = [tag for tag, function_words in FUNCTION_WORDS.items() if word in function_words]
        for tag in owners:
            scores[tag] += count / len(owners)
    best = max(scores, key=scores.__getitem__)
    if scores[best] > 0 and scores[best] >= 0.05 * words.total():
        return best
    shaped = sum(count for word, count in words.items() if _ENGLISH_SHAPE.match(word))
    return "en" if shaped and shaped >= 0.1 * words.total() else "und"
