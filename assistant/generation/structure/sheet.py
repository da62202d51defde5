"""An answer while it is put together: Markdown lines in which every statement has its citation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.citation.citation import cite
from assistant.generation.draft import Source
from assistant.generation.quotes import escaped_words, speaker_label
from assistant.messages.catalogue import Messages
from assistant.types import Answer, Citation
from corpus.types import Chunk, Sentence
from index.moments import clock_span


class Sheet:
    """Lines and the citations that they lead to, numbered in the order in which they come.

    ``source`` gives a file's transcript as it stands now: quotes are verified against it. Words
    that are quoted a second time, as from a talk that lies there twice, are left out.
    """

    def __init__(self, say: Messages, source: Source) -> None:
        self.say = say
        self._source = source
        self._lines: list[str] = []
        self._citations: list[Citation] = []
        self._quoted: set[tuple[str, str]] = set()

    def lead(self, text: str) -> None:
        """A paragraph of its own."""
        self._apart()
        self._lines.append(text)

    def title(self, text: str) -> None:
        """A talk's title, over what comes from it."""
        self._apart()
        self._lines += [f"**{escaped_words(text)}**", ""]

    def item(self, text: str) -> None:
        """A bullet of our own words, or of names and titles: what is escaped already."""
        if self._lines and not self._lines[-1].startswith("- "):
            self._apart()
        self._lines.append(f"- {text}")

    def _apart(self) -> None:
        """Ends the paragraph or the list before."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def quote(
        self, chunk: Chunk, words: Sequence[Sentence], before: str = "", *, named: bool = True
    ) -> bool:
        """A bullet with sentences that follow each other, who says them and their marker; whether
        they weren't there yet."""
        said = chunk.text[words[0].offset : words[-1].end]
        key = (chunk.source_url or chunk.file, said)
        if key in self._quoted:
            return False
        self._quoted.add(key)
        marker, speaker = self.mark(chunk, words), words[0].speaker
        who = escaped_words(speaker_label([speaker])) if named and speaker else ""
        self.item(f"{before}{who}{escaped_words(' '.join(said.split()))} {marker}")
        return True

    def moment(self, chunk: Chunk, words: Sequence[Sentence], *, named: bool = True) -> bool:
        """``quote`` behind its time, where there is one."""
        when = clock_span(words[0].start_s, None, words[0].estimated)
        return self.quote(chunk, words, f"{when} · " if when else "", named=named)

    def mark(self, chunk: Chunk, sentences: Sequence[Sentence]) -> str:
        """The marker of a new citation of these sentences, ``[3]``."""
        number = len(self._citations) + 1
        self._citations.append(cite(number, chunk, sentences, self._source(chunk.file)))
        return f"[{number}]"

    def quoted_subject(self, subject: str) -> str:
        """A subject in the reader's own words, in quotation marks."""
        marks = self.say("reply.marks")
        return f"{marks[0]}{escaped_words(subject)}{marks[1]}"

    def joined(self, parts: Iterable[str]) -> str:
        """Facts behind each other on one line, those that are empty left out."""
        return " · ".join(part for part in parts if part)

    def answer(self, answerable: float = 1.0, suggestions: tuple[str, ...] = ()) -> Answer:
        """The whole answer."""
        text = "\n".join(self._lines).strip()
        return Answer(
            text, tuple(self._citations), "answered", "quotes", answerable, suggestions, {}
        )
