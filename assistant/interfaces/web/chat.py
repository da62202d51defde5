"""The chat page in Gradio: its layout and what happens on it. The one file that knows Gradio.

What a part of the page holds is a function from the state of things to values by the part's name: a
value is what the part shows, a mapping sets properties of it. The conversation and the sources are
HTML of our own making: Gradio's Chatbot would read transcript text as Markdown and let its images
and links live.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import gradio as gr

from assistant.interfaces.web.narrowing import chips_html, mode_of, scope_html, scope_of
from assistant.interfaces.web.rendering import render
from assistant.interfaces.web.session import (
    QUESTION_CHARS,
    Conversation,
    converse,
    forget,
    stop,
)
from assistant.interfaces.web.views import (
    asking_buttons,
    chat_html,
    model_html,
    sources_html,
    status_html,
)
from assistant.library import Loading
from assistant.messages.catalogue import Messages, messages, page_languages
from assistant.messages.languages import Lang
from assistant.types import Mode
from index.types import Scope, Talk

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


ASKING_AT_ONCE = 8
"""Questions answered at the same time; more wait in the queue, up to ``WAITING_AT_MOST``."""
WAITING_AT_MOST = 100
SESSION_S = 12 * 3600
"""How long a tab's conversation is kept after its last question."""
LOADING_POLL_S = 0.5
MODES = get_args(Mode)
"""All that may come from the switch; what it offers is the engine's affair."""

# The server chose the language when it sent the page (document.py): load takes that choice up.
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
            _html("vb-player", render("player.html", say=None))
            parts["sources"] = _html("vb-sources")
    _html("vb-told", render("live.html"))
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
        if not question.strip():
            # Sent twice in a row, it comes when the first is answered: nothing is written anew, or
            # the page would lose what was typed or begun since.
            yield gr.skip()
            return
        # The box is emptied once only: the next question may be typed while this one waits. The
        # sources are sent when they change: the reader may be among them while an answer grows.
        now: Content = {"question": ""}
        shown = ""
        for grown in converse(loading, conversation, question, messages(lang), narrowed, mode):
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
        # Gradio ends an event a moment after the answer shows: what is asked then must not be lost.
        trigger_mode="always_last",
        **_OWN,
    )
    parts["stop"].click(stop, [parts["conversation"]], None, queue=False, **_OWN)
    _wire_choices(parts, loading, asked)


def _wire_choices(parts: Components, loading: Loading, asked: Any) -> None:
    """A new chat, and what to search in; ``asked`` is the event that a new chat gives up."""

    def begin_anew(lang: Lang, narrowed: str, conversation: Conversation) -> dict[Any, Any]:
        # Gradio cancels the event too, but not always before its last update is on the way.
        forget(conversation)
        emptied = shown_dialogue(lang, ()) | shown_scope(loading, lang, narrowed)
        chosen = shown_modes(loading, lang, narrowed, None)
        return _filled(parts, emptied | chosen | {"question": ""})

    def narrow(lang: Lang, narrowed: str) -> str:
        return shown_chips(loading, lang, narrowed)

    wished = _named(parts, ("language", "narrowed"))
    parts["new_chat"].click(
        begin_anew,
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


def shown_labels(lang: Lang) -> Content:
    """What never changes but with the language."""
    say = messages(lang)
    return {
        "brand": render("brand.html", say=say, script_words=_script_words(say)),
        "language": {"value": lang, "label": say("chat.language")},
        "theme": render("tools.html", say=say),
        "new_chat": say("chat.new_chat"),
        "question": {"label": say("chat.question"), "placeholder": say("chat.placeholder")},
        "send": say("chat.send"),
        "stop": say("answer.stop"),
        "side_head": render("side_head.html", say=say),
    }


def _script_words(say: Messages) -> str:
    """The words that the page's script needs, as JSON."""
    words = {
        "player": say("chat.player"),
        "closePlayer": say("chat.close_player"),
        "ready": say("chat.ready"),
        "readyOne": say("chat.ready", n=1),
        "chat": say("chat.chat"),
        "language": say("chat.language"),
        "mode": say("answer.mode"),
        "sources": say("chat.sources"),
    }
    return json.dumps(words, ensure_ascii=False)


def shown_dialogue(lang: Lang, conversation: Conversation) -> Content:
    """The conversation and its sources."""
    say = messages(lang)
    return {
        "conversation": conversation,
        "chat": chat_html(conversation, say),
        "sources": sources_html(conversation, say),
    }


def shown_progress(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
    """How loading stands; what the library offers once it is done, and then the timer is let go.

    Before that it waits for the first look at the language model, too.
    """
    state, say = loading.state, messages(lang)
    examples = loading.get(0).examples(lang) if state.phase == "ready" else ()
    return {
        "status": status_html(state, say),
        "examples": asking_buttons(examples, say("chat.examples")),
        "timer": {"active": state.phase == "loading" or _is_looking(loading)},
        **shown_modes(loading, lang, narrowed, mode),
        **shown_scope(loading, lang, narrowed),
    }


def shown_modes(loading: Loading, lang: Lang, narrowed: str, mode: str | None) -> Content:
    """The switch among the modes and the model's state; neither where there is one mode only."""
    modes = loading.get(0).modes() if loading.state.phase == "ready" else ()
    if len(modes) < 2:
        return {"mode": {"visible": False}, "model": ""}
    say = messages(lang)
    chosen = next((known for known in modes if known == mode), mode_of(narrowed, modes))
    switch: Mapping[str, object] = {
        "choices": [(say(f"answer.modes.{known}"), known) for known in modes],
        "value": chosen or modes[0],
        "label": say("answer.mode"),
        "visible": True,
    }
    return {"mode": switch, "model": model_line(loading, lang)}


def model_line(loading: Loading, lang: Lang) -> str:
    """Whether the language model can be used, as last seen."""
    state = loading.get(0).model_state() if loading.state.phase == "ready" else None
    return model_html(state, messages(lang))


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
    shown: Callable[[Scope, Sequence[Talk], Messages], str],
) -> str:
    """The scope as HTML, once the library is there to name what it is made of."""
    if loading.state.phase != "ready":
        return ""
    talks = loading.get(0).talks()
    return shown(scope_of(narrowed, talks), talks, messages(lang))


def _is_looking(loading: Loading) -> bool:
    state = loading.get(0).model_state() if loading.state.phase == "ready" else None
    return state is not None and state.reachable is None
