"""Errors whose message is written for the person at the keyboard."""


class RefusedInputError(Exception):
    """An input was refused whole: says what is wrong, where, and what to do. Nothing was stored."""
