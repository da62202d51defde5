"""The embedded page's Content-Security-Policy: pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.embed.tokens import EmbedToken
from assistant.web.middleware import frame_ancestors

_OWN_FILES_ONLY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    # The players of recordings, wherever they are.
    "frame-src https:",
    "base-uri 'none'",
    "form-action 'none'",
)


def embed_policy(origins: Sequence[str], token: EmbedToken | None = None) -> str:
    """Own files and players alone; framed by the token's site alone, without a token by our own
    pages and ``origins``."""
    who = frame_ancestors([token.origin], own="") if token else frame_ancestors(origins)
    return "; ".join([*_OWN_FILES_ONLY, who])
