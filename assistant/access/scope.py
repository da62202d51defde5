"""What of the library a caller may reach: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.access.types import ApiError, Caller
from assistant.loading import Engine
from assistant.scoping import Narrowing, resolve_scope
from corpus.types import SettingsError
from index.types import Scope, Talk


def reachable(caller: Caller, talk_id: str) -> bool:
    """Whether the caller may reach a talk."""
    return caller.talks is None or talk_id in caller.talks


def talks_of(engine: Engine, caller: Caller) -> Sequence[Talk]:
    """The talks that the caller may reach, in the order of files."""
    return [talk for talk in engine.talks() if reachable(caller, talk.id)]


def narrowed(engine: Engine, caller: Caller, narrowing: Narrowing) -> Scope:
    """The scope that is meant, inside the caller's own talks.

    Raises ApiError 404 for what isn't there: what a caller may not reach isn't there for it, and
    isn't named in the message either. A caller without a single talk gets 403, since an empty
    scope would restrict nothing.
    """
    try:
        if caller.talks is None:
            return engine.scope(narrowing)
        if not caller.talks:
            raise ApiError(
                403, "no_talks", "This token opens no talk.", "Ask for one that names talks."
            )
        own = talks_of(engine, caller)
        scope = resolve_scope(narrowing, own, speakers_of(own))
    except SettingsError as error:
        raise ApiError(
            404, "not_in_library", str(error), "Choose among what GET /api/talks lists."
        ) from error
    return replace(scope, transcripts=scope.transcripts or caller.talks)


def speakers_of(talks: Sequence[Talk]) -> tuple[str, ...]:
    """Who speaks in these talks, in the order in which they first do."""
    names = (name for talk in talks for topic in talk.topics for name in topic.speakers)
    return tuple(dict.fromkeys(names))
