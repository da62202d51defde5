"""What a transcript says, made safe for a page: for its Markdown, its front matter, its links.

A page passes through more than a Markdown parser: site generators look for shortcodes in the file
as it stands, and note-taking programs for template commands, in the front matter too. So the signs
that these are made of, braces and angle brackets, stand nowhere in the file as themselves.
"""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import quote

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
