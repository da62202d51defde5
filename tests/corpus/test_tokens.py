"""Token counts. The network is blocked around all tests, so the tables are the installed ones."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from corpus.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("hello world", 2), ("tiktoken is great!", 6), ("你好，世界", 3)],
)
def test_counts_are_those_of_o200k_base(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_what_looks_like_a_special_token_is_plain_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


def test_half_a_character_is_counted() -> None:
    assert count_tokens("a\ud800b") > 0


@pytest.mark.parametrize("before", [None, "elsewhere"])
def test_the_environment_is_left_as_it_was(before: str | None) -> None:
    code = (
        "import os, sys; before = dict(os.environ)\n"
        "from corpus.tokens import count_tokens\n"
        "assert count_tokens('hello world') == 2\n"
        "assert dict(os.environ) == before\n"
        "assert 'llama_index.core' not in sys.modules\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TIKTOKEN_CACHE_DIR"}
    environment |= {"TIKTOKEN_CACHE_DIR": before} if before else {}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
