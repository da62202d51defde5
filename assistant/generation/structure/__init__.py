"""Answers from how a library is built: talks, topics, who speaks, where a subject comes up.

Door: ``answering`` (StructureAnswers).
"""
