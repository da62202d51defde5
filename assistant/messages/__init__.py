"""Every line that a reader sees, as data: a JSON file a language. Nothing is decided here.

A new language is a new file: with a ``language`` group its pages can be chosen, without one it has
lines for answers alone.

Doors: ``catalogue`` (messages: the lines of a language by key), ``languages`` (which of them a
reader's page is in).
"""
