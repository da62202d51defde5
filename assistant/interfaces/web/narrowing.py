"""What a reader narrows the search to: read from an address, named in the reader's terms, chosen in
a panel.

One form serves the page's address and the page's own field: ``talk=`` (a talk's id, or its file),
``speaker=`` (a whole name), ``spoken=`` (a language; ``zh`` is Chinese in both scripts), ``since=``
and ``until=`` (ISO dates, both included). The first three may come more than once. Parts of names,
which the command line takes, would let a link's meaning change as the library grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import parse_qs

from assistant.interfaces.web.rendering import render
from assistant.messages.catalogue import Messages
from assistant.types import Mode
from corpus.language import fold, to_script
from index.types import Scope, Talk

ChoiceKind = Literal["talk", "speaker", "spoken", "since", "until"]

QUERY_CHARS = 20_000
"""A longer one is cut: no choice of the panel's comes near it."""

SPEAKERS_SHOWN = 4
"""So many of a talk's speakers stand under its title."""

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


def named(choice: Choice, say: Messages) -> str:
    """A choice as the reader knows it."""
    days = {"since": "scope.since_day", "until": "scope.until_day"}
    label = say(days[choice.kind], choice.label) if choice.kind in days else choice.label
    return label if choice.known else say("scope.unknown", label)


def named_choices(choices: Iterable[Choice], say: Messages) -> str:
    """Choices as the reader knows them, in one line."""
    return say("chat.speaker_join").join(named(choice, say) for choice in choices)


class Box(NamedTuple):
    """A choice as the panel offers it: what it is called, what stands under that, and what one may
    type to find it; where that is empty, nothing one types hides it."""

    choice: Choice
    is_checked: bool
    label: str
    about: str
    found_by: str


def scope_html(scope: Scope, talks: Sequence[Talk], say: Messages) -> str:
    """The button and the folded panel; nothing where there is nothing to choose between."""
    picked = chosen(scope, talks)
    about = {("talk", talk.id): _about(talk) for talk in talks}
    # What only an address names comes last, to be taken out.
    listed = [*offered(talks), *(choice for choice in picked if not choice.known)]
    boxes: dict[ChoiceKind, list[Box]] = {"talk": [], "speaker": [], "spoken": []}
    for choice in listed:
        if choice.kind in boxes:
            more = about.get((choice.kind, choice.value), "")
            boxes[choice.kind].append(_box(choice, choice in picked, more, say))
    if not picked and max(len(boxes["talk"]), len(boxes["speaker"])) < 2:
        return ""
    days = sorted(talk.published for talk in talks if talk.published)
    return render("scope.html", say=say, boxes=boxes, days=days, scope=scope)


def chips_html(scope: Scope, talks: Sequence[Talk], say: Messages) -> str:
    """A button for each choice, which takes it out."""
    chips = [(choice, named(choice, say)) for choice in chosen(scope, talks)]
    return render("chips.html", say=say, chips=chips)


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


def _box(choice: Choice, is_checked: bool, about: str, say: Messages) -> Box:
    label = named(choice, say)
    found_by = "" if choice.kind == "spoken" else _spellings(label, about)
    return Box(choice, is_checked, label, about, found_by)


def _about(talk: Talk) -> str:
    names = talk.speakers
    shown = ", ".join(names[:SPEAKERS_SHOWN]) + (" …" if len(names) > SPEAKERS_SHOWN else "")
    return " · ".join(part for part in (talk.published, shown) if part)


def _spellings(*texts: str) -> str:
    """What one may type to find it: as it stands, and in either Chinese script."""
    text = " ".join(texts).casefold()
    return " ".join(dict.fromkeys((text, fold(text), to_script(text, "zh-Hant"))))
