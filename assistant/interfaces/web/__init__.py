"""The pages in the browser: the chat in Gradio, and those of talks, citations and the lookup.

Doors: ``chat`` (mount_page), ``pages`` (the others over HTTP).
"""
