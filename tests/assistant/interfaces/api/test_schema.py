"""Schemathesis: whatever the OpenAPI document allows is taken, whatever it forbids is refused, and
every response is what the document says."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, assume
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from assistant.library import OpenLibrary
from tests.assistant.interfaces.api.clients import api_app

FEW = hypothesis.settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
DAYS = ("since", "until")
FEWER = hypothesis.settings(FEW, max_examples=4)
CONFIG: dict[str, Any] = {
    "checks": {
        # Of words that are gone there is nothing to give in a format.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "410", "429"]
        },
        # A body can be so invalid that it is too large as well.
        "negative_data_rejection": {"expected-statuses": ["4xx"]},
    },
    # Texts of every length around the limit take ten seconds to make.
    "operations": [{"include-path": "/cite/article", "phases": {"coverage": {"enabled": False}}}],
}
schema = schemathesis.openapi.from_asgi(
    "/api/openapi.json", api_app(), config=SchemathesisConfig.from_dict(CONFIG)
)


@schema.parametrize()
@FEW
def test_the_api_keeps_to_its_document(case: Case[Any]) -> None:
    assume(_days_in_order(case))
    case.call_and_validate()


def test_it_does_so_over_the_real_engine(shipped: OpenLibrary) -> None:
    real = schemathesis.openapi.from_asgi("/api/openapi.json", api_app(shipped.assistant))
    for found in real.get_all_operations():
        assert isinstance(found, Ok)

        @FEWER
        @hypothesis.given(case=found.ok().as_strategy())
        def holds(case: Case[Any]) -> None:
            # Punctuation alone is a question by the document, but no quote by the engine.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        holds()


def _days_in_order(case: Case[Any]) -> bool:
    """What the document has no words for: that the first day isn't after the last."""
    for given in (case.body, case.query):
        since, until = (given.get(name) if isinstance(given, dict) else None for name in DAYS)
        if isinstance(since, str) and isinstance(until, str) and since > until:
            return False
    return True
