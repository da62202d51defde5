"""The control that narrows the search as HTML: what opens it, its panel, and the chips.

The panel is a form whose fields are named as in an address (narrowing.py): the script sends it as
it stands. ``data-find`` holds what the search-as-you-type looks in, ``data-unscope`` the name of
the field whose value a chip takes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.web.narrowing import Choice, Kind, chosen, offered, speakers_of
from assistant.web.scope_words import ScopeWords
from corpus.language import fold, to_script
from index.types import Scope, Talk

SPEAKERS_SHOWN = 4
"""So many of a talk's speakers stand under its title."""

_ICON = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.5h14M5.5 10h9M8 14.5h4"/></svg>'


def scope_html(scope: Scope, talks: Sequence[Talk], words: ScopeWords) -> str:
    """The button and the folded panel; nothing where there is nothing to choose between."""
    picked = chosen(scope, talks)
    rows = _rows(offered(talks), picked)
    if not picked and max(len(rows["talk"]), len(rows["speaker"])) < 2:
        return ""
    about = {("talk", talk.id): _about(talk) for talk in talks}
    checked = set(picked)
    boxes = {
        kind: [_box(row, row in checked, words, about.get((kind, row.value), "")) for row in listed]
        for kind, listed in rows.items()
    }
    lists = _group(words.talks, boxes["talk"]) + _group(words.speakers, boxes["speaker"])
    spoken = _group(words.languages, boxes["spoken"]) if len(boxes["spoken"]) > 1 else ""
    return (
        '<button type="button" class="vb-narrow" data-open-scope aria-expanded="false"'
        f' aria-controls="vb-panel">{_ICON}'
        f'<span class="vb-search-in">{escape(words.search_in)}</span>'
        f' <span class="vb-all">{escape(words.all_talks)}</span></button>'
        f'<form id="vb-panel" aria-label="{escape(words.panel)}" autocomplete="off" hidden>'
        f'{_head(words)}<div class="vb-choices">'
        f'<p class="vb-no-match" role="status" hidden>{escape(words.no_match)}</p>'
        f"{lists}{spoken}{_dates(scope, talks, words)}</div>"
        f'<p class="vb-out"><button type="button" class="vb-link" data-everywhere>'
        f"{escape(words.everywhere)}</button></p></form>"
    )


def chips_html(scope: Scope, talks: Sequence[Talk], words: ScopeWords) -> str:
    """A button for each choice, which takes it out."""
    chips = "".join(f"<li>{_chip(choice, words)}</li>" for choice in chosen(scope, talks))
    return f'<ul class="vb-chips">{chips}</ul>' if chips else ""


def named(choice: Choice, words: ScopeWords) -> str:
    """A choice as the reader knows it."""
    formats = {"since": words.since_day, "until": words.until_day}
    label = formats.get(choice.kind, "{}").format(choice.label)
    return label if choice.known else words.unknown.format(label)


def _chip(choice: Choice, words: ScopeWords) -> str:
    label = named(choice, words)
    return (
        f'<button type="button" class="vb-chip" data-unscope="{choice.kind}"'
        f' data-value="{escape(choice.value)}" title="{escape(label)}"'
        f' aria-label="{escape(words.remove.format(label))}"><span>{escape(label)}</span>'
        '<span aria-hidden="true">✕</span></button>'
    )


def _rows(offers: Sequence[Choice], picked: Sequence[Choice]) -> dict[Kind, list[Choice]]:
    """What is listed of each kind; what only an address names comes last, to be taken out."""
    listed = [*offers, *(choice for choice in picked if not choice.known)]
    kinds: tuple[Kind, ...] = ("talk", "speaker", "spoken")
    return {kind: [choice for choice in listed if choice.kind == kind] for kind in kinds}


def _head(words: ScopeWords) -> str:
    find, close = escape(words.find), escape(words.close)
    return (
        f'<header><input type="search" class="vb-find" placeholder="{find}" aria-label="{find}">'
        f'<button type="button" class="vb-icon" data-close-scope aria-label="{close}"'
        f' title="{close}">✕</button></header>'
    )


def _group(legend: str, rows: Sequence[str]) -> str:
    if not rows:
        return ""
    return f"<fieldset><legend>{escape(legend)}</legend>{''.join(rows)}</fieldset>"


def _box(choice: Choice, checked: bool, words: ScopeWords, about: str) -> str:
    label = named(choice, words)
    more = f"<small>{escape(about)}</small>" if about else ""
    found_by = "" if choice.kind == "spoken" else f' data-find="{escape(_spellings(label, about))}"'
    return (
        f'<label class="vb-box"{found_by}><input type="checkbox" name="{choice.kind}"'
        f' value="{escape(choice.value)}"{" checked" if checked else ""}>'
        f"<span>{escape(label)}{more}</span></label>"
    )


def _spellings(*texts: str) -> str:
    """What one may type to find it: as it stands, and in either Chinese script."""
    text = " ".join(texts).casefold()
    return " ".join(dict.fromkeys((text, fold(text), to_script(text, "zh-Hant"))))


def _about(talk: Talk) -> str:
    names = speakers_of(talk)
    shown = ", ".join(names[:SPEAKERS_SHOWN]) + (" …" if len(names) > SPEAKERS_SHOWN else "")
    return " · ".join(part for part in (talk.published, shown) if part)


def _dates(scope: Scope, talks: Sequence[Talk], words: ScopeWords) -> str:
    """Two fields, in a library that has dates at all."""
    days = sorted(talk.published for talk in talks if talk.published)
    if not days and not scope.since and not scope.until:
        return ""
    limits = f' min="{escape(days[0])}" max="{escape(days[-1])}"' if days else ""
    fields = "".join(
        f'<label class="vb-day">{escape(label)} <input type="date" name="{name}"'
        f' value="{escape(value or "")}"{limits}></label>'
        for name, label, value in (
            ("since", words.since, scope.since),
            ("until", words.until, scope.until),
        )
    )
    return _group(words.dates, [fields])
