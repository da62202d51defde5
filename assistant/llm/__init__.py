"""A language model, whichever: calls that keep to a deadline, and one line for every failure.

Doors: ``types`` (LanguageModel, Message, Reply), ``model`` (the one of the settings).
"""
