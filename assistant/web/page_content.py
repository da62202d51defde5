"""What the parts of the page hold: pure functions from the state of things to values by name.

page.py has the parts themselves. A value is what the part shows; a mapping sets properties of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from assistant.loading import Loading
from assistant.web.answer_words import answer_words
from assistant.web.chat_view import asking_buttons, chat_html, status_html
from assistant.web.header_view import brand_html, side_head_html, theme_html
from assistant.web.i18n import words
from assistant.web.languages import Lang
from assistant.web.making_view import model_html
from assistant.web.narrowing import mode_of, scope_of
from assistant.web.scope_view import chips_html, scope_html
from assistant.web.scope_words import ScopeWords, scope_words
from assistant.web.session import Conversation
from assistant.web.source_view import sources_html
from index.types import Scope, Talk

Part = Literal[
    "brand",
    "language",
    "theme",
    "new_chat",
    "chat",
    "examples",
    "status",
    "question",
    "send",
    "stop",
    "scope",
    "chips",
    "narrowed",
    "mode",
    "model",
    "side_head",
    "sources",
    "conversation",
    "timer",
]
Content = dict[Part, Any]

LABELLED: tuple[Part, ...] = (
    *("brand", "language", "theme", "new_chat", "question", "send", "stop", "side_head"),
)
DIALOGUE: tuple[Part, ...] = ("conversation", "chat", "sources")
SCOPE: tuple[Part, ...] = ("scope", "chips", "narrowed")
MODE: tuple[Part, ...] = ("mode", "model")
PROGRESS: tuple[Part, ...] = ("status", "examples", "timer", *MODE, *SCOPE)


def labels(lang: Lang) -> Content:
    """What never changes but with the language."""
    text = words(lang)
    return {
        "brand": brand_html(lang, text),
        "language": {"value": lang, "label": text.language},
        "theme": theme_html(text),
        "new_chat": text.new_chat,
        "question": {"label": text.question, "placeholder": text.placeholder},
        "send": text.send,
        "stop": answer_words(lang).stop,
        "side_head": side_head_html(text),
    }


def dialogue(lang: Lang, conversation: Conversation) -> Content:
    """The conversation and its sources."""
    return {
        "conversation": conversation,
        "chat": chat_html(conversation, words(lang)),
        "sources": sources_html(conversation, words(lang)),
    }


def progress(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
    """How loading stands; what the library offers once it is done, and then the timer is let go.

    Before that it waits for the first look at the language model, too.
    """
    state, text = loading.state, words(lang)
    examples = loading.get(0).examples(lang) if state.phase == "ready" else ()
    return {
        "status": status_html(state, text),
        "examples": asking_buttons(examples, text.examples),
        "timer": {"active": state.phase == "loading" or _is_looking(loading)},
        **how(loading, lang, narrowed, mode),
        **scope(loading, lang, narrowed),
    }


def how(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
    """The switch among the modes and the model's state; neither where there is one mode only."""
    modes = loading.get(0).modes() if loading.state.phase == "ready" else ()
    if len(modes) < 2:
        return {"mode": {"visible": False}, "model": ""}
    said = answer_words(lang)
    chosen = next((known for known in modes if known == mode), mode_of(narrowed, modes))
    switch: Mapping[str, object] = {
        "choices": [(said.modes[known], known) for known in modes],
        "value": chosen or modes[0],
        "label": said.mode,
        "visible": True,
    }
    return {"mode": switch, "model": model_line(loading, lang)}


def model_line(loading: Loading, lang: Lang) -> str:
    """Whether the language model can be used, as last seen."""
    state = loading.get(0).model_state() if loading.state.phase == "ready" else None
    return model_html(state, answer_words(lang))


def scope(loading: Loading, lang: Lang, narrowed: str) -> Content:
    """What to search in, and the choice of it."""
    return {
        "scope": _chosen(loading, lang, narrowed, scope_html),
        "chips": chips(loading, lang, narrowed),
        "narrowed": narrowed,
    }


def chips(loading: Loading, lang: Lang, narrowed: str) -> str:
    """What was chosen to search in."""
    return _chosen(loading, lang, narrowed, chips_html)


def _chosen(
    loading: Loading,
    lang: Lang,
    narrowed: str,
    shown: Callable[[Scope, Sequence[Talk], ScopeWords], str],
) -> str:
    """The scope as HTML, once the library is there to name what it is made of."""
    if loading.state.phase != "ready":
        return ""
    talks = loading.get(0).talks()
    return shown(scope_of(narrowed, talks), talks, scope_words(lang))


def _is_looking(loading: Loading) -> bool:
    state = loading.get(0).model_state() if loading.state.phase == "ready" else None
    return state is not None and state.reachable is None
