"""What goes in and out, whichever face it passes: requests with their limits, JSON, plain text.

Doors: ``requests``, ``answers`` and ``talks`` (JSON), ``text`` (for people).
"""
