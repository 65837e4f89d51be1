"""Errors whose message is written for the person at the keyboard."""


class RefusedInputError(Exception):
    """An input was refused whole: says what is wrong, where, and what to do. Nothing was stored."""


class NotFoundError(RefusedInputError):
    """What was asked for is not there."""


class ChangedMeanwhileError(RefusedInputError):
    """Somebody else changed what is decided on since it was looked at."""
