"""A second look at the first hits by a model that reads question and passage together.

Door: ``cross_encoder`` (the operator's own model).
"""
