"""A Python that starts with this on its path talks to its own machine alone."""

import socket

OWN = ("127.0.0.1", "::1", "localhost", None, "", b"")
_connect, _resolve = socket.socket.connect, socket.getaddrinfo


def _connect_here(self, address):
    if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in OWN:
        raise AssertionError(f"asks the network: {address}")
    return _connect(self, address)


def _resolve_here(host, *others, **named):
    if host not in OWN:
        raise AssertionError(f"asks the network: {host}")
    return _resolve(host, *others, **named)


socket.socket.connect = _connect_here
socket.getaddrinfo = _resolve_here
