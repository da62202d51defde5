"""The command ``mcp``: the tools for a program that starts this one."""

from __future__ import annotations

from assistant.loading import Build, Loading
from assistant.mcp_face import sdk
from assistant.mcp_face.visits import LocalVisit
from corpus.types import SettingsError


def require_mcp() -> None:
    """Raises SettingsError where the SDK is not installed."""
    if not sdk.is_installed():
        raise SettingsError(
            "python app.py mcp needs the package mcp: run pip install -e '.[mcp]' first"
        )


def run_mcp(build: Build, public_url: str = "") -> None:
    """Serves the tools over standard input and output until the input ends.

    The library loads meanwhile, and the first call waits for it. ``public_url`` is where readers
    reach the page, and permanent links begin with it; without one there are links to the
    recordings alone.
    """
    require_mcp()
    loading = Loading(build).start()
    visit = LocalVisit(loading, public_url or None)
    sdk.run_stdio(sdk.make_server(lambda _: visit))
