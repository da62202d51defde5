"""What a library's words mean and where they stand: embedded, stored, found.

Doors: ``retriever`` (TranscriptRetriever), ``sync``, ``quotes`` (QuoteIndex),
``segmentation`` (topics), ``types``.
"""
