"""Markdown's blocks: headings, paragraphs, bullets, quotes, rules, in source order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.readers.markup import without_comments

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
