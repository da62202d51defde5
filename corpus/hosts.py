"""Who asks the questions in a talk, and who answers: told by how turns end. Pure."""

from __future__ import annotations

import re
from collections import Counter

from corpus.language import fold
from corpus.names import is_role
from corpus.sentences import width
from corpus.types import Transcript
from corpus.vocabulary import HOSTS

_ASKING, _ASKING_MORE = 0.15, 1.5
_QUESTION = re.compile(r"[?？؟;][”’」』\"'）)]*$")


def hosts(transcript: Transcript) -> frozenset[str]:
    """Those who end a good part of their turns with a question, and more of them than the one who
    says most: among friends everybody asks."""
    turns: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for section in transcript.sections:
        for turn in section.utterances if section.kind == "talk" else ():
            if turn.speaker:
                turns[turn.speaker] += 1
                questions[turn.speaker] += bool(_QUESTION.search(turn.text.rstrip()))
                sizes[turn.speaker] += width(turn.text)
    shares = {name: questions[name] / turns[name] for name in turns}
    least = max([_ASKING, *(_ASKING_MORE * shares[name] for name, _ in sizes.most_common(1))])
    return frozenset(name for name, share in shares.items() if share >= least)


def presents(name: str) -> bool:
    """Whether a speaker is named by the part of who leads a talk: 主持人赵一鸣, Host, Moderator."""
    return is_role(name) and bool(HOSTS.search(fold(name)))
