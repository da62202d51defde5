"""Words as search terms: in any script, with their translations, weighed as BM25 does.

Doors: ``terms``, ``concepts``, ``dictionary``, ``key_terms``.
"""
