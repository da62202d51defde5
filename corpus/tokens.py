"""Token counts in tiktoken's o200k_base, without a download. The only file that knows tiktoken."""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from corpus.types import ModelError

if TYPE_CHECKING:
    from tiktoken import Encoding


_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
_environment_lock = Lock()


def count_tokens(text: str) -> int:
    """How many o200k_base tokens the text has; what looks like a special token is plain text.

    Raises ModelError where the token table that llama-index-core ships is not installed.
    """
    return len(_encoding().encode_ordinary(text))


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    import tiktoken

    folder = _table_folder()
    with _environment_lock:
        before = os.environ.get(_CACHE_VARIABLE)
        os.environ[_CACHE_VARIABLE] = str(folder)
        try:
            return tiktoken.get_encoding("o200k_base")
        finally:
            if before is None:
                del os.environ[_CACHE_VARIABLE]
            else:
                os.environ[_CACHE_VARIABLE] = before


def _table_folder() -> Path:
    """Where llama-index-core keeps tiktoken's tables. Only its namespace is looked up: importing
    the package takes a second."""
    namespace = importlib.util.find_spec("llama_index")
    for root in (namespace and namespace.submodule_search_locations) or ():
        folder = Path(root, "core", "_static", "tiktoken_cache")
        if folder.is_dir():
            return folder
    raise ModelError("llama-index-core has no tiktoken tables: install llama-index-core 0.14 again")
