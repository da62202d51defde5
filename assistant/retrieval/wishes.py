"""Wishes about the answer, told apart from the question: language, length, form.

"Answer in English", 「用繁體回答」, "shorter", 「列点说」: alone or beside a question, in English
or Chinese; the language wished for may be any. What stands between two punctuation marks is a wish
only if all of it is one, so that a question about languages or lengths stays a question; only a few
kinds of wish are seen without a mark between them and the question.

The phrases stand in tables of patterns, matched against folded text: NFKC, case folded, Traditional
Chinese as Simplified, the name of a language as one sign. Beside a wish a part may hold words
without a subject of their own ("please", "could you", 「麻烦你」). Possessive repetition keeps the
matching linear. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final, Literal

from assistant.types import Turn
from corpus.language import detect_language, fold

_ALIASES: Final = {
    "zh-Hant": "traditional chinese|繁体中文|繁体字|繁体|正体中文|正体字|正体",
    "zh-Hans": "simplified chinese|简体中文|简体字|简体",
    "zh": "mandarin|汉语|普通话|国语|华语",
    "bn": "bengali",
    "fa": "farsi",
    "no": "norwegian|norsk|挪威语|挪威文",
    "tl": "tagalog|他加禄语",
    "yue": "广东话",
}
"""What else languages are called; their names proper come from the package langcodes."""
_FIRST_SIGN: Final = 0xE100
_NAMED: Final = "[\ue100-\ue4ff]\ue000*"
"""The name of a language in a folded text: a private sign that tells which, and others that fill
its place, so that offsets stay the text's own."""
_COUNT: Final = r"[0-9一二两三四五六七八九十几]+"

_SENTENCE: Final = (
    r"(?:in|with|to|as)\s(?:just\s|only\s)?(?:one|a single|1)\s(?:short\s)?(?:sentence|line)"
    r"|one (?:sentence|line)|(?:用|以)?一(?:两)?句话?"
)
_SHORT: Final = (
    r"(?:much |even |a (?:bit|little) )?(?:shorter|briefer)|short|brief(?:ly)?|in (?:brief|short)"
    r"|(?:more )?concise(?:ly)?|tl;?dr|too long|in a nutshell|summari[sz]ed"
    r"|in (?:a few|few|two|three|four|five|[2-9]) (?:sentences|words|lines)"
    r"|(?:in )?(?:under|within|at most|max(?:imum)?|no more than|less than|about)? ?\d+ words"
    r"|更?(?:简短|简洁|精简|简单|扼要|简要)(?:一?点儿?|一?些)?|更?短(?:一?点儿?|一?些)|更短|长话短说"
    r"|太长了?|缩短|少说(?:一?点|些)"
    rf"|(?:用|以)?(?:不超过|最多)?{_COUNT}个?(?:句话?|字)(?:以内|之内|左右)?"
)
_LONG: Final = (
    r"(?:much |a (?:bit|little) )?longer|(?:in |with )?(?:more|full|greater?) details?|in detail"
    r"|more detailed|detailed|at length|elaborate|tell me more|more|expand"
    r"|更?(?:详细|具体|详尽|完整)(?:一?点儿?|一?些)?|更?长(?:一?点儿?|一?些)|更长|展开"
    r"|多(?:说|讲|写)(?:一?点儿?|一?些)"
)
_LIST: Final = (
    r"(?:as|in|into|with) (?:a )?(?:short )?(?:bullet(?:ed)?|numbered|ordered)?\s?"
    r"(?:list|points?|bullets)"
    r"|bullet ?points?|bullets|a (?:bullet(?:ed)? |numbered )?list|list form|(?:a )?list"
    r"|(?:用|以)?(?:列表|清单|要点|条目|项目符号|条列)(?:式|的?形式|的?方式)?"
    r"|分点|分条|列点|逐条|逐点|一条一条"
)
_PROSE: Final = (
    r"(?:as|in) (?:prose|a paragraph|one paragraph|full sentences|paragraphs)"
    r"|(?:no|without|not as) (?:a |any )?(?:list|bullets|bullet points)"
    r"|不(?:要|用)(?:列表|分点|分条|列点|清单)|(?:用|以)?(?:一个?)?(?:自然)?段落?(?:的?形式)"
    r"|写成(?:一段|段落|文章)"
)
_SIMPLE: Final = (
    rf"in (?:simple|plain|simpler|plainer|easy) (?:words|terms|language|{_NAMED})|eli5"
    r"|like i[’']?m (?:five|5)|(?:more )?simply|simpler|(?:更|用)?(?:通俗|浅显)(?:易懂)?"
    r"(?:一?点儿?|一?些)?|(?:用)?大?白话(?:一?点)?|简单易懂(?:一?点)?"
)
_LASTING: Final = (
    r"from now on|always|every time|for all answers"
    r"|以后|今后|从现在(?:起|开始)|一直|始终|每次"
)
_IN_LANGUAGE: Final = (
    rf"(?:in|into|to|auf|en)[\s-]+{_NAMED}"
    rf"|(?:用|以|换成|改成|翻译成|翻成|译成|换回|改用|改回)?{_NAMED}で?"
)
_HOWS: Final = (_PROSE, _SIMPLE, _SENTENCE, _LONG, _SHORT, _LIST, _IN_LANGUAGE, _LASTING)

_SPACED_FILLERS: Final = (
    r"please|pls|can|could|would|will|you|i|we|i[’']d|want|like|need|prefer|the|your|an?|answer(?:s|ing)?"
    r"|repl(?:y|ies)|response|respond|write|say|speak|tell|explain|give|make|keep|put|translate"
    r"|rewrite|repeat|summari[sz]e|summary|show|use|switch|do|be|it|that|this|me|us|to|for|of|again"
    r"|now|then|so|also|and|but|instead|only|just|ok(?:ay)?|thanks|thank|on|about|version|everything"
    r"|bitte"
)
_HAN_FILLERS: Final = (
    "请|麻烦|劳驾|能不能|可不可以|可以|能否|能|你|您|那就|那|就好|就行|就可以|就|都|全部|接下来|之后|一律"
    "|统一|再|帮我|给我|我想要?|我要|希望|尽量|直接|也|并且|而且|并|来"
    "|重新|回答|作答|答复|回复|答案|答|说明|说说|说|讲讲|讲|写|解释|总结|概括|归纳|介绍|表达|输出|翻译"
    "|复述|告诉|列出来?|我|一下|一遍|一次|出来|吧|好吗|好不好|行吗|吗|么|谢谢|即可|哦|啊|上面|刚才"
)
_EDGE: Final = r"(?![a-z0-9\u00c0-\u024f\u0400-\u04ff])"
_NO_LETTER_BEFORE: Final = r"(?<![a-z0-9\u00c0-\u024f\u0400-\u04ff])"


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


WISH: Final = re.compile(
    rf"(?:{_NO_LETTER_BEFORE}(?:{_any(*_HOWS, _SPACED_FILLERS)}){_EDGE}[\s]*"
    rf"|(?:{_any(*_HOWS, _HAN_FILLERS)})(?![a-z])\s*)++"
)
"""All of a part is a wish, if it says how at all: see ``LANGUAGE``, ``LENGTHS`` and the others."""

BARE: Final = re.compile(
    rf"(?:{_NAMED}|short|brief|long|detailed|more|a?\s?list|bullets?|简短|简单|简洁|详细|具体|完整|列表"
    r"|清单|要点|通俗|展开|段落?)(?:\s*(?:and|和|与|或|呢|吗|么))*+"
)
"""A name or a quality alone: a wish where it is a sentence of its own, else one of a list."""

ASKED_OF_SUBJECT: Final = re.compile(
    r"(?:用|说|讲)?(?:简单|具体|详细|短|长|简洁|通俗|完整)[吗么呢]"
    r"|(?:can|could|would|will|do) (?:it|that|this|i|we) .*"
)
"""Looks like a wish, but asks about the subject: 「简单吗？」, "Can it speak Chinese?"."""

LANGUAGE: Final = re.compile("(?<!plain )(?<!simple )[\ue100-\ue4ff]")
LENGTHS: Final[tuple[tuple[Literal["sentence", "short", "long"], re.Pattern[str]], ...]] = (
    ("sentence", re.compile(_SENTENCE)),
    ("short", re.compile(rf"{_NO_LETTER_BEFORE}(?:{_SHORT})")),
    ("long", re.compile(rf"{_NO_LETTER_BEFORE}(?:{_LONG})")),
)
FORMS: Final[tuple[tuple[Literal["list", "prose"], re.Pattern[str]], ...]] = (
    ("prose", re.compile(_PROSE)),
    ("list", re.compile(rf"{_NO_LETTER_BEFORE}(?:{_LIST})")),
)
SIMPLE: Final = re.compile(rf"{_NO_LETTER_BEFORE}(?:{_SIMPLE})")
LASTING: Final = re.compile(_LASTING)

HAN_LEADING: Final = re.compile(
    r"\s*(?:请|麻烦|能不能|可不可以|可以|能否|你|您|帮我|给我)*+"
    rf"(?P<wish>(?:(?:用|以)?(?:一(?:两)?句话|{_COUNT}句话)|简单|简短|简要|简洁|扼要|详细|通俗"
    r"|用大?白话)(?:地|的|来)?)"
    r"(?=概括|总结|归纳|说明|解释|介绍|说说|讲讲|谈谈|聊聊|回答|描述|告诉|列出|说一下|讲一下)"
    rf"|\s*(?P<language>请(?:你|您)?用{_NAMED}来?(?:回答|告诉我|解释|说明|总结|概括|介绍)"
    r"(?:我|一下)?)(?![的是会更比和时得问题]|$)"
)
LATIN_TRAILING: Final = re.compile(
    r"(?<!answer)(?<!answers)(?<!answering)(?<!write)(?<!writing)(?<!speak)(?<!speaking)(?<!reply)"
    r"(?<!replying)(?<!text)(?<!talk)(?<!respond)"
    r"(?P<wish>(?<!\s)\s+(?:please )?(?:in (?:just |only )?(?:one|a single|two|three|a few)"
    r" sentences?|in a few words|in a nutshell|in bullet points|as bullet points"
    r"|as a bullet(?:ed)? list"
    rf"|in (?:simple|plain|simpler) (?:terms|words|language|{_NAMED}))(?:,? please)?)(?=[\s.?!]*$)"
)


Length = Literal["sentence", "short", "long"]
AnswerForm = Literal["list", "prose"]

_SIGNS = ".!?。！？；:：,，\n—–…"
_PARTS = re.compile(rf"(?:(?<![{_SIGNS}])[{_SIGNS}]*+)?[^{_SIGNS}]+(?:[{_SIGNS}]+\s*|$)")
_ENDS = (".", "!", "?", "。", "！", "？", "\n", "；", "…")
_JOINTS = " \t\n,，;；:：—–-"
_AROUND = f' {_SIGNS}()（）"“”「」~～'
_LONGEST_WISH = 80
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the reader wants the answer; ``None`` where nothing was said.

    ``language`` is a tag such as ``en``, ``zh-Hans``, ``zh-Hant``. ``simple`` asks for plain words.
    ``lasting`` says that length and form are meant for the answers after this one as well.
    """

    language: str | None = None
    length: Length | None = None
    form: AnswerForm | None = None
    simple: bool = False
    lasting: bool = False

    def __bool__(self) -> bool:
        return self != Wishes()

    def over(self, earlier: Wishes) -> Wishes:
        """These wishes, and the earlier ones where these say nothing."""
        own = {
            field.name: getattr(self, field.name) or getattr(earlier, field.name)
            for field in fields(self)
        }
        return Wishes(**own)


def split_wishes(text: str) -> tuple[str, Wishes]:
    """The question without the wishes in it, and the wishes; the question is empty where the text
    is a wish alone: then the question before is meant."""
    parts = [match.group() for match in _PARTS.finditer(text)] or [text]
    kept: list[str] = []
    wishes = Wishes()
    for n, part in enumerate(parts):
        before, after = n == 0 or _ends(parts[n - 1]), n == len(parts) - 1 or _ends(part)
        found = _wish(part, is_sentence=before and after)
        if found is None:
            kept.append(part)
        else:
            wishes = found.over(wishes)
    if wishes:
        kept = [part for part in kept if not WISH.fullmatch(_plain(part))]
    question = "".join(kept).strip()
    question, inside = _inside(question)
    wishes = inside.over(wishes)
    if not wishes:
        return text.strip(), wishes
    return question.strip(_JOINTS), _scripted(wishes, text)


def wishes_of(history: Sequence[Turn], text: str) -> Wishes:
    """What the reader wants now: this text's wishes over those of the turns before, oldest first.

    A language lasts until another one is asked for. Length and form belong to one question, with
    the wishes alone that follow it, unless the reader said that they are for good.
    """
    wishes = Wishes()
    for turn in (*(turn.text for turn in history if turn.role == "user"), text):
        question, own = split_wishes(turn)
        wishes = own.over(wishes if not question else _lasting(wishes))
    return wishes


def without_wishes(history: Sequence[Turn], text: str) -> tuple[str, tuple[Turn, ...]]:
    """The question to answer, and the turns before it with their wishes taken out.

    After a wish alone that is the last question again, and the turns are those before that one.
    The question is empty where there has been none.
    """
    turns: list[Turn] = []
    for turn in history:
        plain = split_wishes(turn.text)[0] if turn.role == "user" else turn.text
        if plain.strip():
            turns.append(replace(turn, text=plain))
    question = split_wishes(text)[0]
    if question:
        return question, tuple(turns)
    asked = [n for n, turn in enumerate(turns) if turn.role == "user"]
    if not asked:
        return "", ()
    return turns[asked[-1]].text, tuple(turns[: asked[-1]])


def _lasting(wishes: Wishes) -> Wishes:
    return wishes if wishes.lasting else Wishes(language=wishes.language)


def _plain(part: str) -> str:
    return " ".join(_aligned(part).strip(_AROUND).split())


def _ends(part: str) -> bool:
    return part.rstrip(" \t").endswith(_ENDS)


def _wish(part: str, *, is_sentence: bool) -> Wishes | None:
    """The wish that all of a part is, ``None`` where it is anything else."""
    plain = _plain(part)
    if not plain or len(plain) > _LONGEST_WISH or ASKED_OF_SUBJECT.fullmatch(plain):
        return None
    if not WISH.fullmatch(plain) or (BARE.fullmatch(plain) and not is_sentence):
        return None
    return _read(plain) or None


def _inside(question: str) -> tuple[str, Wishes]:
    """A wish that stands in one part with the question: before it in Chinese, after it in English.

    Of a wish before it only what tells how goes: in 「用一句话概括…」 the verb is the question's.
    """
    plain = _aligned(question)
    if match := HAN_LEADING.match(plain):
        name = "wish" if match["wish"] else "language"
        return question[match.end(name) :], _read(match[name])
    if match := LATIN_TRAILING.search(plain):
        rest = question[: match.start("wish")] + question[match.end("wish") :]
        return rest, _read(match["wish"].strip())
    return question, Wishes()


def _read(plain: str) -> Wishes:
    name = LANGUAGE.search(plain)
    language = _languages().tags[ord(name[0]) - _FIRST_SIGN] if name else None
    length = next((name for name, phrase in LENGTHS if phrase.search(plain)), None)
    form = next((name for name, phrase in FORMS if phrase.search(plain)), None)
    simple = SIMPLE.search(plain) is not None
    found = Wishes(language, length, form, simple)
    return replace(found, lasting=LASTING.search(plain) is not None) if found else found


def _scripted(wishes: Wishes, text: str) -> Wishes:
    """Chinese in the script that it is asked for in, Simplified where that doesn't tell."""
    if wishes.language != "zh":
        return wishes
    own = detect_language(text)
    return replace(wishes, language=own if own.startswith("zh-") else "zh-Hans")


def _aligned(text: str) -> str:
    """The text folded character by character, so that offsets stay the text's own, with the names
    of languages as ``_NAMED`` says."""
    plain = "".join(
        folded if len(folded := fold(character)) == 1 else character
        for character in _PRIVATE.sub(" ", text)
    )
    known = _languages()

    def sign(name: re.Match[str]) -> str:
        place = known.tags.index(known.names[name[0]])
        return chr(_FIRST_SIGN + place) + "\ue000" * (len(name[0]) - 1)

    return known.pattern.sub(sign, plain)


@dataclass(frozen=True, slots=True)
class _Languages:
    """Tags of languages, their names folded, and the pattern that finds a name."""

    tags: tuple[str, ...]
    names: Mapping[str, str]
    pattern: re.Pattern[str]


@cache
def _languages() -> _Languages:
    """Of the languages with names in CLDR and a code of two letters, which leaves out those whose
    names are English words ("Even", "Long"): the English, the Chinese and the own name."""
    from langcodes import Language
    from langcodes.language_lists import CLDR_LANGUAGES

    names: dict[str, str] = {}
    for tag in [*(tag for tag in CLDR_LANGUAGES if len(tag) == 2), "yue", "fil"]:
        language = Language.get(tag)
        chinese = language.display_name("zh")
        for name in (language.display_name("en"), chinese, language.autonym()):
            names.setdefault(fold(name), tag)
        if chinese.endswith("语"):
            names.setdefault(f"{chinese[:-1]}文", tag)
    for tag, others in _ALIASES.items():
        names |= dict.fromkeys(others.split("|"), tag)
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(f"{_NO_LETTER_BEFORE}(?:{longest_first}){_EDGE}")
    return _Languages(tuple(sorted(set(names.values()))), names, pattern)


def language_name(tag: str) -> str:
    """What a language is called in English: ``nl`` is "Dutch"."""
    from langcodes import Language

    return str(Language.get(tag).display_name("en"))
