"""What an index keeps on disk: catalogue, vectors, inverted index, scopes, and their lock.

Door: ``store`` (open_store), which opens and closes all of them as one.
"""
