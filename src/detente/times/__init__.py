"""Time words and the day of publication → the days they mean."""

from detente.times.grammar import find, interpret
from detente.times.tense import tense_of

__all__ = ["find", "interpret", "tense_of"]
