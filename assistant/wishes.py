"""Wishes about the answer, told apart from what to search for: language, script, length, form.

"Answer in English", 「用繁體回答」, "shorter", 「列点说」: alone or beside a question. Pure
functions over the tables of assistant/wish_phrases.py. What stands between two punctuation marks
is a wish only if all of it is one, so that a question about languages or lengths stays a question;
only a few kinds of wish are seen without a mark between them and the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from assistant.types import Turn
from assistant.wish_phrases import (
    ASKED_OF_SUBJECT,
    BARE,
    FORMS,
    HAN_LEADING,
    LANGUAGES,
    LASTING,
    LATIN_TRAILING,
    LENGTHS,
    SIMPLE,
    WISH,
)
from corpus.language import detect_language, fold

Length = Literal["sentence", "short", "long"]
Form = Literal["list", "prose"]

_SIGNS = ".!?。！？；:：,，\n—–…"
_PARTS = re.compile(rf"(?:(?<![{_SIGNS}])[{_SIGNS}]*+)?[^{_SIGNS}]+(?:[{_SIGNS}]+\s*|$)")
_ENDS = (".", "!", "?", "。", "！", "？", "\n", "；", "…")
_JOINTS = " \t\n,，;；:：—–-"
_AROUND = f' {_SIGNS}()（）"“”「」~～'
_LONGEST_WISH = 80


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the reader wants the answer; ``None`` where nothing was said.

    ``language`` is a tag such as ``en``, ``zh-Hans``, ``zh-Hant``. ``simple`` asks for plain words.
    ``lasting`` says that length and form are meant for the answers after this one as well.
    """

    language: str | None = None
    length: Length | None = None
    form: Form | None = None
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
    language = next((tag for tag, phrase in LANGUAGES if phrase.search(plain)), None)
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
    """The text folded character by character, so that offsets stay the text's own."""
    return "".join(
        folded if len(folded := fold(character)) == 1 else character for character in text
    )
