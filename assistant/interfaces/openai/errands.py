"""Errands that chat programs send of their own: a title, tags, next questions for a conversation.

They are no questions to the library and are done without a search. What tells an errand is what all
programs have in common: the order speaks of the conversation itself, names what it wants for it,
and sets its form ("in five words", "only the title", the JSON to answer in). The order comes as the
last message of the user or as the system's; the conversation stands inside, marked by roles, or is
the one of the request. With a file attached such a program wraps the reader's question into a task
as well. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Wanted = Literal["title", "tags", "follow_ups", "summary"]

LONGEST_TITLE = 60
_LONGEST_ORDER = 20_000
"""Characters of an order that are read from each of its ends: the conversation stands between."""

_TASK = re.compile(r"\s*#{1,4} ?Task:")
_KEY = re.compile(r"\{\s*[\"'](\w+)[\"']\s*:")
_CONVERSATION = re.compile(
    r"\b(?:conversation|chat|dialog(?:ue)?|discussion|message|exchange)s?\b|对话|對話|聊天|会话|會話|谈话",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\bonly\b|\bwithout\b|\bno (?:more|longer|punctuation|quot)|\b(?:words?|characters?|tokens)\b"
    r"|\bjson\b|不超过|不要|以内|仅|只(?:返回|输出|需|能)|直接返回|個?字|个字",
    re.IGNORECASE,
)
_NAMES: Mapping[Wanted, re.Pattern[str]] = {
    "title": re.compile(
        r"\b(?:title|titled|name|naming)\b|标题|標題|主题|主題|命名", re.IGNORECASE
    ),
    "tags": re.compile(r"\btags\b|标签|標籤", re.IGNORECASE),
    "follow_ups": re.compile(
        r"\bfollow[- ]?ups?\b|\b(?:next|related|suggested) questions\b|追问|后续问题|相关问题",
        re.IGNORECASE,
    ),
    "summary": re.compile(
        r"\bsummar(?:y|i[sz]e)\b.{0,200}\b(?:context|memory|prompt)\b|总结.{0,200}(?:上下文|提示)",
        re.IGNORECASE,
    ),
}
_ASKED = re.compile(
    r"^[^\w\n]{0,8}(?:user|human|用户|使用者)[^\w\n:：]{0,4}[:：][ \t]*(\S.*)",
    re.IGNORECASE | re.MULTILINE,
)
_QUESTION = re.compile(r"[?？]\W{0,4}$")
_TEXT_KEYS = ("content", "mainText", "text")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a request, as text."""

    role: str
    text: str


def errand_reply(messages: Sequence[Said]) -> str | None:
    """What an errand is answered with, at once; ``None`` where the request is a reader's question.

    A title is the conversation's first question, shortened at a word. Everything else is left
    empty, in the form that was asked for: the library has no say in it, and programs take an empty
    list for none.
    """
    spoken = [one for one in messages if one.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        return None
    last = spoken[-1].text
    if _TASK.match(last):
        return _task_reply(last)
    inside = _first_question(last)
    asked = inside or next((one.text for one in spoken[:-1] if one.role == "user"), "")
    orders = [last] if asked and not (_QUESTION.search(last) and not inside) else []
    if inside:
        orders += [one.text for one in messages if one.role in ("system", "developer")]
    wanted = next(filter(None, map(_wanted, orders)), None)
    if wanted is None:
        return None
    return _title(asked) if wanted == "title" else ""


def readers_question(text: str) -> str:
    """The reader's own words in a task that was put around or before them; other texts as they
    are."""
    if not _TASK.match(text):
        return text
    return _within("user_query", text) or text.rpartition("</context>")[2].strip() or text


def _wanted(order: str) -> Wanted | None:
    """What an order wants for the conversation; ``None`` where it is none."""
    told = (
        order
        if len(order) <= 2 * _LONGEST_ORDER
        else (f"{order[:_LONGEST_ORDER]}\n{order[-_LONGEST_ORDER:]}")
    )
    if not (_CONVERSATION.search(told) and _FORM.search(told)):
        return None
    return next((wanted for wanted, name in _NAMES.items() if name.search(told)), None)


def _first_question(text: str) -> str:
    """The first thing that the reader says in a conversation that stands in a text: a list of JSON
    objects, or lines behind the names of roles; empty where there is none."""
    try:
        held = json.loads(text[text.find("[") : text.rfind("]") + 1])
    except (ValueError, RecursionError):
        held = []
    for one in held if isinstance(held, list) else []:
        if isinstance(one, dict) and one.get("role") == "user":
            said = [one[key] for key in _TEXT_KEYS if isinstance(one.get(key), str)]
            if said:
                return str(said[0])
    asked = _ASKED.search(text)
    return asked[1] if asked else ""


def _task_reply(text: str) -> str | None:
    """The JSON that a task asks for by its key."""
    keys = {match[1] for match in _KEY.finditer(text)}
    for key, reply in _TASK_REPLIES.items():
        if key in keys:
            return json.dumps({key: reply(text)}, ensure_ascii=False)
    return None


def _title(text: str) -> str:
    """A question as a title, shortened at a word."""
    words = " ".join(text.split())
    if len(words) <= LONGEST_TITLE:
        return words
    cut = words[:LONGEST_TITLE]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _title_of_history(text: str) -> str:
    asked = _ASKED.search(_within("chat_history", text))
    return _title(asked[1]) if asked else ""


def _within(tag: str, text: str) -> str:
    """What stands in the first element of this name; empty without one."""
    return text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


_TASK_REPLIES: Mapping[str, Callable[[str], Any]] = {
    "title": _title_of_history,
    "tags": lambda _: [],
    "follow_ups": lambda _: [],
    "queries": lambda _: [],
    "text": lambda _: "",
    "prompt": lambda _: "",
}
