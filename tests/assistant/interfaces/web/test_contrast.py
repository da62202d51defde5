"""The colours against WCAG 2.2: contrast 4.5 for text (1.4.3), 3 for controls (1.4.11)."""

from __future__ import annotations

import re

import pytest

from assistant.interfaces.web.document import STATIC

TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "mark"),
    ("soft", "paper"),
    ("soft", "surface"),
    ("soft", "sunken"),
    ("soft", "accent-wash"),
    ("ink", "accent-wash"),
    ("warn", "sunken"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent-strong", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("warn", "surface"),
    ("warn", "paper"),
    ("bad", "bad-wash"),
]
CONTROLS = [
    ("line-strong", "paper"),
    ("line-strong", "surface"),
    ("accent", "sunken"),
    ("warn", "paper"),
]


def colours(selector: str) -> dict[str, str]:
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("base.css", "dark.css"))
    block = re.search(rf"^{re.escape(selector)}[^{{}}]* {{(.*?)^}}", css, re.MULTILINE | re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--vb-([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [":root", ".dark"])
def test_everything_can_be_read(theme: str) -> None:
    known = colours(theme)
    weak = {
        (front, back): round(contrast(known[front], known[back]), 2)
        for pairs, least in ((TEXT, 4.5), (CONTROLS, 3.0))
        for front, back in pairs
        if contrast(known[front], known[back]) < least
    }
    assert weak == {}
