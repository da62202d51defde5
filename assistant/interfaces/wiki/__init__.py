"""The library as Markdown pages for Obsidian, Hugo and other wikis.

Doors: ``pages`` (what they hold), ``writing`` (to disk, edited ones untouched).
"""
