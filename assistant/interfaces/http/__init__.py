"""What every face over HTTP shares: who calls, how much at once, what is refused, streams, HTML.

Doors: ``gateway`` (Gateway), ``guard`` (ASGI), ``streaming``, ``errors``, ``templates``.
"""
