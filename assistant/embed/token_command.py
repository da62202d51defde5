"""The command ``token``: signs a token for an embedded chat. It leaves the index alone."""

from __future__ import annotations

import argparse
import time
from typing import Any

from assistant.access.settings import site_origin
from assistant.embed.token_route import MINUTES
from assistant.embed.tokens import read_token, sign_token, talk_ids
from assistant.settings import Settings
from corpus.library import Library


def token_options(command: argparse.ArgumentParser) -> None:
    """Adds what is particular to ``token``."""
    command.add_argument(
        "--origin", required=True, metavar="SITE", help="the site that shows the chat"
    )
    command.add_argument(
        "--talk",
        action="append",
        metavar="TALK",
        help="a talk it may ask about, by id or file; may be repeated (default: all talks)",
    )
    command.add_argument(
        "--minutes", type=int, default=MINUTES, help="how long it holds (default: 60)"
    )


def run_token(arguments: argparse.Namespace, settings: Settings) -> tuple[dict[str, Any], str]:
    """The document for programs and the text for people, which is the token alone.

    Raises SettingsError without a secret, and for a site or a talk that can't be.
    """
    secret, now_s = settings.serving.embed_secret, time.time()
    origin = site_origin(arguments.origin, "--origin")
    talks = None
    if arguments.talk:
        reading = Library(settings.library).read_all()
        known = {transcript.file: transcript.id for transcript in reading.transcripts}
        talks = talk_ids(arguments.talk, known)
    token = sign_token(secret, origin, talks, arguments.minutes * 60, now_s)
    read = read_token(secret, token, now_s)
    document = {
        "token": token,
        "origin": read.origin,
        "talks": sorted(read.talks) if read.talks is not None else None,
        "expires_s": read.expires_s,
    }
    return document, token
