"""The chat page in Gradio: its layout and what happens on it. The one file that knows Gradio.

The conversation and the sources are HTML of our own making: Gradio's Chatbot would read transcript
text as Markdown and let its images and links live.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.loading import Loading
from assistant.web.chat_view import asking_buttons, chat_html, status_html
from assistant.web.header_view import (
    LIVE_HTML,
    PLAYER_HTML,
    brand_html,
    side_head_html,
    theme_html,
)
from assistant.web.i18n import words
from assistant.web.languages import LANG_NAMES, Lang
from assistant.web.narrowing import scope_of
from assistant.web.scope_view import chips_html, scope_html
from assistant.web.scope_words import ScopeWords, scope_words
from assistant.web.session import QUESTION_CHARS, Conversation, converse
from assistant.web.source_view import sources_html
from index.types import Scope, Talk

ASKING_AT_ONCE = 8
"""Questions answered at the same time; more wait in the queue, up to ``WAITING_AT_MOST``."""
WAITING_AT_MOST = 100
SESSION_S = 12 * 3600
"""How long a tab's conversation is kept after its last question."""
LOADING_POLL_S = 0.5

# The server chose the language when it sent the page (index_html.py): load takes that choice up.
# What the address narrows the search to holds for a new tab, and again for each new chat.
_AS_OPENED = """(_, __, conversation) =>
  [document.documentElement.dataset.pageLang, window.location.search, conversation]"""
_AS_ADDRESSED = "(language) => [language, window.location.search]"
_OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Fonts that the reader's machine has: none is fetched. The style sheet names those for Chinese.
_FONTS = ("system-ui", "sans-serif")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read or fill."""

    brand: Any
    language: Any
    theme: Any
    new_chat: Any
    chat: Any
    examples: Any
    status: Any
    question: Any
    send: Any
    scope: Any
    chips: Any
    narrowed: Any
    side_head: Any
    sources: Any
    conversation: Any
    timer: Any


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


def _layout() -> _Parts:
    with gr.Row(elem_id="vb-header"):
        brand = _html("vb-brand")
        languages = [(name, lang) for lang, name in LANG_NAMES.items()]
        language = gr.Radio(languages, elem_id="vb-language", container=False)
        theme = _html("vb-theme")
        new_chat = gr.Button("", elem_id="vb-new", size="sm")
    with gr.Row(elem_id="vb-main"):
        with gr.Column(elem_id="vb-talk"):
            chat = _html("vb-chat")
            examples = _html("vb-examples")
            status = _html("vb-loading")
            with gr.Row(elem_id="vb-composer"):
                question = gr.Textbox(
                    elem_id="vb-question", max_lines=6, max_length=QUESTION_CHARS, container=False
                )
                send = gr.Button("", elem_id="vb-send", variant="primary")
                with gr.Row(elem_id="vb-within"):
                    scope, chips = _html("vb-scope"), _html("vb-chips")
                    # What the panel's form says, in the form of an address; the script writes it.
                    narrowed = gr.Textbox(elem_id="vb-narrowed", visible="hidden")
        with gr.Column(elem_id="vb-side"):
            side_head = _html("vb-side-head")
            _html("vb-player", PLAYER_HTML)
            sources = _html("vb-sources")
    _html("vb-told", LIVE_HTML)
    return _Parts(
        brand=brand,
        language=language,
        theme=theme,
        new_chat=new_chat,
        chat=chat,
        examples=examples,
        status=status,
        question=question,
        send=send,
        scope=scope,
        chips=chips,
        narrowed=narrowed,
        side_head=side_head,
        sources=sources,
        conversation=gr.State((), time_to_live=SESSION_S),
        timer=gr.Timer(LOADING_POLL_S, active=False),
    )


def _html(elem_id: str, value: str = "") -> Any:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _wire_language(page: gr.Blocks, parts: _Parts, loading: Loading) -> None:
    """The page in its language, at first and when it is switched; and how loading goes on."""

    def in_language(lang: Lang, narrowed: str, conversation: Conversation) -> dict[Any, Any]:
        labels, dialogue = _labels(parts, lang), _dialogue(parts, lang, conversation)
        return labels | dialogue | watch(lang, narrowed)

    def watch(lang: Lang, narrowed: str) -> dict[Any, Any]:
        return _progress(parts, loading, lang) | _scope(parts, loading, lang, narrowed)

    progress = [parts.status, parts.examples, parts.timer, *_scope_fields(parts)]
    labelled = [parts.brand, parts.language, parts.theme, parts.new_chat, parts.question]
    labelled += [parts.send, parts.side_head, *progress]
    labelled += [parts.conversation, parts.chat, parts.sources]
    wished = [parts.language, parts.narrowed]
    known = [*wished, parts.conversation]
    page.load(in_language, known, labelled, js=_AS_OPENED, queue=False, **_OWN)
    parts.language.input(in_language, known, labelled, queue=False, **_OWN)
    parts.timer.tick(watch, wished, progress, queue=False, **_OWN)


def _wire_questions(parts: _Parts, loading: Loading) -> None:
    def ask(
        question: str, lang: Lang, narrowed: str, conversation: Conversation
    ) -> Iterator[dict[Any, Any]]:
        # The box is emptied once only: the next question may be typed while this one waits.
        emptied = {parts.question: ""}
        for grown in converse(loading, conversation, question, words(lang), narrowed):
            yield emptied | _dialogue(parts, lang, grown)
            emptied = {}

    def narrow(lang: Lang, narrowed: str) -> dict[Any, Any]:
        return {parts.chips: _chosen(loading, lang, narrowed, chips_html)}

    def forget(lang: Lang, narrowed: str) -> dict[Any, Any]:
        scope = _scope(parts, loading, lang, narrowed)
        return {parts.question: ""} | _dialogue(parts, lang, ()) | scope

    dialogue = [parts.question, parts.conversation, parts.chat, parts.sources]
    asked = gr.on(
        [parts.question.submit, parts.send.click],
        ask,
        [parts.question, parts.language, parts.narrowed, parts.conversation],
        dialogue,
        trigger_mode="once",
        **_OWN,
    )
    wished = [parts.language, parts.narrowed]
    parts.new_chat.click(
        forget,
        wished,
        [*dialogue, *_scope_fields(parts)],
        js=_AS_ADDRESSED,
        cancels=[asked],
        queue=False,
        **_OWN,
    )
    parts.narrowed.change(
        narrow, wished, [parts.chips], trigger_mode="always_last", queue=False, **_OWN
    )


def _labels(parts: _Parts, lang: Lang) -> dict[Any, Any]:
    text = words(lang)
    return {
        parts.brand: brand_html(lang, text),
        parts.language: gr.Radio(value=lang, label=text.language),
        parts.theme: theme_html(text),
        parts.new_chat: gr.Button(text.new_chat),
        parts.question: gr.Textbox(label=text.question, placeholder=text.placeholder),
        parts.send: gr.Button(text.send),
        parts.side_head: side_head_html(text),
    }


def _dialogue(parts: _Parts, lang: Lang, conversation: Conversation) -> dict[Any, Any]:
    return {
        parts.conversation: conversation,
        parts.chat: chat_html(conversation, words(lang)),
        parts.sources: sources_html(conversation, words(lang)),
    }


def _progress(parts: _Parts, loading: Loading, lang: Lang) -> dict[Any, Any]:
    """How loading stands; the examples once it is done, and then the timer is let go."""
    state, text = loading.state, words(lang)
    examples = loading.get(0).examples(lang) if state.phase == "ready" else ()
    return {
        parts.status: status_html(state, text),
        parts.examples: asking_buttons(examples, text.examples),
        parts.timer: gr.Timer(active=state.phase == "loading"),
    }


def _scope_fields(parts: _Parts) -> list[Any]:
    return [parts.scope, parts.chips, parts.narrowed]


def _scope(parts: _Parts, loading: Loading, lang: Lang, narrowed: str) -> dict[Any, Any]:
    """What to search in, and the choice of it."""
    return {
        parts.scope: _chosen(loading, lang, narrowed, scope_html),
        parts.chips: _chosen(loading, lang, narrowed, chips_html),
        parts.narrowed: narrowed,
    }


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
