"""Every line that a reader sees, by language. A message is data: nothing decides here.

Doors: ``languages`` (which one a reader reads), then a module for each face's words.
"""
