"""The front door: command line, settings and version. Knows every other package; none knows it."""

__version__ = "0.1.0"
