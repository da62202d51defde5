"""Transcripts: read from files, cut into sections, sentences and chunks, linked to their moments.

Doors: ``library`` (a folder of them), ``chunks``, ``links``, ``types``. It knows no model or store.
"""
