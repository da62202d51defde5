"""The library as a model of OpenAI's chat API, below ``/v1``.

Door: ``routes``; ``protocol`` has its requests, replies and errors.
"""
