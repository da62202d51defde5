"""The chat inside other sites: a page for a frame, and the script that makes the frame.

Door: ``routes``. It shows the views of ``web``, the one face that uses another's.
"""
