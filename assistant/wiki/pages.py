"""A talk as a page of Markdown, and the page that lists them all. Pure.

The same talk in the same style always gives the same text: no day, no version and nothing of other
talks stands in it, so that a page changes only when its talk does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlsplit

from assistant.excerpts import clock
from assistant.web.languages import FALLBACK, Lang, match_language
from assistant.wiki.chat import chat, talk_address
from assistant.wiki.escaping import link, markdown, one_line, yaml_string
from assistant.wiki.moments import count_words, key_moments
from assistant.wiki.names import page_name
from assistant.wiki.seal import SEAL_LINE, sealed
from assistant.wiki.types import Page, Style
from assistant.wiki.words import WikiWords, language_name, wiki_words
from corpus.links import moment_url
from corpus.types import Section, Transcript, Utterance

_LONGEST_S = 1_000_000.0
"""Of a recording, eleven days: more is no length, but another figure or infinity."""


def make_pages(transcripts: Sequence[Transcript], style: Style) -> list[Page]:
    """A page a talk, and the index last: it links to none that isn't there yet."""
    pages = [talk_page(transcript, style) for transcript in transcripts]
    return [*pages, index_page(transcripts, style)]


def talk_page(transcript: Transcript, style: Style) -> Page:
    """Facts, digest, topics, key moments and the chat of one talk."""
    lang = style.lang or match_language(transcript.language) or FALLBACK
    words = wiki_words(lang)
    blocks = [
        *_heading(transcript.title, style),
        *_facts(transcript, style, words),
        *_digest(transcript),
        *_topics(transcript, style, words),
        *_moments(transcript, style, words),
        *chat(style, lang, words.ask_talk, transcript.id),
        *(_words(transcript, style, words) if style.text else ()),
    ]
    return _page(page_name(transcript.id), _talk_front(transcript, style), blocks)


def index_page(transcripts: Sequence[Transcript], style: Style) -> Page:
    """All talks, the newest first, and the chat over them."""
    tongues = Counter(match_language(each.language) or FALLBACK for each in transcripts)
    lang: Lang = style.lang or (tongues.most_common(1)[0][0] if tongues else FALLBACK)
    words = wiki_words(lang)
    ordered = sorted(transcripts, key=lambda each: each.title)
    ordered.sort(key=lambda each: each.published or "", reverse=True)
    lines = [_entry(each, style, words) for each in ordered]
    blocks = [
        *_heading(words.talks, style),
        "\n".join(lines),
        *chat(style, lang, words.ask_talks),
    ]
    name = "_index.md" if style.flavour == "hugo" else "index.md"
    return _page(name, [f"title: {yaml_string(words.talks)}"], blocks)


def _page(name: str, front: Sequence[str], blocks: Iterable[str]) -> Page:
    head = "\n".join(["---", *front, SEAL_LINE, "---"])
    return Page(name, sealed("\n\n".join([head, *blocks]) + "\n"))


def _talk_front(transcript: Transcript, style: Style) -> list[str]:
    """Flat keys that no wiki gives a meaning of its own, but for title, aliases and date."""
    title = yaml_string(transcript.title)
    speakers = ", ".join(map(yaml_string, _speakers(transcript.sections)))
    lines = [f"title: {title}"]
    if style.flavour == "obsidian":
        lines.append(f"aliases: [{title}]")
    if day := _day(transcript):
        lines.append(f"date: {day}")
    lines.append(f"language: {yaml_string(transcript.language)}")
    if source := moment_url(transcript.source_url, None):
        lines.append(f"source: {yaml_string(source)}")
    lines.append(f"speakers: [{speakers}]")
    if style.url:
        lines.append(f"verbatim_url: {yaml_string(talk_address(style.url, transcript.id))}")
    lines.append(f"verbatim_talk: {yaml_string(transcript.id)}")
    return [*lines, f"verbatim_file: {yaml_string(transcript.file)}"]


def _heading(title: str, style: Style) -> list[str]:
    """Hugo's themes show the title themselves."""
    return [] if style.flavour == "hugo" else [f"# {markdown(title)}"]


def _facts(transcript: Transcript, style: Style, words: WikiWords) -> list[str]:
    source = moment_url(transcript.source_url, None)
    length = _length_s(transcript)
    speakers = words.comma.join(map(markdown, _speakers(transcript.sections)))
    count = count_words(transcript)
    facts = {
        words.date: _day(transcript),
        words.language: markdown(language_name(transcript.language)),
        words.length: clock(length) if length else "",
        words.words: f"{count:,}" if count else "",
        words.speakers: speakers,
        words.source: link(markdown(urlsplit(source).hostname or ""), source) if source else "",
    }
    if style.url:
        facts[words.in_verbatim] = link(words.all_words, talk_address(style.url, transcript.id))
    lines = [f"- **{name}**{words.colon}{fact}" for name, fact in facts.items() if fact]
    return ["\n".join(lines)]


def _digest(transcript: Transcript) -> list[str]:
    """What the note says about the recording, and what its editor made of it."""
    blocks: list[str] = []
    for section in transcript.sections:
        texts = [markdown(turn.text) for turn in section.utterances if one_line(turn.text)]
        if section.kind == "talk" or not texts:
            continue
        if section.heading:
            blocks.append(f"## {markdown(section.heading)}")
        if section.kind == "summary":
            blocks.append("\n".join(f"- {text}" for text in texts))
        else:
            blocks += texts
    return blocks


def _topics(transcript: Transcript, style: Style, words: WikiWords) -> list[str]:
    headed = [each for each in transcript.sections if each.kind == "talk" and each.heading]
    if not headed:
        return []
    lines = [_topic(section, transcript, style, words) for section in headed]
    untimed = all(section.start_s is None for section in headed)
    return [f"## {words.topics}", *([words.no_times] if untimed else []), "\n".join(lines)]


def _topic(section: Section, transcript: Transcript, style: Style, words: WikiWords) -> str:
    when = _when(section.start_s, transcript, style)
    who = words.comma.join(map(markdown, _speakers([section])))
    name = f"**{markdown(section.heading)}**"
    return f"- {' '.join(part for part in (when, name, f'— {who}' if who else '') if part)}"


def _moments(transcript: Transcript, style: Style, words: WikiWords) -> list[str]:
    lines = []
    for moment in key_moments(transcript):
        who = f" **{markdown(moment.speaker)}**{words.colon}" if moment.speaker else " "
        quote = words.quoted.format(markdown(moment.lead))
        lines.append(f"- {_when(moment.start_s, transcript, style)}{who}{quote}")
    return [f"## {words.moments}", "\n".join(lines)] if lines else []


def _words(transcript: Transcript, style: Style, words: WikiWords) -> list[str]:
    blocks = [f"## {words.transcript}"]
    for section in transcript.sections:
        if section.kind != "talk":
            continue
        if section.heading:
            when = _when(section.start_s, transcript, style)
            blocks.append(f"### {' '.join(filter(None, (markdown(section.heading), when)))}")
        blocks += [_turn(turn, transcript, style, words) for turn in section.utterances]
    return blocks


def _turn(turn: Utterance, transcript: Transcript, style: Style, words: WikiWords) -> str:
    """A turn is one paragraph; an estimated time is left out, where the topic has an exact one."""
    when = "" if turn.estimated else _when(turn.start_s, transcript, style)
    who = f"**{markdown(turn.speaker)}**{words.colon.strip()}" if turn.speaker else ""
    return " ".join(part for part in (when, who, markdown(turn.text)) if part)


def _entry(transcript: Transcript, style: Style, words: WikiWords) -> str:
    name = page_name(transcript.id)
    place = f"{name.removesuffix('.md')}/" if style.flavour == "hugo" else name
    who = words.comma.join(map(markdown, _speakers(transcript.sections)))
    parts = (_day(transcript), f"[{markdown(transcript.title)}]({place})", who)
    return f"- {' · '.join(part for part in parts if part)}"


def _when(start_s: float | None, transcript: Transcript, style: Style) -> str:
    """The time, as a link to the moment in the recording; where that has no address, in the
    talk's words at the server."""
    if start_s is None:
        return ""
    url = moment_url(transcript.source_url, start_s)
    if url is None and style.url:
        url = f"{talk_address(style.url, transcript.id)}#t={int(start_s)}"
    return link(clock(start_s), url) if url else clock(start_s)


def _speakers(sections: Iterable[Section]) -> tuple[str, ...]:
    names = (turn.speaker for each in sections for turn in each.utterances if each.kind == "talk")
    return tuple(dict.fromkeys(one_line(name) for name in names if name))


def _day(transcript: Transcript) -> str:
    try:
        return date.fromisoformat(transcript.published or "").isoformat()
    except ValueError:
        return ""


def _length_s(transcript: Transcript) -> float:
    """As the source tells it, else the end of the last topic; 0 where neither is known."""
    ends = [each.end_s for each in transcript.sections if each.end_s is not None]
    try:
        told = float(transcript.meta.get("duration_s", ""))
    except ValueError:
        told = 0.0
    return told if 0 < told < _LONGEST_S else max(ends, default=0.0)
