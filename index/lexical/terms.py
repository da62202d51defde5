"""The lexical terms of a text, which BM25 counts in passages and questions alike, and its names.

Scripts written without spaces give character bigrams, which do as well as a segmenter here and need
no dictionary; other scripts give words. The text is folded first, so Traditional and Simplified
Chinese, full and half width, and upper and lower case meet.

A paraphrase changes words, but seldom a name (a person, a product, a number). So a question about
"Grok 4.1" whose best passage has neither is likely one that the library can't answer, however near
its subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from corpus.language import detect_language, fold, script_shares

_HAN_AND_KANA = "々〆〇ぁ-ゖァ-ヺー㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_HANGUL = "가-힣"
_UNSPACED_INDIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_RUNS = re.compile(f"([{_HAN_AND_KANA}]+|[{_HANGUL}]+|[{_UNSPACED_INDIC}]+)")

# Marks that \w leaves out, without which words of Indic and Semitic scripts would fall apart.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_PIECE = rf"(?:[^\W_]|[{_MARKS}])+(?:(?<=\d)(?:\.(?=\d)|,(?=\d{{3}}(?!\d)))[^\W_]+)*"  # v1.5, 1,000
_JOINER = r"['’.&\-\u2010\u2011]"
_WORD = re.compile(
    rf"[a-z](?:\+\+|\#)(?!\w)|{_PIECE}(?:{_JOINER}{_PIECE})*",
)

_PARTS = re.compile(_PIECE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
_CLITIC = re.compile(r"['’](?:s|re|ve|ll|d|m)$")
_PLAIN_ENGLISH = re.compile(r"[a-z]{4,}")
_ENGLISH_STOP_WORDS = """
a about actually all also am an and any are as at be because been being but by can could did do does
doing done for from get gets getting give given go goes going got had has have having he her here
hers him his how however i if in into is it its itself just kind let like lot may maybe me might
mine more most much must my no nor not of oh ok okay on one or our ours out quite really say said
saying says shall she should so some such than that the their theirs them then there these they
thing things this those to too uh um up us very was we were what whatever when where whether which
while who whom whose why will with would yeah yes you your yours
"""

_STOP_WORDS: Final = frozenset(_ENGLISH_STOP_WORDS.split())

# What function words and words of asking form, also with the characters next to them.
_CHINESE_STOP_BIGRAMS = """
什么 怎么 么样 怎样 为什 么会 么是 么要 么说 么看 为何 如何 何在 哪些 哪个 哪里 哪种 哪一 是谁 谁是
多少 是什 有什 在什 的什 用什 做什 指什 叫什 了什 是怎 是如 是哪 在哪 有哪 到什 从什 对什 说什 是否
能否 可否 是不 不是 有没 没有 能不 会不 可以 这个 那个 这些 那些 这种 那种 这样 那样 一个 一些 一种
个是 我们 你们 他们 她们 它们 们的 们在 我的 你的 他的 她的 它的 自己 因为 所以 但是 而且 以及 或者
还是 就是 也是 都是 的是 是的 了一 的一 是一 有一 之间 其中 其他 关于 对于 由于 的话 时候 的时 来说
说的 之后 之前 然后 如果 认为 觉得 请问 一下
"""

_STOP_BIGRAMS: Final = frozenset(_CHINESE_STOP_BIGRAMS.split())

# Function characters, which say nothing when they stand alone.
_PARTICLES: Final = frozenset("的了吗呢吧啊嘛呀么是在和与也就都而及或之其我你他她它这那")
_NAME_WORD = re.compile(r"[^\W_]+(?:[.\-'’&][^\W_]+)*")
_LATIN_WORD = re.compile(r"[A-Za-z0-9]+(?:[.\-'’&+ ]?[A-Za-z0-9]+)*")
_WITHOUT_CAPITALS = ("zh", "ja", "ko", "th")
_NOUNS_HAVE_CAPITALS = "de"


def terms(text: str) -> list[str]:
    """The terms of a text in order, with repetitions; empty where it has only function words.

    A run of Han and kana, of Hangul, or of Thai, Lao, Burmese or Khmer gives its bigrams, a single
    character itself. Words keep digits and signs that name something (``gpt4``, ``3.0``, ``c++``)
    and lose an English plural; compounds (``pre-training``, ``node.js``) give their parts and
    the whole without the sign, so that each of their spellings finds the others.
    """
    found: list[str] = []
    for position, run in enumerate(_RUNS.split(fold(text))):
        found.extend(_bigrams(run) if position % 2 else _words(run))
    return found


def function_words(text: str) -> frozenset[str]:
    """Words that ``terms`` leaves out; of unspaced scripts bigrams, and a particle at the end."""
    found: set[str] = set()
    for position, run in enumerate(_RUNS.split(fold(text))):
        if position % 2:
            found.update(_STOP_BIGRAMS.intersection(map("".join, pairwise(run))))
            found.update(_PARTICLES.intersection(run[-1]))
        else:
            words = _WORD.findall(run)
            found.update(word for word in words if word in _STOP_WORDS or not terms(word))
    return frozenset(found)


def _bigrams(run: str) -> Iterator[str]:
    if len(run) == 1:
        if run not in _PARTICLES:
            yield run
        return
    for first, second in pairwise(run):
        bigram = first + second
        if bigram not in _STOP_BIGRAMS:
            yield bigram


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        word = _THOUSANDS.sub("", word)
        if word in _STOP_WORDS or word.endswith(("n't", "n’t")):
            continue
        word = _CLITIC.sub("", word)
        parts = _PARTS.findall(word) if not word.isalnum() else ()
        for part in parts if len(parts) > 1 else (word,):
            if part not in _STOP_WORDS:
                yield _singular(part)
        if len(parts) > 1 and any(part.isalpha() for part in parts):
            yield _singular("".join(parts))


def _singular(word: str) -> str:
    """Without the English plural's ending; the S stemmer of Harman (1991), which harms least."""
    if not word.endswith("s") or not _PLAIN_ENGLISH.fullmatch(word):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word if word.endswith(("us", "ss")) else word[:-1]


def names(question: str) -> frozenset[str]:
    """The lexical terms of a question's names; empty where none shows.

    A name shows by a capital inside the sentence, a second capital in the word, or a digit; in
    Chinese, Japanese, Korean and Thai by Latin letters. Names in those scripts themselves don't
    show.
    """
    language = detect_language(question)
    if language.startswith(_WITHOUT_CAPITALS):
        found = _LATIN_WORD.findall(question)
    else:
        words = _NAME_WORD.findall(question)
        inside = language != _NOUNS_HAVE_CAPITALS
        found = [word for n, word in enumerate(words) if _is_name(word, n > 0 and inside)]
    return frozenset(term for name in found for term in terms(name))


def same_writing(question: str, passage: str) -> bool:
    """Whether a name would be spelt alike in both: not so across scripts, as with 田博士."""
    return _main_script(question) == _main_script(passage)


def _is_name(word: str, inside: bool) -> bool:
    capitals = sum(letter.isupper() for letter in word)
    return any(letter.isdigit() for letter in word) or capitals > (0 if inside else 1)


def _main_script(text: str) -> str:
    """Han, kana and Hangul writings borrow Latin words, so a fair share of them decides."""
    shares = script_shares(text)
    others = {script: share for script, share in shares.items() if script != "latin"}
    script = max(others, key=others.__getitem__, default="latin")
    return script if others.get(script, 0.0) >= 0.3 else "latin"
