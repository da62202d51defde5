"""The HTTP API below ``/api``, with its OpenAPI document.

Door: ``routes`` (add_api).
"""
