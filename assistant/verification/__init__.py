"""Whether the evidence holds what a sentence claims: its meaning, amounts, dates, names, speaker.

Doors: ``check`` (Checker), ``claims`` (a streamed answer cut into claims), ``types``.
"""
