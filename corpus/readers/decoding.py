"""Bytes to text: UTF-8 first, the older Chinese encodings only where they clearly fit."""

from __future__ import annotations

import codecs

from corpus.types import ReadError

MAX_BYTES = 20 * 1024 * 1024

_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LEGACY = ("gb18030", "big5")
# Words without which hardly a paragraph of Chinese is written. Bytes of another encoding often
# decode as gb18030 without an error, but then into rare characters.
_COMMON = frozenset("的是不我一有人在他这這们們个個说說了就也和")
_LEAST_COMMON_SHARE = 0.03


def decode(data: bytes) -> str:
    r"""Text with ``\n`` line ends and no byte order mark.

    Raises ReadError for a file that is empty, too large, binary or in an unknown encoding.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(too_large(len(data)))
    text = _decode(data)
    if "\0" in text:
        raise ReadError("is not text: it holds NUL bytes; export it as plain UTF-8 text")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError("is empty: write the transcript's text into it")
    return text


def too_large(size: int) -> str:
    """Why a file of ``size`` bytes is not read."""
    limit_mb = MAX_BYTES // (1024 * 1024)
    return f"is too large ({size / 1_048_576:.0f} MB, limit {limit_mb} MB): split it into talks"


def _decode(data: bytes) -> str:
    try:
        if data.startswith(_BOMS_16):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        legacy = _legacy_chinese(data)
        if legacy is not None:
            return legacy
        where = f"byte 0x{data[error.start]:02X} at offset {error.start}"
        raise ReadError(f"is not UTF-8 ({where}): save it as UTF-8") from error


def _legacy_chinese(data: bytes) -> str | None:
    best, best_share = None, _LEAST_COMMON_SHARE
    for encoding in _LEGACY:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = [char for char in text if ord(char) > 0x2E7F]
        share = sum(char in _COMMON for char in wide) / max(1, len(wide))
        if share > best_share:
            best, best_share = text, share
    return best
