"""Words as search terms: in any script, with their translations, weighed as BM25 does.

Doors: ``terms``, ``amounts``, ``concepts``, ``dictionary``, ``slips``, ``key_terms``.
"""
