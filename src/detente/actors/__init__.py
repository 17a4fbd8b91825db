"""Who is who: names become actors with code, sector, name and the office held on the day."""

from detente.actors.base import ActorBase
from detente.actors.known import Candidate, NationHit, Office
from detente.actors.resolve import resolve

__all__ = ["ActorBase", "Candidate", "NationHit", "Office", "resolve"]
