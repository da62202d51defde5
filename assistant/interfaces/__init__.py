"""The faces: what people and programs ask through, each a room of its own.

Doors: ``server`` (all that is served over HTTP), ``cli`` (the command line).
"""
