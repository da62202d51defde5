"""A second look at the first hits by a model that reads question and passage together.

Doors: ``cross_encoder`` (the operator's own model), ``windows`` (what one of our own will read).
"""
