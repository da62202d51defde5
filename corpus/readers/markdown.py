"""Bytes to blocks and plain words: what every reader of notes begins with.

Bytes are UTF-8, and one of the older Chinese encodings only where that clearly fits. Blocks are
headings, paragraphs, bullets, quotes and rules, in source order. Inline marks are taken out of a
text by patterns rather than by CommonMark's own rules: those leave ``**…**`` standing beside
Chinese punctuation and know nothing of Obsidian's marks. The words stay as they are.
"""

from __future__ import annotations

import codecs
import html
import re
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.types import ReadError

# Marks that are meant literally (escaped, or inside code) are shielded from the rules below.
_LITERAL = r"\`*_=~[]()!<>#%{}&^"
_SHIELD = {ord(char): 0xE000 + place for place, char in enumerate(_LITERAL)}
_UNSHIELD = {shielded: char for char, shielded in _SHIELD.items()}
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!~|=%^&])")
_CODE = re.compile(r"(`{1,3})(?!`)([^`]{1,2000}?)(?<!`)\1(?!`)")
# Only real tags: "x <y and z> w" are words.
_TAGS = (
    "a|abbr|audio|b|big|blockquote|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure"
    "|font|h[1-6]|hr|i|iframe|img|ins|kbd|li|mark|ol|p|pre|q|s|section|small|source|span|strike"
    "|strong|sub|summary|sup|table|tbody|td|th|thead|time|tr|u|ul|video|wbr"
)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
_OBSIDIAN_COMMENT = re.compile(r"(?<![\d%])%%(?!%).*?%%", re.DOTALL)
_HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\{\{[<%].{0,500}?[%>]\}\}", ""),
        (r"!\[\[[^\]\n]{0,500}\]\]", ""),
        (r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)", ""),
        (r"\[\[(?:[^\]|\n]{0,300}\|)([^\]\n]{1,300})\]\]", r"\1"),
        (r"\[\[([^\]\n]{1,300})\]\]", r"\1"),
        (r"\[\^[^\]\s]{1,60}\]", ""),
        (r"(?m)^[ \t]*\[![A-Za-z-]{1,30}\][+-]?[ \t]*", ""),
        (r"\[([^\[\]\n]{0,500})\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,2000}\)", r"\1"),
        (r"\[([^\[\]\n]{1,200})\]\[[^\[\]\n]{0,100}\]", r"\1"),
        (r"<(https?://[^<>\s]{1,2000})>", r"\1"),
        (rf"(?i)</?(?:{_TAGS})(?:\s[^<>]{{0,500}})?/?>", ""),
        (r"==(?=[^\s=])(.{1,2000}?)(?<=[^\s=])==", r"\1"),
        (r"~~(?=\S)(.{1,2000}?)(?<=\S)~~", r"\1"),
        (r"\*\*\*(?=[^\s*])(.{1,2000}?)(?<=[^\s*])\*\*\*", r"\1"),
        (r"\*\*(?=[^\s*])(.{1,2000}?)(?<=\S)\*\*", r"\1"),
        (r"(?<![A-Za-z0-9_])__(?=[^\s_])(.{1,2000}?)(?<=[^\s_])__(?![A-Za-z0-9_])", r"\1"),
        (r"(?<![A-Za-z0-9*])\*(?=[^\s*])([^*\n]{1,1000}?)(?<=[^\s*])\*(?![A-Za-z0-9*])", r"\1"),
        (r"(?<![A-Za-z0-9_])_(?=[^\s_])([^_\n]{1,1000}?)(?<=[^\s_])_(?![A-Za-z0-9_])", r"\1"),
        (r"(?m)[ \t]+\^[A-Za-z0-9-]{1,40}$", ""),
    )
)
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_WRAP = re.compile(rf"(?<={_WIDE})[ \t]*\n[ \t]*(?={_WIDE})")


def without_comments(source: str) -> str:
    """``source`` without comments, scripts and styles; its line count stays."""
    for pattern in (_HTML_COMMENT, _OBSIDIAN_COMMENT, _UNSEEN):
        source = pattern.sub(lambda match: "\n" * match[0].count("\n"), source)
    return source


def plain(text: str) -> str:
    """The words of a Markdown text on one line, without its marks.

    Emphasis, highlights, links, images, wiki links, footnote marks, tags, callout marks and code
    ticks go; escaped characters and code keep theirs.
    """
    text = _ZERO_WIDTH.sub("", text)
    text = _CODE.sub(lambda match: match[2].translate(_SHIELD), text)
    text = _ESCAPED.sub(lambda match: match[1].translate(_SHIELD), text)
    for pattern, by in _RULES:
        text = pattern.sub(by, text)
    text = html.unescape(text).translate(_UNSHIELD)
    return joined(text)


def joined(text: str) -> str:
    """A wrapped text on one line; between two Chinese lines there is no space."""
    return " ".join(_WRAP.sub("", text).split())


BlockKind = Literal["heading", "paragraph", "bullet", "quote", "rule", "code"]
_RULE = re.compile(r"[\s\-–—―─*_=~·•]{2,}")
_LINK_DEFINITION = re.compile(r"(?m)^\s*\[[^\]\n]+\]:\s*<?https?://\S+.*$")
_FOOTNOTE = re.compile(r"\A\s*\[\^[^\]\s]+\]:")
# Fences that a note's program draws or runs; what they hold isn't read by anyone.
_DRAWN = frozenset({"dataview", "dataviewjs", "mermaid", "query", "tasks", "chart", "css"})
_CONTAINERS = {"bullet_list": "list", "ordered_list": "list", "blockquote": "quote"}
_LONGEST_UNDERLINED_HEADING = 60


@dataclass(frozen=True, slots=True)
class Block:
    """``text`` is inline source, lines kept; ``level`` a heading's or a bullet's depth."""

    kind: BlockKind
    text: str
    level: int = 0


def parse_blocks(body: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text. A ``#`` inside a fence is no heading."""
    parser = MarkdownIt("commonmark").enable("table")
    # Indented text is common in pasted transcripts and no code; a turn such as "[Ann]: yes" would
    # vanish as a link's definition. Inline marks are left to ``markup``.
    parser.disable(["code", "reference", "inline"])
    return tuple(_walk(parser.parse(without_comments(body))))


def _walk(tokens: list[Token]) -> list[Block]:
    blocks: list[Block] = []
    depth = dict.fromkeys(_CONTAINERS.values(), 0)
    row: list[str] | None = None
    number, numbers = "", [0]
    for place, token in enumerate(tokens):
        name, _, edge = token.type.rpartition("_")
        if name in _CONTAINERS:
            depth[_CONTAINERS[name]] += 1 if edge == "open" else -1
        match token.type:
            case "ordered_list_open":
                numbers.append(0)
            case "ordered_list_close":
                numbers.pop()
            case "list_item_open" if token.info:
                number = _lost_number(token, numbers[-1])
                numbers[-1] = int(token.info)
            case "tr_open":
                row = []
            case "tr_close":
                blocks.append(Block("paragraph", " | ".join(row or ())))
                row = None
            case "inline" if row is not None:
                row.append(token.content)
            case "inline":
                text = number + token.content
                blocks += _text_blocks(tokens[place - 1], text, depth["list"], depth["quote"])
                number = ""
            case "hr":
                blocks.append(Block("rule", ""))
            case "fence" if token.info.split(" ")[0].lower() not in _DRAWN:
                blocks.append(Block("code", token.content))
            case "html_block":
                blocks.append(Block("paragraph", token.content))
    return [block for block in blocks if block.text.strip() or block.kind == "rule"]


def _text_blocks(opened: Token, text: str, lists: int, quotes: int) -> list[Block]:
    if opened.type == "heading_open":
        if opened.markup in ("-", "=") and _is_prose(text):
            return [Block("paragraph", text), Block("rule", "")]
        return [Block("heading", text, int(opened.tag[1:]))]
    if _FOOTNOTE.match(text):
        return []
    text = _LINK_DEFINITION.sub("", text)
    if _RULE.fullmatch(text):
        return [Block("rule", "")]
    if lists:
        return [Block("bullet", text, lists)]
    return [Block("quote" if quotes else "paragraph", text)]


def _is_prose(text: str) -> bool:
    """Whether an underlined "heading" is a paragraph with a rule drawn too close below it."""
    return (
        "\n" in text
        or len(text) > _LONGEST_UNDERLINED_HEADING
        or text.endswith(tuple("。.！!：:」”"))
    )


def _lost_number(item: Token, before: int) -> str:
    """``2028. That is…`` at a line's start is a list item to Markdown: its number is a word."""
    counts_on = int(item.info) in (before, before + 1)
    return "" if counts_on else f"{item.info}{item.markup} "


MAX_BYTES = 20 * 1024 * 1024
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LEGACY = ("gb18030", "big5")
# Words without which hardly a paragraph of Chinese is written. Bytes of another encoding often
# decode as gb18030 without an error, but then into rare characters.
_COMMON = frozenset("的是不我一有人在他这這们們个個说說了就也和")
_LEAST_COMMON_SHARE = 0.03


def decode(data: bytes) -> str:
    r"""Text with ``\n`` line ends and no byte order mark.

    Raises ReadError for a file that is empty, too large, binary or in an unknown encoding.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(too_large(len(data)))
    text = _decode(data)
    if "\0" in text:
        raise ReadError("is not text: it holds NUL bytes; export it as plain UTF-8 text")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError("is empty: write the transcript's text into it")
    return text


def too_large(size: int) -> str:
    """Why a file of ``size`` bytes is not read."""
    limit_mb = MAX_BYTES // (1024 * 1024)
    return f"is too large ({size / 1_048_576:.0f} MB, limit {limit_mb} MB): split it into talks"


def _decode(data: bytes) -> str:
    try:
        if data.startswith(_BOMS_16):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        legacy = _legacy_chinese(data)
        if legacy is not None:
            return legacy
        where = f"byte 0x{data[error.start]:02X} at offset {error.start}"
        raise ReadError(f"is not UTF-8 ({where}): save it as UTF-8") from error


def _legacy_chinese(data: bytes) -> str | None:
    best, best_share = None, _LEAST_COMMON_SHARE
    for encoding in _LEGACY:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [char for char in text if ord(char) > 0x2E7F]
        share = sum(char in _COMMON for char in wide) / max(1, len(wide))
        if share > best_share:
            best, best_share = text, share
    return best
