"""What the command line prints: the JSON of its contract, and the same for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.sureness import percent, sureness, sureness_words
from assistant.types import Answer, Citation, Statement
from corpus.links import moment_url
from index.moments import moment_of_hit
from index.types import Evidence, Hit, Progress, SyncReport

Json = dict[str, Any]


def report_json(report: SyncReport) -> Json:
    """The document that ``index --json`` prints."""
    return {
        "added": report.added,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "failed": [{"file": item.file, "error": item.error} for item in report.failed],
        "chunks": report.chunks,
        "seconds": round(report.seconds, 2),
    }


def report_text(report: SyncReport) -> str:
    """One line on what indexing did."""
    return (
        f"{report.added} added, {report.updated} updated, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed; "
        f"{report.chunks} passages in {report.seconds:.1f} s"
    )


def evidence_json(evidence: Evidence, timings_ms: Mapping[str, float]) -> Json:
    """The document that ``search --json`` prints."""
    return {
        "answerable": round(evidence.answerable, 4),
        "hits": [hit_json(rank, hit) for rank, hit in enumerate(evidence.hits, start=1)],
        "timings_ms": dict(timings_ms),
    }


def hit_json(rank: int, hit: Hit) -> Json:
    """One hit of ``search --json``; its span is that of its best moment."""
    chunk = hit.chunk
    moment = moment_of_hit(chunk, hit.best)
    return {
        "rank": rank,
        "score": round(hit.score, 4),
        "file": chunk.file,
        "transcript": chunk.transcript_id,
        "title": chunk.title,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "speakers": list(chunk.speakers),
        "start_s": moment.start_s,
        "end_s": moment.end_s,
        "estimated": moment.estimated,
        "url": moment_url(chunk.source_url, moment.start_s),
        "quote": hit.best.text,
        "text": chunk.text,
    }


def evidence_text(evidence: Evidence, min_confidence: float) -> str:
    """Hits for a person: how sure it is, then rank, place and the best sentence of each.

    Below ``min_confidence`` the line says that there is no answer, as ``ask`` would.
    """
    answered = bool(evidence.hits) and evidence.answerable >= min_confidence
    lines = [_sureness_line(evidence.answerable, answered=answered)]
    for rank, hit in enumerate(evidence.hits, start=1):
        moment = moment_of_hit(hit.chunk, hit.best)
        when = clock(moment.start_s, moment.end_s, moment.estimated)
        who = ", ".join(hit.chunk.speakers)
        place = " · ".join(part for part in (hit.chunk.title, hit.chunk.heading, who, when) if part)
        lines += ["", f"{rank}. {place}", f"   {' '.join(hit.best.text.split())}"]
        url = moment_url(hit.chunk.source_url, moment.start_s)
        if url:
            lines.append(f"   {url}")
    return "\n".join(lines)


def answer_json(answer: Answer) -> Json:
    """The document that ``ask --json`` prints; of a model it speaks where one was asked."""
    document: Json = {
        "status": answer.status,
        "answer": answer.text,
        "citations": [_citation_json(citation) for citation in answer.citations],
        "mode": answer.mode,
        "timings_ms": dict(answer.timings_ms),
    }
    if answer.model:
        document["model"] = answer.model
        document["notice"] = answer.notice
        document["statements"] = [_statement_json(one) for one in answer.statements]
    return document


def answer_text(answer: Answer) -> str:
    """The answer and its sources for a person."""
    lines = [answer.notice, "", answer.text] if answer.notice else [answer.text]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        when = clock(citation.start_s, citation.end_s, citation.estimated) or "no times in source"
        who = ", ".join(citation.speakers)
        place = " · ".join(part for part in (citation.title, citation.heading, who, when) if part)
        lines.append(f"[{citation.marker}] {place}")
        if citation.url:
            lines.append(f"    {citation.url}")
    lines += ["", _sureness_line(answer.answerable, answered=answer.status == "answered")]
    if answer.model and answer.mode != "quotes":
        lines.append(_written_line(answer))
    return "\n".join(lines)


def _written_line(answer: Answer) -> str:
    """Who wrote it, and how many of its sentences the check could hold to their evidence."""
    claims = [one for one in answer.statements if one.outcome != "no_claim"]
    verified = sum(bool(one.markers) for one in claims)
    return f"Written by {answer.model}; {verified} of {len(claims)} sentences verified."


def _sureness_line(answerable: float, *, answered: bool) -> str:
    words = sureness_words("en")
    level = words.levels[sureness(answerable, answered=answered)]
    return f"{level}. {words.probability.format(percent(answerable))}."


def progress_text(progress: Progress) -> str:
    """One line for a terminal: files, passages, rate, time left."""
    rate = progress.tokens / progress.elapsed_s if progress.elapsed_s > 0 else 0.0
    left = f"{(progress.tokens_total - progress.tokens) / rate:.0f} s left" if rate else "starting"
    return (
        f"files {progress.files}/{progress.files_total} · "
        f"passages {progress.chunks}/{progress.chunks_total} · "
        f"{rate:,.0f} tokens/s · {left}"
    )


def clock(start_s: float | None, end_s: float | None, estimated: bool) -> str:
    """A span as ``0:13:30-0:20:31``, with ``≈`` in front when estimated; empty without times."""
    if start_s is None:
        return ""
    span = _hms(start_s) + (f"-{_hms(end_s)}" if end_s is not None else "")
    return f"≈ {span}" if estimated else span


def _hms(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _statement_json(statement: Statement) -> Json:
    return {
        "text": statement.text,
        "outcome": statement.outcome,
        "markers": list(statement.markers),
        "reason": statement.reason,
        "detail": statement.detail,
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "marker": citation.marker,
        "file": citation.file,
        "title": citation.title,
        "heading": citation.heading,
        "speakers": list(citation.speakers),
        "start_s": citation.start_s,
        "end_s": citation.end_s,
        "estimated": citation.estimated,
        "url": citation.url,
        "quote": citation.quote,
        "verified": citation.verified,
    }
