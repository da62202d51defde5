"""The chat page in Gradio: layout and events.

What stands above the conversation, and the words that the page's script needs, as HTML.

What the parts of the page hold: pure functions from the state of things to values by name.

page.py has the parts themselves. A value is what the part shows; a mapping sets properties of it.

The chat page in Gradio: its layout and what happens on it. The one file that knows Gradio.

What its parts hold is made in page_content.py. The conversation and the sources are HTML of our own
making: Gradio's Chatbot would read transcript text as Markdown and let its images and links live.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Literal, get_args

import gradio as gr

from assistant.interfaces.web.narrowing import chips_html, mode_of, scope_html, scope_of
from assistant.interfaces.web.session import QUESTION_CHARS, Conversation, converse, stop
from assistant.interfaces.web.views import (
    asking_buttons,
    chat_html,
    model_html,
    sources_html,
    status_html,
)
from assistant.library import Loading
from assistant.messages.answer_words import answer_words
from assistant.messages.catalogue import page_languages
from assistant.messages.i18n import Words, words
from assistant.messages.languages import Lang
from assistant.messages.page_words import page_words
from assistant.messages.scope_words import ScopeWords, scope_words
from assistant.types import Mode
from index.types import Scope, Talk

MARK = """
<svg class="vb-mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/>
<path d="M8 13c0-3 1.7-5 4.6-5.6l.5 1.5c-1.5.5-2.3 1.4-2.5 2.6h2.3V17H8zm8 0c0-3 1.7-5 4.6-5.6
l.5 1.5c-1.5.5-2.3 1.4-2.5 2.6h2.3V17H16z"/><path d="M8 22.2h16v1.8H8z"/></svg>"""

PLAYER_HTML = (
    '<section id="vb-dock" hidden><header><p class="vb-dock-title"></p>'
    '<button type="button" class="vb-icon" data-close-player>✕</button></header>'
    '<div class="vb-frame"></div></section>'
)
"""Where the player goes. It never changes, so that a player that runs is left alone; the script
puts its words in."""

LIVE_HTML = '<div id="vb-live" class="vb-sr" aria-live="polite" aria-atomic="true"></div>'
"""What screen readers are told of: the conversation itself is written anew with every change."""


def brand_html(lang: Lang, words: Words) -> str:
    """The name and the tagline; its attributes tell the script the language and its words."""
    told = json.dumps(
        {
            "player": words.player,
            "closePlayer": words.close_player,
            "ready": words.ready,
            "readyOne": words.ready_one,
            "chat": words.chat,
            "language": words.language,
            "mode": answer_words(lang).mode,
            "sources": words.sources,
        },
        ensure_ascii=False,
    )
    return (
        f'<div class="vb-brand" data-lang="{lang}" data-title="{escape(words.title)}" '
        f'data-words="{escape(told)}">{MARK}'
        f"<div><h1>Verbatim</h1><p>{escape(words.tagline)}</p></div></div>"
    )


def theme_html(words: Words) -> str:
    """The way to the lookup of quotes, and the switch between light and dark."""
    label = escape(words.theme)
    look_up = escape(page_words(words.lang).look_up)
    return (
        f'<a class="vb-icon" href="lookup?lang={words.lang}" target="_blank" data-carry'
        f' aria-label="{look_up} ({escape(words.new_tab)})" title="{look_up}">'
        '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.6" cy="8.6" r="6.1"/>'
        '<path d="m13.2 12.1 4.6 4.6-1.1 1.1-4.6-4.6zM5.4 10.9c0-2.2.8-3.7 2.6-4.3l.3.9c-.8.3-1.2.8'
        '-1.3 1.4h1.2v2zm3.6 0c0-2.2.8-3.7 2.6-4.3l.3.9c-.8.3-1.2.8-1.3 1.4h1.2v2z"/></svg></a>'
        f'<button type="button" class="vb-icon" data-theme-toggle aria-label="{label}" '
        f'title="{label}">'
        '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5a7.5 7.5 0 1 0 0 15z"/>'
        '<circle cx="10" cy="10" r="7.5"/></svg></button>'
    )


def side_head_html(words: Words) -> str:
    """The heading over the sources; its button leads back up where they stand below the chat."""
    return (
        f'<div class="vb-side-head"><h2>{escape(words.sources)}</h2>'
        f'<button type="button" class="vb-link vb-back" data-back>'
        f"↑ {escape(words.back)}</button></div>"
    )


ComponentName = Literal[
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
Content = dict[ComponentName, Any]

LABELLED: tuple[ComponentName, ...] = (
    *("brand", "language", "theme", "new_chat", "question", "send", "stop", "side_head"),
)
DIALOGUE: tuple[ComponentName, ...] = ("conversation", "chat", "sources")
SCOPE: tuple[ComponentName, ...] = ("scope", "chips", "narrowed")
MODE: tuple[ComponentName, ...] = ("mode", "model")
PROGRESS: tuple[ComponentName, ...] = ("status", "examples", "timer", *MODE, *SCOPE)


def shown_labels(lang: Lang) -> Content:
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


def shown_dialogue(lang: Lang, conversation: Conversation) -> Content:
    """The conversation and its sources."""
    return {
        "conversation": conversation,
        "chat": chat_html(conversation, words(lang)),
        "sources": sources_html(conversation, words(lang)),
    }


def shown_progress(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
    """How loading stands; what the library offers once it is done, and then the timer is let go.

    Before that it waits for the first look at the language model, too.
    """
    state, text = loading.state, words(lang)
    examples = loading.get(0).examples(lang) if state.phase == "ready" else ()
    return {
        "status": status_html(state, text),
        "examples": asking_buttons(examples, text.examples),
        "timer": {"active": state.phase == "loading" or _is_looking(loading)},
        **shown_modes(loading, lang, narrowed, mode),
        **shown_scope(loading, lang, narrowed),
    }


def shown_modes(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
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


def shown_scope(loading: Loading, lang: Lang, narrowed: str) -> Content:
    """What to search in, and the choice of it."""
    return {
        "scope": _chosen(loading, lang, narrowed, scope_html),
        "chips": shown_chips(loading, lang, narrowed),
        "narrowed": narrowed,
    }


def shown_chips(loading: Loading, lang: Lang, narrowed: str) -> str:
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


ASKING_AT_ONCE = 8
"""Questions answered at the same time; more wait in the queue, up to ``WAITING_AT_MOST``."""
WAITING_AT_MOST = 100
SESSION_S = 12 * 3600
"""How long a tab's conversation is kept after its last question."""
LOADING_POLL_S = 0.5
MODES = get_args(Mode)
"""All that may come from the switch; what it offers is the engine's affair."""

# The server chose the language when it sent the page (index_html.py): load takes that choice up.
# What the address narrows the search to holds for a new tab, and again for each new chat.
_AS_OPENED = """(_, __, mode, conversation) =>
  [document.documentElement.dataset.pageLang, window.location.search, mode, conversation]"""
# A question may come before the page's first event has gone round: the switch is empty until then.
_AS_ASKED = """(question, language, ...others) =>
  [question, language ?? document.documentElement.dataset.pageLang, ...others]"""
_AS_ADDRESSED = """(language, _, conversation) =>
  [language, window.location.search, conversation]"""
_OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Fonts that the reader's machine has: none is fetched. The style sheet names those for Chinese.
_FONTS = ("system-ui", "sans-serif")


Components = dict[ComponentName, Any]
"""The components that events read or fill, by name."""


def mount_page(app: Any, loading: Loading) -> None:
    """Put the page, over an engine that may still load, at the root of a FastAPI application."""

    async def mount() -> None:
        _mount(app, _build_page(loading))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Outside of an event loop Gradio makes one for each of its locks and never closes them.
        asyncio.run(mount())
    else:
        _mount(app, _build_page(loading))


def _build_page(loading: Loading) -> gr.Blocks:
    with gr.Blocks(title="Verbatim", analytics_enabled=False, fill_width=True) as page:
        parts = _layout()
        _wire_language(page, parts, loading)
        _wire_questions(parts, loading)
    page.queue(default_concurrency_limit=ASKING_AT_ONCE, max_size=WAITING_AT_MOST, api_open=False)
    # After every question the queue would sum up all questions so far for a monitoring page that
    # is off here; that costs more with each one. (The name's spelling is Gradio's.)
    page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
    return page


def _mount(app: Any, page: gr.Blocks) -> None:
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(font=_FONTS, font_mono=("ui-monospace", "monospace")),
    )


def _layout() -> Components:
    parts = _header()
    with gr.Row(elem_id="vb-main"):
        with gr.Column(elem_id="vb-talk"):
            parts["chat"] = _html("vb-chat")
            parts["examples"] = _html("vb-examples")
            parts["status"] = _html("vb-loading")
            with gr.Row(elem_id="vb-composer"):
                parts |= _composer()
        with gr.Column(elem_id="vb-side"):
            parts["side_head"] = _html("vb-side-head")
            _html("vb-player", PLAYER_HTML)
            parts["sources"] = _html("vb-sources")
    _html("vb-told", LIVE_HTML)
    parts["conversation"] = gr.State((), time_to_live=SESSION_S)
    parts["timer"] = gr.Timer(LOADING_POLL_S, active=False)
    return parts


def _header() -> Components:
    with gr.Row(elem_id="vb-header"):
        languages = [(name, lang) for lang, name in page_languages().items()]
        return {
            "brand": _html("vb-brand"),
            "language": gr.Radio(languages, elem_id="vb-language", container=False),
            "theme": _html("vb-theme"),
            "new_chat": gr.Button("", elem_id="vb-new", size="sm"),
        }


def _composer() -> Components:
    parts: Components = {
        "question": gr.Textbox(
            elem_id="vb-question", max_lines=6, max_length=QUESTION_CHARS, container=False
        ),
        "send": gr.Button("", elem_id="vb-send", variant="primary"),
        "stop": gr.Button("", elem_id="vb-stop"),
    }
    with gr.Row(elem_id="vb-within"):
        parts["scope"], parts["chips"] = _html("vb-scope"), _html("vb-chips")
        # What the panel's form says, in the form of an address; the script writes it.
        parts["narrowed"] = gr.Textbox(elem_id="vb-narrowed", visible="hidden")
        parts["mode"] = gr.Radio(MODES, elem_id="vb-mode", container=False, visible=False)
        parts["model"] = _html("vb-model")
    return parts


def _html(elem_id: str, value: str = "") -> Any:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _wire_language(page: gr.Blocks, parts: Components, loading: Loading) -> None:
    """The page in its language, at first and when it is switched; and how loading goes on."""

    def in_language(
        lang: Lang, narrowed: str, mode: str | None, conversation: Conversation
    ) -> dict[Any, Any]:
        spoken = shown_labels(lang) | shown_dialogue(lang, conversation)
        return _filled(parts, spoken | shown_progress(loading, lang, narrowed, mode))

    def at_first(
        lang: Lang, narrowed: str, mode: str | None, conversation: Conversation
    ) -> dict[Any, Any]:
        # A question may have come before: its conversation is not sent again, or it would come
        # back after a new chat.
        shown = shown_labels(lang) | ({} if conversation else shown_dialogue(lang, ()))
        return _filled(parts, shown | shown_progress(loading, lang, narrowed, mode))

    def watch(lang: Lang, narrowed: str, mode: str | None) -> dict[Any, Any]:
        return _filled(parts, shown_progress(loading, lang, narrowed, mode))

    progress = _named(parts, PROGRESS)
    everything = progress + _named(parts, (*LABELLED, *DIALOGUE))
    wished = _named(parts, ("language", "narrowed", "mode"))
    known = [*wished, parts["conversation"]]
    page.load(at_first, known, everything, js=_AS_OPENED, queue=False, **_OWN)
    parts["language"].input(in_language, known, everything, queue=False, **_OWN)
    parts["timer"].tick(watch, wished, progress, queue=False, **_OWN)


def _wire_questions(parts: Components, loading: Loading) -> None:
    def ask(
        question: str, lang: Lang, narrowed: str, mode: str | None, conversation: Conversation
    ) -> Iterator[dict[Any, Any]]:
        # The box is emptied once only: the next question may be typed while this one waits. The
        # sources are sent when they change: the reader may be among them while an answer grows.
        now: Content = {"question": ""}
        shown = ""
        for grown in converse(loading, conversation, question, words(lang), narrowed, mode):
            # Nothing comes after the answer: until the event ends, a new question is not taken.
            now |= shown_dialogue(lang, grown) | {"model": model_line(loading, lang)}
            if now["sources"] == shown:
                del now["sources"]
            shown = now.get("sources", shown)
            yield _filled(parts, now)
            now = {}

    asked = gr.on(
        [parts["question"].submit, parts["send"].click],
        ask,
        _named(parts, ("question", "language", "narrowed", "mode", "conversation")),
        _named(parts, ("question", "model", *DIALOGUE)),
        js=_AS_ASKED,
        trigger_mode="once",
        **_OWN,
    )
    parts["stop"].click(stop, [parts["conversation"]], None, queue=False, **_OWN)
    _wire_choices(parts, loading, asked)


def _wire_choices(parts: Components, loading: Loading, asked: Any) -> None:
    """A new chat, and what to search in; ``asked`` is the event that a new chat gives up."""

    def forget(lang: Lang, narrowed: str, conversation: Conversation) -> dict[Any, Any]:
        stop(conversation)
        emptied = shown_dialogue(lang, ()) | shown_scope(loading, lang, narrowed)
        chosen = shown_modes(loading, lang, narrowed, None)
        return _filled(parts, emptied | chosen | {"question": ""})

    def narrow(lang: Lang, narrowed: str) -> str:
        return shown_chips(loading, lang, narrowed)

    wished = _named(parts, ("language", "narrowed"))
    parts["new_chat"].click(
        forget,
        [*wished, parts["conversation"]],
        _named(parts, ("question", *DIALOGUE, *SCOPE, *MODE)),
        js=_AS_ADDRESSED,
        cancels=[asked],
        queue=False,
        **_OWN,
    )
    parts["narrowed"].change(
        narrow, wished, [parts["chips"]], trigger_mode="always_last", queue=False, **_OWN
    )


def _named(parts: Components, names: Iterable[ComponentName]) -> list[Any]:
    return [parts[name] for name in names]


def _filled(parts: Components, values: Content) -> dict[Any, Any]:
    """The values by component, as Gradio takes them."""
    return {
        parts[name]: gr.update(**value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
