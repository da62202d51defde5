"""Signing tokens: over HTTP with a key, and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from time import time

import httpx
import pytest

import app
from assistant.interfaces.http.access import read_token
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.embed.sites import (
    KEY,
    LOCKED,
    SECRET,
    WIKI,
    error_code,
    site,
    token,
)

HOLDER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with site(LOCKED) as (client, _):
        yield client


def test_the_holder_of_a_key_signs(client: httpx.Client) -> None:
    body = {"origin": f"{WIKI}/", "talks": ["talk.md", "id-far.md"], "minutes": 5}
    signed = client.post("/api/embed-tokens", json=body, headers=HOLDER).json()
    read = read_token(SECRET, signed["token"], time())
    assert (read.origin, read.talks) == (WIKI, {"id-talk.md", "id-far.md"})
    assert read.expires_s == signed["expires_s"] == pytest.approx(time() + 300, abs=10)
    everything = client.post("/api/embed-tokens", json={"origin": WIKI}, headers=HOLDER).json()
    assert read_token(SECRET, everything["token"], time()).talks is None
    assert client.get("/embed", params={"token": signed["token"]}).status_code == 200


def test_nobody_else_signs(client: httpx.Client) -> None:
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Bearer {token()}"}, 403),
    ):
        response = client.post("/api/embed-tokens", json={"origin": WIKI}, headers=headers)
        assert response.status_code == status and error_code(response)
    with site(replace(LOCKED, keys={})) as (keyless, _):
        response = keyless.post("/api/embed-tokens", json={"origin": WIKI})
        assert (response.status_code, error_code(response)) == (403, "needs_key")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"origin": "*"}, 422),
        ({"origin": "wiki.example.org"}, 422),
        ({"origin": f"{WIKI}/path"}, 422),
        ({"origin": f"{WIKI}; script-src *"}, 422),
        ({"origin": WIKI, "talks": []}, 422),
        ({"origin": WIKI, "talks": ["nowhere.md"]}, 404),
        ({"origin": WIKI, "minutes": 1441}, 422),
        ({"origin": WIKI, "minutes": 0}, 422),
    ],
)
def test_what_can_not_be_signed_is_refused(
    client: httpx.Client, body: dict[str, object], status: int
) -> None:
    response = client.post("/api/embed-tokens", json=body, headers=HOLDER)
    assert response.status_code == status and error_code(response)


def test_without_a_secret_nothing_is_signed() -> None:
    with site(ServingSettings(keys={"wiki": Secret(KEY)})) as (client, _):
        response = client.post("/api/embed-tokens", json={"origin": WIKI}, headers=HOLDER)
    assert (response.status_code, error_code(response)) == (403, "no_embed_secret")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = app.main(["token", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_signs_without_an_index(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERBATIM_EMBED_SECRET", SECRET.reveal())
    file = "gemini3-ahead-of-expectations.md"
    status, out, _ = run(capsys, "--origin", WIKI, "--talk", file, "--json")
    document = json.loads(out)
    read = read_token(SECRET, document["token"], time())
    assert status == 0 and read.origin == document["origin"] == WIKI
    assert read.talks == set(document["talks"]) and file not in document["talks"]
    status, out, _ = run(capsys, "--origin", WIKI, "--minutes", "5")
    assert status == 0 and read_token(SECRET, out.strip(), time()).talks is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--origin", "wiki"], "--origin"),
        (["--origin", WIKI, "--talk", "nowhere.md"], "nowhere.md"),
        (["--origin", WIKI, "--minutes", "0"], "1440"),
    ],
)
def test_the_command_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("VERBATIM_EMBED_SECRET", SECRET.reveal())
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (1, "") and said in err and err.count("\n") == 1


def test_the_command_needs_the_secret(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "--origin", WIKI)
    assert status == 1 and "VERBATIM_EMBED_SECRET" in err
