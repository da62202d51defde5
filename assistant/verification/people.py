"""The people of an answer and of a talk: who is named, who is said to have said it, whose words a
question asks for, and names that the evidence lacks.

Names of one script are compared by their words. Across scripts they are aligned by what the talk
itself offers, both forms side by side as in 余北（Yu Bei）, by the reading of the characters (余北
is Yu Bei), and by role (主持人 is the host). What can't be aligned is neither the same person nor
another one: nobody is accused on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from corpus.language import fold
from corpus.names import NAME_IN_LATIN, is_han, looks_like_name, surname_of, without_title
from corpus.vocabulary import SURNAMES, TITLES_HAN, words
from index.lexical.dictionary import readings

Aliases = Mapping[str, frozenset[str]]
"""Han name, folded -> names in Latin letters that the talk gives beside it."""

# A name, and the person whom it means.

_TITLE_LATIN = re.compile(r"\b(?:dr|prof|professor|doctor|mr|mrs|ms|miss|sir)\b\.?", re.IGNORECASE)
_HAN_NAME = r"[㐀-鿿·]{2,8}"
_LATIN_NAME = r"[A-Z][\w'’.-]*(?:[ ][A-Z][\w'’.-]*){0,3}"
_BOTH = re.compile(
    rf"(?P<han>{_HAN_NAME})\s*[（(]\s*(?P<latin>{_LATIN_NAME})\s*[)）]"
    rf"|(?P<latin2>{_LATIN_NAME})\s*[（(]\s*(?P<han2>{_HAN_NAME})\s*[)）]"
)
_ROLES = {
    "host": re.compile(r"主持|主播|\b(?:hosts?|interviewer|moderator|presenter)\b"),
    "guest": re.compile(r"嘉宾|来宾|\bguests?\b"),
}
_OWNER = re.compile(r"['’]s?$")


def aliases_in(texts: Iterable[str]) -> Aliases:
    """The names that texts give in both scripts."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for match in _BOTH.finditer(text):
            han, latin = match["han"] or match["han2"], match["latin"] or match["latin2"]
            for start in range(max(1, len(han) - 1)):
                # The name's start can't be told from the words before it; any tail may be it.
                found.setdefault(fold(han[start:]), set()).add(latin)
    return {han: frozenset(names) for han, names in found.items()}


def role_of(name: str) -> str:
    """``host``, ``guest`` or nothing, for a speaker who is named by a part only."""
    folded = fold(name)
    return next((role for role, pattern in _ROLES.items() if pattern.search(folded)), "")


def mentions(text: str, person: str, aliases: Aliases) -> bool:
    """Whether a text names a person, by any form that can be aligned with ``person``."""
    if role := role_of(person):
        return bool(_ROLES[role].search(fold(text)))
    if not is_han(person):
        return _mentions_latin(text, person)
    folded, bare, titled = _han_forms(person)
    plain = fold(text)
    if folded in plain or (not titled and len(bare) > 1 and bare in plain):
        return True
    surname = bare if titled and len(bare) <= 2 else surname_of(bare)
    if any(surname + title in plain for title in TITLES_HAN if len(title) > 1):
        return True
    return any(_spells(name, person, aliases) for name in NAME_IN_LATIN.findall(text))


def _mentions_latin(text: str, person: str) -> bool:
    """Whether a word of the person's name stands in the text as a name."""
    wanted = {word for word in name_words(person) if len(word) > 1}
    for name in NAME_IN_LATIN.findall(text):
        said = name_words(name)
        whole = [word for word in said if word in wanted]
        # "Tom Smith" is not Tom Okafor, but "Tom" is, and so is "Yesterday Tom".
        if whole and (len(whole) == len(said) or len(whole) == len(wanted) or said[-1] in wanted):
            return True
    return False


def _spells(latin: str, person: str, aliases: Aliases) -> bool:
    _, bare, titled = _han_forms(person)
    words = name_words(latin)
    known = {
        word
        for form in (bare, fold(person))
        for name in aliases.get(form, ())
        for word in name_words(name)
    }
    if known and any(word in known for word in words):
        return True
    starts = range(len(words))
    parts = [" ".join(words[i:j]) for i in starts for j in range(i + 1, len(words) + 1)]
    forms = [bare]
    if not titled and len(bare) > 2:
        forms.append(bare[len(surname_of(bare)) :])  # the given name alone
    if re.match(r"(?:Dr|Prof|Mr|Mrs|Ms)\b", latin) and not titled:
        forms.append(surname_of(bare))
    return any(is_spelled(form, part) for form in forms for part in parts)


def is_spelled(name: str, latin: str) -> bool:
    """Whether Latin words may spell the whole Chinese name, the surname first or last.

    ``latin`` may join the given name's syllables: Yu Bei, Bei Yu, Fei-Fei Li for 李飞飞. A name
    with a character whose reading is unknown is never spelled.
    """
    words = re.sub(r"[^a-z]+", " ", fold(latin)).split()
    known = readings()
    characters = [known.get(char, frozenset[str]()) for char in fold(name)]
    orders = (words, [*words[-1:], *words[:-1]])
    return any(_reads(characters, "".join(order)) for order in orders) if words else False


def _reads(characters: Iterable[frozenset[str]], written: str) -> bool:
    """Whether the letters are one syllable of each character, in order."""
    ends = {0}
    for syllables in characters:
        ends = {at + len(one) for at in ends for one in syllables if written.startswith(one, at)}
    return len(written) in ends


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """A Latin name's words in lower case, without titles and possessives."""
    bare = _TITLE_LATIN.sub(" ", name)
    return tuple(_OWNER.sub("", word) for word in re.findall(r"[^\W\d_][\w'’-]*", fold(bare)))


@lru_cache(maxsize=1024)
def _han_forms(name: str) -> tuple[str, str, bool]:
    """The folded name, the same without a title, and whether it had one."""
    folded = fold(name).strip()
    bare = without_title(folded)
    return folded, bare, bare != folded


def without_names(text: str, people: Iterable[str], aliases: Aliases) -> str:
    """The text without the names of these people: what is said, whoever says it."""
    people = tuple(people)
    left = text
    for person in people:
        if is_han(person):
            left = left.replace(person, "")
    for name in NAME_IN_LATIN.findall(left):
        if any(mentions(name, person, aliases) for person in people if not role_of(person)):
            left = re.sub(rf"{re.escape(name)}(?:['’]s)?\s*", "", left)
    left = left.strip(" ，,的")
    return left if len(left) * 3 > len(text) else text


# Who is said to have said it.

_LATIN = NAME_IN_LATIN.pattern
_VERB = (
    r"(?:say|sa(?:id|ys)|state|claim|explain|add|note|argue|recall|repl(?:y|ie)|answer|admit(?:t)?|stress(?:e)?"
    r"|conclude|warn|remark|observe|insist|acknowledge|point|think|thought|believe|mention|suggest|report"
    r"|describe|emphasi[sz]e|predict|expect|recommend|feel|felt|find|found|see|name|consider|call|hope"
    r"|told|tell|propose|estimate|highlight|advise|wonder|doubt|reveal)(?:s|d|ed|ing)?(?: out)?"
)
_ADVERB = r"(?:(?:also|then|later|once|further|even|still|clearly|himself|herself) )*"
_WHO = (
    rf"(?:{_LATIN}|(?:[Tt]he|[Oo]ne|[Aa]|[Aa]nother) (?:host|guest|speaker|interviewer|author)"
    r"|[Hh]e|[Ss]he|[Tt]hey)"
)
_OPENS = re.compile(
    rf"^\W*(?:(?:[Aa]ccording to|[Ii]n the (?:view|opinion|words) of|[Ff]or|[Aa]s) (?P<by>{_WHO})"
    rf"(?:['’]s (?:view|opinion))?(?: {_VERB})?,?\s+"
    rf"|(?P<who>{_WHO}),? {_ADVERB}(?P<verb>{_VERB})(?: that\b)?,?:?\s+)"
)
_CLOSES = re.compile(
    rf"[,;]\s+(?:(?P<who>{_WHO}) {_ADVERB}{_VERB}|{_VERB} (?P<turned>{_LATIN}))\W*$"
)
_HAN_VERB = (
    "(?:表示|解释|解釋|指出|认为|認為|回答|补充|補充|强调|強調|坦言|坦承|承认|承認|回忆|回憶|透露|总结|總結|提到|谈到|談到|回应|回應"
    "|感叹|感嘆|直言|说明|說明|觉得|覺得|建议|建議|主张|主張|介绍|介紹|预测|預測|预计|預計|相信|推测|推測|判断|判斷|希望|发现|發現"
    "|分享|分析|警告|提醒|担心|擔心|反馈|反饋|(?<!小)[说說]|称|稱|讲|講|看来|看來)"
)
_HAN_WHO = r"(?:[㐀-鿿·]{1,7}?)"
_HAN_OPENS = re.compile(
    rf"^\W*(?:在)?(?:据|據|根据|根據|按照|按|对于|對於)?(?P<who>{_LATIN}|{_HAN_WHO})\s*"
    rf"(?:的(?:说法|說法|观点|觀點|看法|介绍|介紹|意见|意見)(?:是|中)?"
    rf"|(?:还|還|也|则|則|又|曾|自己|本人|明确|明確|进一步|進一步|特别|特別)*{_HAN_VERB}(?:道|过|過|到|了)?)\s*[，,：:]?\s*"
)
_PRONOUN = re.compile(
    r"^(?:[Tt]hey|[Hh]e|[Ss]he|他|她|他们|她们|他們|她們|大家|有人|我们|我們|它|作者)$"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who a sentence says said it (nobody where it is a pronoun), and the words without that."""

    who: tuple[str, ...]
    content: str


def attribution_of(text: str) -> Attribution:
    """The sentence taken apart; where nothing is attributed the content is all of it."""
    who: list[str] = []
    content = text.strip()
    for pattern in (_OPENS, _CLOSES, _HAN_OPENS):
        match = pattern.search(content)
        if match is None:
            continue
        names = [name for name in match.groupdict().items() if name[1] and name[0] != "verb"]
        if pattern is _HAN_OPENS and not _may_speak(match["who"]):
            continue
        left = (content[: match.start()] + content[match.end() :]).strip()
        if len(left) * 4 < len(content):
            continue
        who += [name for _, name in names if _names_someone(name)]
        content = left
    return Attribution(tuple(who), content)


def _may_speak(name: str) -> bool:
    """Whether what stands before a verb of saying can be a speaker, and no part of a sentence."""
    return bool(_PRONOUN.match(name) or role_of(name) or looks_like_name(name))


def _names_someone(name: str) -> bool:
    if _PRONOUN.match(name):
        return False
    return looks_like_name(name) if is_han(name) else name[:1].isupper() and len(name) > 1


_NARRATED = re.compile(
    rf"(?P<name>{_LATIN}|(?<![㐀-鿿])[㐀-鿿·]{{2,4}}?)(?:\s*[㐀-鿿]{{0,6}}?\s*{_HAN_VERB}|\s+{_ADVERB}{_VERB}\b)"
)


def narrated_speakers(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of whom narrated sentences say that they speak, each once."""
    found = [match["name"] for text in texts for match in _NARRATED.finditer(text)]
    return tuple(dict.fromkeys(name for name in found if looks_like_name(name)))


def only_attributes(text: str) -> bool:
    """Whether a sentence tells who says something and nothing of it: 他說。 behind a quotation."""
    bare = re.sub(r"\W+$", "", text.strip())
    probe = "如此这般。" if is_han(bare) else "it is so."
    joint = "，" if is_han(bare) else " that "
    return bool(bare) and attribution_of(f"{bare}{joint}{probe}").content == probe


# Whose words a question asks for, so that another speaker's don't pass for theirs unsaid.

_SAYS = re.compile(
    r"(?:\s+(?!(?:that|who|which|and)\b)[\w'’-]+){0,2}?\s+(?:say|said|think|thought|believe|argue"
    r"|recommend|advise|suggest|tell|told|explain|mention|describe|feel|felt|expect|predict|recall"
    r"|claim|warn|point|propose|prefer|see|regard|consider|make of|find|like|want|value)"
    r"(?:s|d|ed)?\b",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"\s+(?:\w+\s+)?(?:views?|opinions?|advice|take|stance|position|thoughts?|reasons?)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:according to|in the (?:view|opinion|words) of)\s*$", re.IGNORECASE)
_HAN_SAYS = re.compile(
    r"(?:\s*对[^，。？！]{1,20}?|[^，。？！]{0,8}?)(?:怎么看|如何看|怎么想|看法|观点|见解|意见|态度|认为|觉得|主张|建议|提到|谈到"
    r"|解释|预测|预计|评价|强调|指出|表示|担心|期待|说)"
)
_ABOUT = re.compile(r"(?:对|对于|关于|有关|怎么看|如何看待)$")
_LABEL = re.compile(r"\d|\b(?:speaker|participant|voice|unknown)\b", re.IGNORECASE)
_TOLD_OF = re.compile(r"\W*(?:he|she)\b|\W*[他她](?!们)", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]\w+|my|mine)\b|我(?!们)")


@dataclass(frozen=True, slots=True)
class QuestionTarget:
    """The speakers whom a question names; ``for_words`` where it asks what they say or think."""

    people: tuple[str, ...] = ()
    for_words: bool = False

    def concerns(self, claim: str, evidence: str) -> bool:
        """Whether a sentence that names nobody says what one of them has said: as an answer to
        such a question, or as "he does" of another's "I do"."""
        if self.for_words:
            return bool(self.people)
        told_of_one = len(self.people) == 1 and _TOLD_OF.match(claim)
        return bool(told_of_one and _FIRST_PERSON.search(evidence))


def target_of(question: str, speakers: Iterable[str], aliases: Aliases) -> QuestionTarget:
    """Whom of the speakers a question is about; those known by a role alone are left out."""
    known = [one for one in speakers if not role_of(one)]
    people = tuple(one for one in known if mentions(question, one, aliases))
    return QuestionTarget(people, any(_is_source(question, one, aliases) for one in people))


def is_somebody(speaker: str) -> bool:
    """Whether a speaker's label is a name, and nobody else's: "Speaker 1" may be anyone."""
    labelled = role_of(speaker) or _LABEL.search(speaker)
    return looks_like_name(speaker) and not labelled


def _is_source(question: str, person: str, aliases: Aliases) -> bool:
    for match in NAME_IN_LATIN.finditer(question):
        after, before = question[match.end() :], question[: match.start()]
        says = _VIEW if match.group().endswith(("'s", "’s")) else _SAYS
        if mentions(match.group(), person, aliases) and (
            says.match(after) or _BEFORE.search(before) or _is_han_source(before, after)
        ):
            return True
    before, found, after = fold(question).partition(fold(person))
    return is_han(person) and bool(found) and _is_han_source(before, after)


def _is_han_source(before: str, after: str) -> bool:
    return bool(_HAN_SAYS.match(fold(after))) and not _ABOUT.search(fold(before).rstrip())


# Names and codes that the evidence must have: Anthropic, GPT-5, a person who speaks. Where sentence
# and evidence share a script, every name counts. Between Latin letters and Chinese only what isn't
# transliterated does: codes, acronyms, words with capitals inside.

_CODE = re.compile(
    r"(?<![\w/])(?=[\w.+#-]*[A-Z\d])(?=[\w.+#-]*[A-Za-z])[A-Za-z\d][\w+#]*(?:[.-][\w+#]+)*"
)
_INNER_CAPITAL = re.compile(r"[A-Z].*[A-Z]|[a-z][A-Z]|[A-Za-z]-?\d|\d[A-Za-z]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_AMOUNT = re.compile(
    r"\d[\d.,]*(?:k|m|b|bn|x|s|th|st|nd|rd|am|pm|kg|km|cm|mm|ms|gb|tb|mb|%)?", re.IGNORECASE
)
_NOT_NAMES = words(
    """
    i i'm i've i'd i'll a ai api llm ceo cto cfo ok tv uk us usa eu pc it the and or but he she
    they we you january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday christmas internet web
    english chinese mandarin german french spanish italian japanese korean dr mr mrs ms prof phd
    another one some most many these those this that there here first second third finally
    however also overall both each in on at by for from with as if when while because since
    according
    """
)
_INFLECTED = 6
"""A word of so many letters may have another ending in the evidence."""
_DEMONYM = re.compile(r"(?:ians?|ese|ish)$")
_SPEAKING = re.compile(
    rf"(?P<name>[㐀-鿿]{{1,3}}?(?P<title>{'|'.join(t for t in TITLES_HAN if len(t) > 1)}))"
)


def unknown_name(claim: str, evidence: str, people: tuple[str, ...] = ()) -> str | None:
    """The first name of the claim that the evidence doesn't have; ``people`` are the names that
    were aligned with someone in it."""
    known = _EvidenceNames(evidence)
    aligned = {word for person in people for word in name_words(person)}
    for name in _latin_names(claim, same_script=not _mostly_han(evidence) or is_han(claim)):
        parts = [word for word in name_words(name) or (fold(name),) if word not in aligned]
        if _LATIN_LETTER.search(evidence) and any(not known.has(word) for word in parts):
            return name
    return _unknown_han(claim, evidence) if is_han(claim) and _mostly_han(evidence) else None


def _mostly_han(text: str) -> bool:
    return len(re.findall(r"[㐀-鿿]", text)) * 4 > len(text)


class _EvidenceNames:
    """What an evidence text has, by words and with the signs between them left out."""

    def __init__(self, text: str) -> None:
        self._squeezed = re.sub(r"[\W_]", "", fold(text))

    def has(self, word: str) -> bool:
        bare = re.sub(r"[\W_]", "", word)
        stem = bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare
        if len(stem) >= _INFLECTED and stem.isalpha():
            stem = stem[: 1 - _INFLECTED // 2]  # Belgium's railways are the Belgian railways
        return len(bare) < 2 or bare in _NOT_NAMES or stem in self._squeezed


def _latin_names(claim: str, *, same_script: bool) -> list[str]:
    """Names by their capitals. The first word of an English sentence is capital anyway."""
    found: list[str] = []
    if same_script:
        for match in NAME_IN_LATIN.finditer(claim):
            parts = match.group().split()
            if not is_han(claim) and _opens_sentence(claim, match.start()):
                parts = parts[1:] if not _INNER_CAPITAL.search(parts[0]) else parts
            found += [word for word in parts if not is_common(word)]
    for match in _CODE.finditer(claim):
        word = match.group().rstrip(".-")
        if _INNER_CAPITAL.search(word) and not _AMOUNT.fullmatch(word) and not is_common(word):
            found.append(word)
    return list(dict.fromkeys(found))


def is_common(word: str) -> bool:
    """Whether a capitalised word names nothing that a text would have to have."""
    bare = re.sub(r"['’]s?$", "", word).lower()
    return bare in _NOT_NAMES or bool(_DEMONYM.search(bare))


def _opens_sentence(text: str, offset: int) -> bool:
    before = re.sub(r"[\s*_\"“‘'(「]+$", "", text[:offset])
    return not before or before[-1] in ".!?:;—"


def _unknown_han(claim: str, evidence: str) -> str | None:
    """A person with a title, as 王教授, whom the evidence doesn't have."""
    told = fold(evidence)
    for match in _SPEAKING.finditer(fold(claim)):
        surname = match["name"][: -len(match["title"])]
        if surname[:1] in SURNAMES and len(surname) == 1 and surname not in told:
            return match["name"]
    return None
