"""Answers from how a library is built: talks, topics, who speaks, where a subject comes up.

The door is ``answering.StructureAnswers``. ``sheet.py`` puts an answer together, cited throughout.
"""
