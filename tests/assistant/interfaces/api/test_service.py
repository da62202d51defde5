"""Health, metrics, and the document of the API."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from assistant.llm.types import ModelState
from assistant.settings import Secret, ServingSettings
from tests.assistant.interfaces.api.clients import client
from tests.assistant.interfaces.web.fakes import FakeEngine, answer_or_refuse, held_back


def samples(text: str) -> dict[tuple[str, ...], float]:
    """A page of metrics: name and label values, in the order of the labels' names, to value."""
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_health_tells_what_it_can_do() -> None:
    engine = FakeEngine(offered=("model", "quotes"))
    engine.state = ModelState("small", "ollama", "http://inside:11434", reachable=False)
    response = client(engine).get("/api/health")
    assert response.json() == {
        "status": "ready", "message": "", "modes": ["model", "quotes"],
        "model": {"name": "small", "provider": "ollama", "reachable": False},
    }  # fmt: skip
    assert "inside" not in response.text, "addresses inside are nobody's business"


def test_a_server_that_loads_is_well() -> None:
    loading, go = held_back(FakeEngine(), "reading files")
    loading.start()
    response = client(loading).get("/api/health")
    metrics = samples(client(loading).get("/api/metrics").text)
    go.set()
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["message"]) == ("loading", "reading files")
    assert metrics["verbatim_library_state", "loading"] == 1
    assert metrics["verbatim_talks",] == 0


def test_metrics_count_what_was_served() -> None:
    api = client(FakeEngine(answer_or_refuse))
    api.post("/api/ask", json={"question": "Why?"})
    api.post("/api/ask", json={"question": "Why pizza?"}, headers={"Accept": "text/event-stream"})
    api.post("/api/ask", json={})
    api.get("/api/talks/a/b")
    api.get("/api/made/up")
    api.request("BREW", "/api/made/up/too")
    told = samples(api.get("/api/metrics").text)
    requests = "verbatim_requests_total"
    assert told[requests, "POST", "/api/ask", "200"] == 2
    assert told[requests, "POST", "/api/ask", "422"] == 1
    assert told[requests, "GET", "/api/talks/{talk_id}", "404"] == 1
    assert told[requests, "GET", "/api/…", "404"] == 1
    assert told[requests, "other", "/api/…", "404"] == 1
    assert told["verbatim_request_seconds_count", "/api/ask"] == 3
    assert told["verbatim_answers_total", "quotes", "answered"] == 1
    assert told["verbatim_answers_total", "quotes", "no_evidence"] == 1
    assert told["verbatim_answer_seconds_count", "quotes"] == 2
    assert told["verbatim_refusals_total", "invalid"] == 1
    assert told["verbatim_running_answers",] == 0
    assert (told["verbatim_talks",], told["verbatim_library_state", "ready"]) == (3, 1)


def test_two_applications_count_apart() -> None:
    one, other = client(), client()
    one.get("/api/talks")
    assert ("verbatim_requests_total", "GET", "/api/talks", "200") not in samples(
        other.get("/api/metrics").text
    )


def operations(document: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_describes_everything() -> None:
    document = client().get("/api/openapi.json").json()
    for name, operation in operations(document):
        assert operation["summary"] and operation["description"] and operation["tags"], name
        success = operation["responses"]["200"]["content"]
        assert any("$ref" in one.get("schema", {}) for one in success.values()) or (
            name == "GET /metrics"
        )
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name
        assert not name.startswith(("HTTPValidation", "Validation")), "errors have one shape"


def test_the_document_says_whether_a_key_is_needed() -> None:
    keys = ServingSettings(keys={"wiki": Secret("k" * 20)})
    free, locked = client(), client(serving=keys)
    for name, operation in operations(free.get("/api/openapi.json").json()):
        assert {} in operation.get("security", [{}]), name
    for name, operation in operations(locked.get("/api/openapi.json").json()):
        expected: Any = None if name == "GET /health" else [{"key": []}]
        assert operation.get("security") == expected, name


def test_the_document_knows_the_path_of_a_proxy() -> None:
    behind = client(serving=ServingSettings(public_url="https://example.org/verbatim"))
    assert behind.get("/api/openapi.json").json()["servers"] == [{"url": "/verbatim/api"}]


def test_the_page_of_the_document_needs_no_network_and_no_script() -> None:
    api = client()
    response = api.get("/api/docs")
    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = response.text
    assert "<script" not in page and not re.search(r'(?:src|href)="(?:https?:)?//', page)
    for name, operation in operations(api.get("/api/openapi.json").json()):
        method, path = name.split()
        assert f"{method} /api{path}" in page
        assert operation["summary"] in unescape(page)
    assert 'href="openapi.json"' in page
    links = set(re.findall(r'href="#(\w+)"', page))
    assert links <= set(re.findall(r'id="(\w+)"', page)), "every document is described"
