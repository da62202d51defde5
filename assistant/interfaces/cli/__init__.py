"""The command line: ``python app.py``.

Door: ``main``; ``terminal`` shows what a command has to show.
"""
