"""Training of the bundled reranker: ``python -m index.reranking.training.run --help``.

Doors: ``examples`` (what it learns from), ``run`` (the training itself).
"""
