"""What chat programs put into a user's message that no reader wrote. Pure.

Open WebUI and its like ask for titles, tags and next questions with an order that has the
conversation inside. Those are no questions to the library: each is answered at once with the JSON
that it asks for. With a file attached they wrap the reader's question into such an order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

LONGEST_TITLE = 60

_ORDER = re.compile(r"\s*#{1,4} ?Task:")
_ASKED = re.compile(r"^USER: *(.*\S)", re.MULTILINE)
_KEY = re.compile(r"\{\s*[\"'](\w+)[\"']\s*:")


def errand_reply(text: str) -> str | None:
    """The answer to an order of that kind; ``None`` for a question."""
    if not _ORDER.match(text):
        return None
    keys = {match[1] for match in _KEY.finditer(text)}
    for key, reply in _REPLIES.items():
        if key in keys:
            return json.dumps({key: reply(text)}, ensure_ascii=False)
    return None


def readers_question(text: str) -> str:
    """The reader's own words in an order that was put around or before them; other texts as they
    are."""
    if not _ORDER.match(text):
        return text
    return _within("user_query", text) or text.rpartition("</context>")[2].strip() or text


def _title(text: str) -> str:
    """The first question of the conversation, shortened at a word."""
    asked = _ASKED.search(_within("chat_history", text))
    words = " ".join(asked[1].split()) if asked else ""
    if len(words) <= LONGEST_TITLE:
        return words
    cut = words[:LONGEST_TITLE]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _within(tag: str, text: str) -> str:
    """What stands in the first element of this name; empty without one."""
    return text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


_REPLIES: Mapping[str, Callable[[str], object]] = {
    "title": _title,
    "tags": lambda _: [],
    "follow_ups": lambda _: [],
    "queries": lambda _: [],
    "text": lambda _: "",
    "prompt": lambda _: "",
}
"""By the key of the JSON that is asked for. All but the title are left empty: the library has no
say in them, and these programs take an empty list for none."""
