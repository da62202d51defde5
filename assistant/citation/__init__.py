"""Words and the place where they were said: cited, looked up, kept under a permanent address.

Doors: ``citation`` (cite), ``lookup`` (QuoteFinder), ``permalink``, ``formats``, ``types``.
"""
