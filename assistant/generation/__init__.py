"""Answers made of evidence: in quotes, or written by a model and checked sentence by sentence.

Doors: ``quotes`` (without a model), ``writer`` (with one), ``deep`` (in several steps).
"""
