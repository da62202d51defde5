"""The library as tools of assistants that speak the Model Context Protocol.

Door: ``server`` (over stdio and at ``/mcp``); ``tools`` has what they do.
"""
