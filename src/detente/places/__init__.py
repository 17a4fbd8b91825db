"""Place words → the gazetteer's entry, with how it was chosen."""

from detente.places.gazetteer import locate

__all__ = ["locate"]
