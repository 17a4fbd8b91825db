"""Time words and the day of publication → the days they mean."""

from detente.times.grammar import find, interpret, is_of_others, since_length
from detente.times.tense import tense_of

__all__ = ["find", "interpret", "is_of_others", "since_length", "tense_of"]
