"""The settings, read once from the environment: the only place that reads it.

``VARIABLES`` is the whole list, with what each one means; docs/use.md shows the same table and a
test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from assistant.access.settings import VARIABLES as SERVING_VARIABLES
from assistant.access.settings import ServingSettings, read_serving_settings
from assistant.casting import number
from assistant.llm.settings import ModelSettings, read_model_settings

SHIPPED_LIBRARY = Path(__file__).resolve().parent.parent / "corpus" / "transcripts"
"""The two transcripts that come with the project."""

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "VERBATIM_LIBRARY": "folder or file with the transcripts (default: those that ship)",
        "VERBATIM_DATA": "folder for the unpacked model and the indexes (default: .verbatim)",
        "VERBATIM_MODEL": "another sentence-transformers model, by name or folder",
        "VERBATIM_RERANKER": "cross-encoder for the first hits, by name or folder (default: none)",
        "VERBATIM_DEVICE": "where another model runs: cpu, cuda, mps (default: its own choice)",
        "VERBATIM_CHROMA_URL": "a Chroma server, http://host:port (default: Chroma in process)",
        "VERBATIM_CHUNK_TOKENS": "tokens in a passage at most, in o200k_base (default: 400)",
        "VERBATIM_MIN_CONFIDENCE": "no answer below this probability, 0 to 1 (default: 0.5)",
        "VERBATIM_LLM": "language model that writes the answers (default: none, answers in quotes)",
        "VERBATIM_LLM_PROVIDER": "openai-compatible, ollama or gemini (default: openai-compatible)",
        "VERBATIM_LLM_URL": "where the model's API begins (default: the provider's own)",
        "VERBATIM_LLM_KEY": "the API's key; never shown or logged (default: none)",
        "VERBATIM_LLM_WINDOW_TOKENS": "tokens the model takes, prompt and reply (default: 4096)",
        "VERBATIM_LLM_OUTPUT_TOKENS": "tokens in a reply at most (default: 800)",
        "VERBATIM_LLM_EVIDENCE_TOKENS": "tokens of the transcripts in a prompt (default: 1200)",
        "VERBATIM_LLM_TEMPERATURE": "0 for the same words each time, up to 2 (default: 0)",
        "VERBATIM_LLM_TIMEOUT_S": "seconds for a whole answer, then quotes (default: 60)",
        "VERBATIM_DEEP_CALLS": "calls of the model for a deep answer at most (default: 8)",
        "VERBATIM_DEEP_TIMEOUT_S": "seconds for a deep answer, then the best so far (default: 180)",
        "VERBATIM_STRICT": "1 drops sentences that no evidence supports (default: 0)",
        "VERBATIM_HOST": "address that serve listens on (default: 127.0.0.1)",
        "VERBATIM_PORT": "port that serve listens on (default: 7860)",
        **SERVING_VARIABLES,
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set, cast and checked."""

    library: Path = SHIPPED_LIBRARY
    data: Path = Path(".verbatim")
    model: str | None = None
    reranker: str | None = None
    device: str | None = None
    chroma_url: str | None = None
    chunk_tokens: int = 400
    min_confidence: float = 0.5
    llm: ModelSettings | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    serving: ServingSettings = field(default_factory=ServingSettings)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; an empty value counts as not set.

    Raises SettingsError naming the variable when a value can't be cast or is out of range.
    """
    default = Settings()
    library, data = environ.get("VERBATIM_LIBRARY"), environ.get("VERBATIM_DATA")
    return Settings(
        library=Path(library).expanduser() if library else default.library,
        data=Path(data).expanduser() if data else default.data,
        model=environ.get("VERBATIM_MODEL") or None,
        reranker=environ.get("VERBATIM_RERANKER") or None,
        device=environ.get("VERBATIM_DEVICE") or None,
        chroma_url=environ.get("VERBATIM_CHROMA_URL") or None,
        chunk_tokens=int(
            number(environ, "VERBATIM_CHUNK_TOKENS", default.chunk_tokens, 60, 4000, whole=True)
        ),
        min_confidence=number(environ, "VERBATIM_MIN_CONFIDENCE", default.min_confidence, 0, 1),
        llm=read_model_settings(environ),
        host=environ.get("VERBATIM_HOST") or default.host,
        port=int(number(environ, "VERBATIM_PORT", default.port, 0, 65535, whole=True)),
        serving=read_serving_settings(environ),
    )
