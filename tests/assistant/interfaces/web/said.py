"""What an answer says, as the chat shows it, in a form that tests can read."""

from __future__ import annotations

import re

from assistant.interfaces.web.session import Exchange
from assistant.interfaces.web.views import chat_html
from assistant.messages.catalogue import messages
from assistant.types import Answer

_MARKER = re.compile(r'<button[^>]*class="vb-marker"[^>]*>(\d+)</button>')


def said_html(answer: Answer) -> str:
    """The HTML of the answer's own words, each marker as ``<sup>1</sup>``."""
    html = chat_html((Exchange("q", answer),), messages("en"))
    inside = html.partition('<div class="vb-said">')[2].partition("</div>")[0]
    return _MARKER.sub(r"<sup>\1</sup>", inside)
