"""Verbatim: ask your talks; get the words, the speaker and the second.

The door: ``python app.py …`` hands the command line to ``assistant.interfaces.cli``.
"""

from __future__ import annotations

import sys

from assistant.interfaces.cli.main import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
