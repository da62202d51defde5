"""The library as pages for a wiki: pure functions make them, ``writing.py`` brings them to disk."""
