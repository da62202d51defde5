"""From a conversation to what may answer it: a query that stands alone, its scope, its excerpts.

Doors: ``query`` (Resolver), ``scope`` (Narrowing), ``context`` (what a model reads).
"""
