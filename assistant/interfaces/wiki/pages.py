"""Talks as sealed Markdown pages: facts, topics, key moments, chat frame; and the page of them all.

The same talk in the same style always gives the same text: no day, no version and nothing of other
talks stands in it, so that a page changes only when its talk does.

A page is sealed with a digest of the whole in its front matter. With its seal intact it is as it
was written, so it may be written again or removed; nothing is remembered beside the pages, which
may be copied, committed and moved.

A page passes through more than a Markdown parser: site generators look for shortcodes in the file
as it stands, and note-taking programs for template commands, in the front matter too. So the signs
that these are made of, braces and angle brackets, stand nowhere in the file as themselves. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import quote, urlsplit

from assistant.messages.catalogue import FALLBACK, Messages, language_name, messages
from assistant.messages.languages import Lang, match_language
from corpus.hosts import hosts
from corpus.links import moment_url
from corpus.sentences import sentence_spans, width
from corpus.types import FileFailure, Section, Transcript, Utterance
from index.moments import clock

Flavour = Literal["markdown", "obsidian", "hugo"]
Owner = Literal["ours", "edited", "other"]

_BLANK = "0" * 32
SEAL_LINE = f"verbatim_page: {_BLANK}"
"""Stands in the front matter of a page that is not sealed yet."""
_SEAL = re.compile(r"^verbatim_page: (?P<digest>[0-9a-f]{32})$", re.MULTILINE)
_FILE = re.compile(r"^verbatim_file: (?P<file>\".*\")$", re.MULTILINE)

_LONGEST_S = 1_000_000.0
"""Of a recording, eleven days: more is no length, but another figure or infinity."""

_HEIGHT_PX = 560
_ALLOWED = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture"
"""What the player inside and the copying of citations need of the page around."""

_WINDOW_S = 300.0
_LEAST_TURN = 60
"""Of a turn's width: less is an interjection. A Han character counts as three letters."""
_LEAST_OPENING = 40
_LEAST_LEAD, _MOST_LEAD = 60, 180
_WIDE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_WIDE}]|(?:(?![{_WIDE}])[^\W_])+(?:['’](?:(?![{_WIDE}])[^\W_])+)*")

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAKEN = re.compile(
    r"con|prn|aux|nul|com\d|lpt\d|index|home|readme"  # devices of Windows; pages of the wiki
    r"|.*-[0-9a-f]{10}"  # might be another talk's name with its digest
)
_MOST_BYTES = 96
"""Of what stands before the digest: with it the name stays under 143, the least limit in use."""

_PUNCTUATION = re.compile(r"([\\`*_\[\]#|~!$&^])")
_REFERENCES = re.compile(r"[<>{}]|==+|%%+")
_EMOJI = re.compile(r":(?=[a-z+-][\w+-]*:)")
_OPENING = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=:]))")
_YAML = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>{}"}
_ADDRESS = "/:?#[]@!$&'()*+,=~%"
"""Left as they are in an address (RFC 3986), but for the semicolon that ends an HTML entity."""
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_NO_CHARACTERS = "\ufffe\uffff"


@dataclass(frozen=True, slots=True)
class Style:
    """How pages are written.

    ``url`` is where readers reach the server, without a slash at its end; without it pages have
    neither chat nor links to it. ``framed`` tells whether the chat stands on the pages themselves,
    ``lang`` is the language of our own words (each talk's own where ``None``), ``text`` whether
    all words of the talk follow.
    """

    flavour: Flavour = "markdown"
    url: str = ""
    framed: bool = True
    lang: Lang | None = None
    text: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``name`` is that of its file, ``text`` is sealed: see ``sealed``."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was left as it is, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class WikiReport:
    """What one run did; counts are of pages, the index among them."""

    written: int
    unchanged: int
    removed: int
    kept: tuple[Kept, ...]
    failed: tuple[FileFailure, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose a page is; ``file`` is the transcript that one of ours was made from, if any."""

    owner: Owner
    file: str | None = None


@dataclass(frozen=True, slots=True)
class KeyMoment:
    """A turn that begins at ``start_s``, and its first words that say something."""

    start_s: float
    speaker: str | None
    lead: str


def make_pages(transcripts: Sequence[Transcript], style: Style) -> list[Page]:
    """A page a talk, and the index last: it links to none that isn't there yet."""
    pages = [talk_page(transcript, style) for transcript in transcripts]
    return [*pages, index_page(transcripts, style)]


def talk_page(transcript: Transcript, style: Style) -> Page:
    """Facts, digest, topics, key moments and the chat of one talk."""
    lang = style.lang or match_language(transcript.language) or FALLBACK
    say = messages(lang)
    blocks = [
        *_heading(transcript.title, style),
        *_facts(transcript, style, say),
        *_digest(transcript),
        *_topics(transcript, style, say),
        *_moments(transcript, style, say),
        *chat(style, lang, say("wiki.ask_talk"), transcript.id),
        *(_words(transcript, style, say) if style.text else ()),
    ]
    return _page(page_name(transcript.id), _talk_front(transcript, style), blocks)


def index_page(transcripts: Sequence[Transcript], style: Style) -> Page:
    """All talks, the newest first, and the chat over them."""
    tongues = Counter(match_language(each.language) or FALLBACK for each in transcripts)
    lang: Lang = style.lang or (tongues.most_common(1)[0][0] if tongues else FALLBACK)
    say = messages(lang)
    ordered = sorted(transcripts, key=lambda each: each.title)
    ordered.sort(key=lambda each: each.published or "", reverse=True)
    lines = [_entry(each, style, say) for each in ordered]
    blocks = [
        *_heading(say("wiki.talks"), style),
        "\n".join(lines),
        *chat(style, lang, say("wiki.ask_talks")),
    ]
    name = "_index.md" if style.flavour == "hugo" else "index.md"
    return _page(name, [f"title: {yaml_string(say('wiki.talks'))}"], blocks)


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


def _facts(transcript: Transcript, style: Style, say: Messages) -> list[str]:
    source = moment_url(transcript.source_url, None)
    host = urlsplit(source or "").hostname or ""
    length = _length_s(transcript)
    speakers = say("wiki.comma").join(map(markdown, _speakers(transcript.sections)))
    count = count_words(transcript)
    facts = {
        say("wiki.date"): _day(transcript),
        say("wiki.language"): markdown(language_name(transcript.language)),
        say("wiki.length"): clock(length) if length else "",
        say("wiki.words"): f"{count:,}" if count else "",
        say("wiki.speakers"): speakers,
        say("wiki.source"): link(markdown(host), source) if source else "",
    }
    if style.url:
        own_page = talk_address(style.url, transcript.id)
        facts[say("wiki.in_verbatim")] = link(say("wiki.all_words"), own_page)
    lines = [f"- **{name}**{say('wiki.colon')}{fact}" for name, fact in facts.items() if fact]
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


def _topics(transcript: Transcript, style: Style, say: Messages) -> list[str]:
    headed = [each for each in transcript.sections if each.kind == "talk" and each.heading]
    if not headed:
        return []
    lines = [_topic(section, transcript, style, say) for section in headed]
    untimed = all(section.start_s is None for section in headed)
    note = [say("wiki.no_times")] if untimed else []
    return [f"## {say('wiki.topics')}", *note, "\n".join(lines)]


def _topic(section: Section, transcript: Transcript, style: Style, say: Messages) -> str:
    when = _when(section.start_s, transcript, style)
    who = say("wiki.comma").join(map(markdown, _speakers([section])))
    name = f"**{markdown(section.heading)}**"
    return f"- {' '.join(part for part in (when, name, f'— {who}' if who else '') if part)}"


def _moments(transcript: Transcript, style: Style, say: Messages) -> list[str]:
    lines = []
    for moment in key_moments(transcript):
        who = f" **{markdown(moment.speaker)}**{say('wiki.colon')}" if moment.speaker else " "
        quote = say("wiki.quoted", markdown(moment.lead))
        lines.append(f"- {_when(moment.start_s, transcript, style)}{who}{quote}")
    return [f"## {say('wiki.moments')}", "\n".join(lines)] if lines else []


def _words(transcript: Transcript, style: Style, say: Messages) -> list[str]:
    blocks = [f"## {say('wiki.transcript')}"]
    for section in transcript.sections:
        if section.kind != "talk":
            continue
        if section.heading:
            when = _when(section.start_s, transcript, style)
            blocks.append(f"### {' '.join(filter(None, (markdown(section.heading), when)))}")
        blocks += [_turn(turn, transcript, style, say) for turn in section.utterances]
    return blocks


def _turn(turn: Utterance, transcript: Transcript, style: Style, say: Messages) -> str:
    """A turn is one paragraph; an estimated time is left out, where the topic has an exact one."""
    when = "" if turn.estimated else _when(turn.start_s, transcript, style)
    who = f"**{markdown(turn.speaker)}**{say('wiki.colon').strip()}" if turn.speaker else ""
    return " ".join(part for part in (when, who, markdown(turn.text)) if part)


def _entry(transcript: Transcript, style: Style, say: Messages) -> str:
    name = page_name(transcript.id)
    place = f"{name.removesuffix('.md')}/" if style.flavour == "hugo" else name
    who = say("wiki.comma").join(map(markdown, _speakers(transcript.sections)))
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


def chat(style: Style, lang: Lang, heading: str, talk_id: str | None = None) -> list[str]:
    """The part of a page that asks: about one talk, or about all of them. Empty without a server.

    Hugo leaves out HTML in Markdown by default, so there it is a shortcode, ``verbatim``, which
    the site has to define: docs/wiki.md.
    """
    if not style.url:
        return []
    query = f"lang={lang}"
    if talk_id is not None:
        query = f"talk={quote(talk_id, safe='', errors='replace')}&{query}"
    blocks = [f"## {heading}"]
    if style.framed:
        blocks.append(_frame(style.flavour, address(f"{style.url}/embed?{query}"), heading))
    return [*blocks, link(messages(lang)("wiki.open_chat"), f"{style.url}/?{query}")]


def talk_address(url: str, talk_id: str) -> str:
    """The talk's own page at the server."""
    return f"{url}/talk/{quote(talk_id, safe='/', errors='replace')}"


def _frame(flavour: Flavour, src: str, title: str) -> str:
    if flavour == "hugo":
        return f'{{{{< verbatim src="{src}" title="{title}" >}}}}'
    return (
        f'<iframe src="{escape(src)}" title="{escape(title)}" width="100%" height="{_HEIGHT_PX}"'
        f' loading="lazy" style="border:0" allow="{_ALLOWED}"'
        ' referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )


def key_moments(transcript: Transcript) -> tuple[KeyMoment, ...]:
    """The longest turn in every five minutes, among those whose start the source itself gives.

    Who speaks long answers a question, as a rule; short turns ask, agree or interrupt. Who asks
    most is left out: what a host says at length is a welcome or an advertisement. Turns with an
    estimated start are none, since a moment should be where its link leads.
    """
    asking = hosts(transcript)
    longest: dict[int, tuple[int, Utterance, float]] = {}
    for turn, start_s in _timed_turns(transcript):
        size = width(turn.text)
        window = int(start_s // _WINDOW_S)
        if turn.speaker in asking or size < _LEAST_TURN:
            continue
        if window not in longest or size > longest[window][0]:
            longest[window] = (size, turn, start_s)
    chosen = sorted(longest.values(), key=lambda each: each[2])
    return tuple(KeyMoment(start_s, turn.speaker, lead(turn.text)) for _, turn, start_s in chosen)


def lead(text: str) -> str:
    """The first words that say something: a "Yeah." or two in front are passed over, and what is
    too long ends between two words with an ellipsis."""
    line = one_line(text)
    spans = sentence_spans(line)
    telling = (
        begin
        for begin, end in spans
        if width(line[begin:end]) >= _LEAST_OPENING or end == len(line)
    )
    opening = line[next(telling, 0) :]
    if width(opening) <= _MOST_LEAD:
        return opening
    ends = [end for _, end in sentence_spans(opening) if width(opening[:end]) <= _MOST_LEAD]
    whole = opening[: max(ends, default=0)]
    return whole if width(whole) >= _LEAST_LEAD else _cut(opening)


def count_words(transcript: Transcript) -> int:
    """Words of the talk itself; in scripts without spaces between words, characters."""
    return sum(len(_WORD.findall(turn.text)) for turn in _turns(transcript))


def _turns(transcript: Transcript) -> Iterator[Utterance]:
    for section in transcript.sections:
        if section.kind == "talk":
            yield from section.utterances


def _timed_turns(transcript: Transcript) -> Iterator[tuple[Utterance, float]]:
    for turn in _turns(transcript):
        if turn.start_s is not None and not turn.estimated:
            yield turn, turn.start_s


def _cut(text: str) -> str:
    """The text up to the last space or clause before the limit."""
    end = len(text)
    while width(text[:end]) > _MOST_LEAD:
        end -= 1 + (width(text[:end]) - _MOST_LEAD) // 4
    breaks = [match.start() for match in re.finditer(r"\s|(?<=[，、；：])", text[:end])]
    if breaks and breaks[-1] > end // 2:
        end = breaks[-1]
    return f"{text[:end].rstrip('，、；： ,;:')}…"


def page_name(talk_id: str) -> str:
    """The file's name for a talk.

    An id of small letters, digits and hyphens is its own name. Any other is made into one in its
    own script, and a digest of the id tells apart what became alike.
    """
    if _PLAIN.fullmatch(talk_id) and not _TAKEN.fullmatch(talk_id) and len(talk_id) <= _MOST_BYTES:
        return f"{talk_id}.md"
    digest = hashlib.sha256(talk_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    slug = _slug(talk_id)
    return f"{slug}-{digest}.md" if slug else f"talk-{digest}.md"


def _slug(text: str) -> str:
    """Letters, their marks and digits of any script in small, all else as single hyphens."""
    composed = unicodedata.normalize("NFC", text.casefold())
    kept = "".join(sign if _is_letter(sign) else " " for sign in composed)
    slug = "-".join(kept.split())
    cut = slug.encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    return cut.rstrip("-")


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or unicodedata.category(sign) == "Nd"


def sealed(text: str) -> str:
    """The page with its digest in place of ``SEAL_LINE``'s zeros. Only a whole line is taken for
    it: a title may have the same words."""
    return text.replace(f"\n{SEAL_LINE}\n", f"\nverbatim_page: {_seal_digest(text)}\n", 1)


def origin(text: str) -> Origin:
    """Whose the page is. Line ends, which version control may turn, don't count."""
    text = same_ends(text)
    found = _SEAL.search(text) if text.startswith("---\n") else None
    if found is None:
        return Origin("other")
    blank = f"{text[: found.start('digest')]}{_BLANK}{text[found.end('digest') :]}"
    if _seal_digest(blank) != found["digest"]:
        return Origin("edited")
    file = _FILE.search(text, 0, found.start())
    return Origin("ours", read_yaml_string(file["file"]) if file else None)


def same_ends(text: str) -> str:
    """The text with line feeds only, and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _seal_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: len(_BLANK)]


def one_line(text: str) -> str:
    """The text on one line, without what is not seen: controls, marks that turn the direction of
    writing, lone surrogates, which no file can hold. The joiners of Persian and emoji stay."""
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(filter(_is_seen, line)).strip()


def markdown(text: str) -> str:
    """One line of Markdown that shows the text as it stands, wherever on a line it is put."""
    line = _PUNCTUATION.sub(r"\\\1", one_line(text))
    line = _EMOJI.sub(r"\:", _REFERENCES.sub(_references, line))
    return _OPENING.sub(r"\1\\", line)


def yaml_string(text: str) -> str:
    """A value for front matter: a quoted string that YAML 1.1, YAML 1.2 and JSON read alike."""
    return json.dumps(one_line(text), ensure_ascii=False).translate(_YAML)


def read_yaml_string(text: str) -> str:
    """What ``yaml_string`` was given, on one line."""
    return str(json.loads(text))


def address(url: str) -> str:
    """The address without anything that would end it in Markdown, HTML or a shortcode."""
    return quote(url, safe=_ADDRESS, errors="replace")


def link(shown: str, url: str) -> str:
    """A Markdown link; ``shown`` is Markdown already."""
    return f"[{shown}](<{address(url)}>)"


def _is_seen(sign: str) -> bool:
    if sign in _JOINERS:
        return True
    return sign not in _NO_CHARACTERS and unicodedata.category(sign) not in _UNSEEN


def _references(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(sign)};" for sign in match.group())
