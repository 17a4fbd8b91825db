"""Readers of the knowledge base's sources; used by `detente.actors.build` only, never at run time."""
