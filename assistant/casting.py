"""Values of environment variables, cast and checked; an empty value counts as not set.

Each function raises SettingsError, one line that names the variable and says what it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from corpus.types import SettingsError

Environ = Mapping[str, str]

_FLAGS = {"1": True, "true": True, "yes": True, "on": True}
_FLAGS |= {"0": False, "false": False, "no": False, "off": False}


def number(
    environ: Environ, name: str, default: float, low: float, high: float, *, whole: bool = False
) -> float:
    """A number from ``low`` to ``high``, a whole one where ``whole`` is set."""
    text = environ.get(name)
    if not text:
        return default
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise SettingsError(f"{name} is {text!r}: give {kind} from {low:g} to {high:g}")
    return value


def choice(environ: Environ, name: str, default: str, options: Sequence[str]) -> str:
    """One of ``options``, in any case."""
    text = environ.get(name)
    if not text:
        return default
    if text.strip().lower() not in options:
        raise SettingsError(f"{name} is {text!r}: give one of {', '.join(options)}")
    return text.strip().lower()


def flag(environ: Environ, name: str, default: bool) -> bool:
    """Yes or no, as 1, true, yes, on or 0, false, no, off."""
    text = environ.get(name)
    if not text:
        return default
    if (value := _FLAGS.get(text.strip().lower())) is None:
        raise SettingsError(f"{name} is {text!r}: give 1 or 0")
    return value


def address(environ: Environ, name: str, default: str) -> str:
    """An http or https address, without a key inside and without a query.

    A refused one is not repeated in the message, since it may hold a password.
    """
    text = (environ.get(name) or default).strip()
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"{name} is no address: give one like http://127.0.0.1:8080/v1")
    if parts.username is not None or parts.password is not None or parts.query:
        raise SettingsError(f"{name} holds a user, a password or a query: give the bare address")
    return text


def words(environ: Environ, name: str) -> tuple[str, ...]:
    """What stands between commas or white space, each once, in order."""
    return tuple(dict.fromkeys((environ.get(name) or "").replace(",", " ").split()))
