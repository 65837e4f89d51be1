"""The words of the report in Indonesian and English, and how each language writes numbers and times."""

from crowd.report.words.language import Words, load_words
from crowd.report.words.numbers import Sign, told_number, told_percent

__all__ = ["Sign", "Words", "load_words", "told_number", "told_percent"]
