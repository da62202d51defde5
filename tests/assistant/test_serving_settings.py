"""What the operator's variables come to: the sites that may show the chat."""

from __future__ import annotations

import pytest

from assistant.settings import read_serving_settings, site_origin
from corpus.types import SettingsError
from tests.assistant.interfaces.embed.sites import site

OBSIDIAN = "app://obsidian.md"


def test_sites_are_read_as_browsers_name_them() -> None:
    listed = "https://Wiki.example.org/, http://localhost:8000 , App://Obsidian.md/"
    assert read_serving_settings({"VERBATIM_EMBED_ORIGINS": listed}).origins == (
        "https://wiki.example.org",
        "http://localhost:8000",
        OBSIDIAN,
    )


def test_obsidians_app_may_frame_the_chat_once_it_is_listed() -> None:
    with site(read_serving_settings({"VERBATIM_EMBED_ORIGINS": OBSIDIAN})) as (client, _):
        page = client.get("/embed")
        health = client.get("/healthz", headers={"Origin": OBSIDIAN})
    assert page.headers["content-security-policy"].endswith(f"frame-ancestors 'self' {OBSIDIAN}")
    assert health.headers["access-control-allow-origin"] == OBSIDIAN


@pytest.mark.parametrize(
    "named",
    [
        "*",
        "app:",
        "app://*",
        "app://other.md",
        "app://obsidian.md/index.html",
        "app://obsidian.md:80",
        "app://obsidian.md; script-src *",
        "capacitor://localhost",
        "file://",
        "wiki.example.org",
        "https://*.example.org",
        "https://wiki.example.org/path",
    ],
)
def test_what_would_let_in_more_or_nothing_is_refused(named: str) -> None:
    with pytest.raises(SettingsError, match="VERBATIM_EMBED_ORIGINS") as caught:
        site_origin(named)
    assert "\n" not in str(caught.value)
