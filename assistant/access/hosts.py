"""To which names the server answers, and whose requests may change anything: pure.

A page elsewhere can have its own name point at this machine (DNS rebinding): then the browser takes
our answers for that page's own. Such a request still carries the foreign name as its ``Host``.
An IP address can't be made to point elsewhere, so addresses are let in, whichever.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from assistant.access.settings import ServingSettings

_OURS = ("same-origin", "none")
"""What ``Sec-Fetch-Site`` says of requests from our own pages, and of those that a person makes."""


def is_known_host(header: str, serving: ServingSettings, bound: str) -> bool:
    """Whether ``Host`` names us. ``bound`` is the address or name that is listened on.

    Names: ``localhost`` and below, the name that is listened on, that of the public address,
    ``serving.hosts`` (``*.example.org`` takes all below in, ``*`` everything), and this machine's
    own name where more than the machine itself can reach it.
    """
    name = _name(header)
    if "*" in serving.hosts or is_address(name) or _is_loopback_name(name):
        return True
    public = urlsplit(serving.public_url).hostname or ""
    known = {bound.lower().rstrip("."), public, *(host.lower() for host in serving.hosts)}
    if not (is_address(bound) and ip_address(bound).is_loopback) and not _is_loopback_name(bound):
        own = socket.gethostname().lower()
        known |= {own, f"{own.partition('.')[0]}.local"}
    return bool(name) and (
        name in known or any(name.endswith(host[1:]) for host in known if host.startswith("*."))
    )


def is_from_elsewhere(origin: str, fetch_site: str, host: str, serving: ServingSettings) -> bool:
    """Whether another site's page sent it, by its ``Origin``, ``Sec-Fetch-Site`` and ``Host``.

    Browsers let no script write the second; they leave it out on plain HTTP beyond the machine.
    Programs send neither.
    """
    if fetch_site:
        return fetch_site not in _OURS
    if not origin:
        return False
    try:
        site = urlsplit(origin).netloc.lower()
    except ValueError:
        return True
    return not site or site not in {host.lower(), urlsplit(serving.public_url).netloc.lower()}


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(header: str) -> str:
    """The name in ``Host``, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{header.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_loopback_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")
