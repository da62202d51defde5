"""Markdown's inline marks taken out of a text; the words stay as they are.

By patterns rather than by CommonMark's own rules: those leave ``**…**`` standing beside Chinese
punctuation and know nothing of Obsidian's marks.
"""

from __future__ import annotations

import html
import re

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
