from __future__ import annotations

import copy
import json
from dataclasses import asdict

import pytest

from assistant.settings import ModelSettings, Secret, Settings, read_settings
from corpus.types import SettingsError

KEY = "sk-very-secret"
NAMED = {"VERBATIM_LLM": "qwen"}


def read(**values: str) -> ModelSettings:
    given = {f"VERBATIM_{name}": value for name, value in values.items()}
    settings = read_settings(NAMED | given).llm
    assert settings is not None
    return settings


def test_without_a_name_there_is_no_model() -> None:
    assert read_settings({"VERBATIM_LLM_URL": "http://127.0.0.1:1"}).llm is None


def test_a_name_is_enough() -> None:
    assert read() == ModelSettings("qwen")


def test_values_are_cast() -> None:
    assert read(
        LLM_PROVIDER="Ollama",
        LLM_URL="http://gpu:11434/",
        LLM_KEY=KEY,
        LLM_WINDOW_TOKENS="32000",
        LLM_OUTPUT_TOKENS="2000",
        LLM_EVIDENCE_TOKENS="3000",
        LLM_TEMPERATURE="0.7",
        LLM_TIMEOUT_S="12.5",
        DEEP_CALLS="5",
        DEEP_TIMEOUT_S="90",
        STRICT="yes",
    ) == ModelSettings(
        "qwen",
        "ollama",
        "http://gpu:11434/",
        Secret(KEY),
        32000,
        2000,
        3000,
        0.7,
        12.5,
        5,
        90.0,
        True,
    )


def test_each_provider_has_an_address_of_its_own() -> None:
    urls = {read(LLM_PROVIDER=name).url for name in ("openai-compatible", "ollama", "gemini")}
    assert len(urls) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_PROVIDER", "skynet"),
        ("LLM_URL", "127.0.0.1:8080"),
        ("LLM_URL", "ftp://host/v1"),
        ("LLM_URL", "http://"),
        ("LLM_URL", "http://host:port/v1"),
        ("LLM_WINDOW_TOKENS", "many"),
        ("LLM_WINDOW_TOKENS", "1000"),
        ("LLM_OUTPUT_TOKENS", "0"),
        ("LLM_EVIDENCE_TOKENS", "-5"),
        ("LLM_TEMPERATURE", "3"),
        ("LLM_TEMPERATURE", "nan"),
        ("LLM_TIMEOUT_S", "0"),
        ("STRICT", "perhaps"),
    ],
)
def test_a_bad_value_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^VERBATIM_{name} ") as caught:
        read(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", [f"http://me:{KEY}@host/v1", f"https://host/v1?key={KEY}"])
def test_a_key_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="VERBATIM_LLM_URL") as caught:
        read(LLM_URL=url)
    assert KEY not in str(caught.value)


def test_the_key_is_seen_nowhere() -> None:
    settings = Settings(llm=read(LLM_KEY=KEY))
    assert KEY not in f"{settings} {settings!r} {asdict(settings)}"
    assert KEY not in json.dumps(asdict(settings), default=str)
    with pytest.raises(TypeError):
        json.dumps(read(LLM_KEY=KEY).key)
    assert copy.deepcopy(settings) == settings


def test_a_secret_tells_whether_it_is_set() -> None:
    assert Secret(KEY) and not Secret()
    assert Secret(KEY).reveal() == KEY
    assert Secret(KEY).scrub(f"bad key {KEY}!") == "bad key ***!"
    assert Secret().scrub("unchanged") == "unchanged"
