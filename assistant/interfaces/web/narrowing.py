"""The scope as an address and as a form says it; its panel and chips.

What a reader narrows the search to: read from an address, and told in the reader's terms.

One form serves the page's address and the page's own field: ``talk=`` (a talk's id, or its file),
``speaker=`` (a whole name), ``spoken=`` (a language; ``zh`` is Chinese in both scripts), ``since=``
and ``until=`` (ISO dates, both included). The first three may come more than once. Parts of names,
which the command line takes, would let a link's meaning change as the library grows.

The control that narrows the search as HTML: what opens it, its panel, and the chips.

The panel is a form whose fields are named as in an address (narrowing.py): the script sends it as
it stands. ``data-find`` holds what the search-as-you-type looks in, ``data-unscope`` the name of
the field whose value a chip takes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qs

from assistant.messages.scope_words import ScopeWords
from assistant.types import Mode
from corpus.language import fold, to_script
from index.types import Scope, Talk

ChoiceKind = Literal["talk", "speaker", "spoken", "since", "until"]

QUERY_CHARS = 20_000
"""A longer one is cut: no choice of the panel's comes near it."""

# Each language's name in itself.
_OWN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hans": "简体中文",
        "zh-Hant": "繁體中文",
        "en": "English",
        "ja": "日本語",
        "ko": "한국어",
        "de": "Deutsch",
        "fr": "Français",
        "es": "Español",
        "it": "Italiano",
        "pt": "Português",
        "nl": "Nederlands",
        "ru": "Русский",
        "uk": "Українська",
        "ar": "العربية",
        "hi": "हिन्दी",
        "th": "ไทย",
        "vi": "Tiếng Việt",
        "tr": "Türkçe",
        "pl": "Polski",
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that the search is narrowed to; ``label`` is what the reader knows it by.

    ``known`` is false for what an address names and the library hasn't got.
    """

    kind: ChoiceKind
    value: str
    label: str
    known: bool = True


def scope_of(query: str, talks: Sequence[Talk]) -> Scope:
    """The scope that an address asks for; other parameters, and dates that are none, are left out.

    A name that the library hasn't got stays in: to leave it out would search what nobody asked for.
    """
    asked = parse_qs(query.removeprefix("?")[:QUERY_CHARS])
    ids = {talk.file: talk.id for talk in talks} | {talk.id: talk.id for talk in talks}
    people = {_plain(name): name for name in _people(talks)}
    return Scope(
        transcripts=frozenset(ids.get(name, name) for name in asked.get("talk", [])),
        speakers=frozenset(people.get(_plain(name), name) for name in asked.get("speaker", [])),
        languages=_tags(asked.get("spoken", []), talks),
        since=_iso_date(asked.get("since", [])),
        until=_iso_date(asked.get("until", [])),
    )


def mode_of(query: str, modes: Sequence[Mode]) -> Mode | None:
    """How to answer, where an address says so: ``mode=`` with one of ``modes``."""
    asked = parse_qs(query.removeprefix("?")[:QUERY_CHARS]).get("mode", [])
    return next((mode for mode in modes if mode in asked[:1]), None)


def offered(talks: Sequence[Talk]) -> tuple[Choice, ...]:
    """What one can choose in this library, dates aside, in the library's order."""
    return (
        *(Choice("talk", talk.id, talk.title) for talk in talks),
        *(Choice("speaker", name, name) for name in _people(talks)),
        *(Choice("spoken", tag, language_name(tag)) for tag in _languages(talks)),
    )


def chosen(scope: Scope, talks: Sequence[Talk]) -> tuple[Choice, ...]:
    """What the scope is made of: what the library has in its order, then the rest, then dates."""
    values: Mapping[ChoiceKind, frozenset[str]] = {
        "talk": scope.transcripts,
        "speaker": scope.speakers,
        "spoken": scope.languages,
    }
    known = [choice for choice in offered(talks) if choice.value in values[choice.kind]]
    held = {(choice.kind, choice.value) for choice in known}
    unknown = (
        Choice(kind, value, value, known=False)
        for kind, asked in values.items()
        for value in sorted(asked)
        if (kind, value) not in held
    )
    dates: list[tuple[ChoiceKind, str | None]] = [("since", scope.since), ("until", scope.until)]
    return (*known, *unknown, *(Choice(kind, day, day) for kind, day in dates if day))


def language_name(tag: str) -> str:
    """A language's name in itself; the tag where it isn't known."""
    return _OWN_NAMES.get(tag, tag)


def _people(talks: Sequence[Talk]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for talk in talks for name in talk.speakers))


def _languages(talks: Sequence[Talk]) -> tuple[str, ...]:
    """The tags of the talks' languages, the most common first."""
    tags = [talk.language for talk in talks]
    return tuple(sorted(dict.fromkeys(tags), key=tags.count, reverse=True))


def _plain(name: str) -> str:
    """A name as it is compared: whatever its case, width and Chinese script."""
    return " ".join(fold(name).split())


def _tags(asked: Sequence[str], talks: Sequence[Talk]) -> frozenset[str]:
    """The library's tags that the asked ones cover; an asked one as it is where it covers none."""
    held = {tag: f"{tag}-".lower() for tag in _languages(talks)}
    covered = (
        [tag for tag, full in held.items() if full.startswith(f"{wanted}-".lower())] or [wanted]
        for wanted in asked
    )
    return frozenset(tag for tags in covered for tag in tags)


def _iso_date(asked: Sequence[str]) -> str | None:
    try:
        return date.fromisoformat(asked[0]).isoformat()
    except (IndexError, ValueError):
        return None


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


def _rows(offers: Sequence[Choice], picked: Sequence[Choice]) -> dict[ChoiceKind, list[Choice]]:
    """What is listed of each kind; what only an address names comes last, to be taken out."""
    listed = [*offers, *(choice for choice in picked if not choice.known)]
    kinds: tuple[ChoiceKind, ...] = ("talk", "speaker", "spoken")
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
    names = talk.speakers
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
