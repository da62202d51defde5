"""The script for other sites' pages: small, alone, and as it may be loaded."""

from __future__ import annotations

import re

from assistant.interfaces.embed.routes import STATIC
from tests.assistant.interfaces.embed.sites import OPEN, WIKI, site

MOST_BYTES = 10_000


def test_it_is_one_small_file_without_dependencies() -> None:
    script = (STATIC / "embed.js").read_text(encoding="utf-8")
    assert len(script.encode()) < MOST_BYTES
    assert not re.search(r"\bimport\b|\brequire\(|https?://(?!…)", script)
    # What a strict policy of the page would refuse.
    refused = ("innerHTML", "insertAdjacent", "eval(", "new Function", '"style"')
    assert [name for name in refused if name in script] == []


def test_it_may_be_loaded_anywhere_but_read_by_listed_sites_alone() -> None:
    with site(OPEN) as (client, _):
        response = client.get("/embed.js", headers={"Origin": "https://elsewhere.example"})
        assert response.headers["content-type"].startswith("text/javascript")
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "max-age=" in response.headers["cache-control"] and response.headers["etag"]
        assert "access-control-allow-origin" not in response.headers
        listed = client.get("/embed.js", headers={"Origin": WIKI})
        assert listed.headers["access-control-allow-origin"] == WIKI
        assert "access-control-allow-credentials" not in listed.headers
        again = {"If-None-Match": response.headers["etag"]}
        assert client.get("/embed.js", headers=again).status_code == 304
