"""What is looked at before any route: the name, the site that sends, the path, the user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from assistant.settings import ServingSettings
from tests.assistant.interfaces.embed.sites import (
    LOCKED,
    OPEN,
    SECRET,
    WIKI,
    answers,
    asked,
    site,
    token,
)

JOIN = "/gradio_api/queue/join"
BELOW = ServingSettings(public_url="https://talks.example.org/verbatim")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with site(OPEN) as (client, _):
        yield client


@pytest.mark.parametrize("path", ["/", "/embed", "/api/talks", "/healthz", "/files/base.css"])
def test_a_foreign_name_gets_nothing(client: httpx.Client, path: str) -> None:
    for name in ("evil.example", "evil.example:7860"):
        response = client.get(path, headers={"Host": name})
        assert response.status_code == 421
        assert "VERBATIM_HOSTS" in response.text and "\n" not in response.text
        assert "frame-ancestors" in response.headers["content-security-policy"]
    for name in ("localhost", "127.0.0.1:1", "192.168.7.7:7860"):
        assert client.get("/healthz", headers={"Host": name}).status_code == 200


def test_people_are_told_in_a_line(client: httpx.Client) -> None:
    response = client.get("/", headers={"Host": "evil.example", "Accept": "text/html,*/*"})
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text.startswith("Verbatim doesn't answer to the name 'evil.example'")


@pytest.mark.parametrize("path", [JOIN, "/gradio_api/run/predict", "/embed/ask", "/lookup"])
def test_another_sites_page_can_not_send_to_our_pages_routes(
    client: httpx.Client, path: str
) -> None:
    own = str(client.base_url).rstrip("/")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": WIKI},
        {"Origin": own, "Sec-Fetch-Site": "cross-site"},
    ):
        response = client.post(path, json={"question": "why?"}, headers=headers)
        assert response.status_code == 403, headers
        assert response.json()["error"]["code"] == "other_site"
    for headers in ({"Origin": own}, {"Origin": own, "Sec-Fetch-Site": "same-origin"}, {}):
        response = client.post(path, json={"question": "why?"}, headers=headers)
        assert response.status_code != 403, headers


def test_a_listed_site_may_call_the_api(client: httpx.Client) -> None:
    asking = {"Origin": WIKI, "Access-Control-Request-Method": "POST"}
    wished = {"Access-Control-Request-Headers": "authorization, content-type"}
    allowed = client.options("/api/ask", headers=asking | wished)
    assert allowed.headers["access-control-allow-origin"] == WIKI
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in allowed.headers
    response = client.post("/api/ask", json={"question": "why?"}, headers={"Origin": WIKI})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == WIKI
    foreign = client.options("/api/ask", headers=asking | {"Origin": "https://evil.example"})
    assert foreign.status_code == 400
    assert "access-control-allow-origin" not in foreign.headers


def test_below_a_path_both_kinds_of_proxy_are_served() -> None:
    with site(BELOW) as (client, _):
        host = {"Host": "talks.example.org"}
        for path in ("/embed", "/embed.js", "/files/base.css", "/healthz", "/api/talks", "/talks"):
            for asked_for in (path, f"/verbatim{path}"):
                assert client.get(asked_for, headers=host).status_code == 200, asked_for
        page = client.get("/verbatim/", headers=host)
        assert "files/base.css" in page.text
        led = client.get("/verbatim", headers=host)
        assert (led.status_code, led.headers["location"]) == (307, "/verbatim/")
        closed = client.post("/verbatim/gradio_api/upload", headers=host)
        assert closed.status_code == 404
        framed = client.get("/verbatim/c/x?card=1", headers=host)
        assert framed.headers["content-security-policy"]


def test_where_a_proxy_names_readers_nobody_else_gets_in() -> None:
    named = ServingSettings(user_header="x-user")
    with site(named) as (client, _):
        for path in ("/", "/config", JOIN, "/embed", "/talks", "/c/x", "/api/talks"):
            method = "POST" if path == JOIN else "GET"
            assert client.request(method, path).status_code == 401, path
            seen = client.request(method, path, headers={"X-User": "ann"})
            assert seen.status_code != 401, path
        assert asked(client, "why?").status_code == 401
        assert client.get("/healthz").status_code == 200


def test_a_token_opens_the_embed_where_a_proxy_names_readers() -> None:
    with site(replace(LOCKED, user_header="x-user", keys={})) as (client, _):
        assert client.get("/embed", params={"token": token()}).status_code == 200
        assert answers(asked(client, "why?", token()))
        assert client.get("/embed", headers={"X-User": "ann"}).status_code == 401
        assert client.get("/", headers={"Authorization": "Bearer x.y.z"}).status_code == 401
        assert SECRET.reveal() not in client.get("/embed").text


def test_a_token_opens_no_page_that_knows_no_bounds() -> None:
    """The chat page asks the whole library, whatever talks a token names."""
    with site(replace(LOCKED, user_header="x-user", keys={})) as (client, engine):
        holder = {"Authorization": f"Bearer {token(['id-far.md'])}"}
        for method, path in (
            ("GET", "/"), ("GET", "/config"), ("POST", JOIN), ("POST", "/gradio_api/run/predict"),
            ("GET", "/talks"), ("GET", "/talk/id-talk.md"), ("GET", "/lookup?quote=words"),
        ):  # fmt: skip
            response = client.request(method, path, json={"data": []}, headers=holder)
            assert response.status_code == 403, path
            assert response.json()["error"]["code"] == "not_for_tokens"
        assert client.get("/api/talks", headers=holder).json()["total"] == 1
        assert not engine.asked


def test_nobody_moves_the_pages_own_address() -> None:
    with site(ServingSettings(hosts=("talks.lan",))) as (client, _):
        for name in ("X-Forwarded-Host", "X-Gradio-Server"):
            page = client.get("/", headers={name: "https://evil.example"})
            assert "evil.example" not in page.text, name
        assert "http://talks.lan" in client.get("/", headers={"X-Forwarded-Host": "talks.lan"}).text
    with site(ServingSettings(hosts=("talks.lan",), trusted_proxies=("10.0.0.5",))) as (client, _):
        page = client.get("/", headers={"X-Forwarded-Host": "talks.lan"})
        assert "talks.lan" not in page.text, "only a proxy of ours may say so"


def test_an_mcp_client_in_a_listed_sites_page_may_send_its_headers(client: httpx.Client) -> None:
    wished = "content-type, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id"
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wished}
    allowed = client.options("/mcp", headers=asking | {"Origin": WIKI})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, WIKI)
    assert client.options("/mcp", headers=asking | {"Origin": "null"}).status_code == 400


def test_what_is_kept_goes_by_the_site_that_asked(client: httpx.Client) -> None:
    for path in ("/", "/talks", "/api/talks"):
        for origin in (WIKI, "https://evil.example"):
            vary = client.get(path, headers={"Origin": origin}).headers["vary"]
            assert "Origin" in vary, path


@pytest.mark.parametrize("path", [JOIN, "/gradio_api/run/predict", "/gradio_api/cancel"])
def test_gradio_takes_no_body_of_any_size(client: httpx.Client, path: str) -> None:
    body = b'{"data": ["' + b"x" * 1_000_000 + b'"]}'
    pieces = (body[at : at + 50_000] for at in range(0, len(body), 50_000))
    for content in (body, pieces):
        response = client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 413


def test_questions_on_the_page_count_as_any_others() -> None:
    with site(ServingSettings(requests_per_minute=2)) as (client, _):
        asks = [client.post(JOIN, json={}).status_code for _ in range(3)]
        assert 429 not in asks[:2] and asks[2] == 429
        assert client.post("/gradio_api/run/predict", json={}).status_code != 429
