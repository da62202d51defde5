"""Texts as vectors: the bundled model or another, its vectors centred by language.

Doors: ``embedder`` (load_embedder), ``centring`` (CentredEmbedder).
"""
