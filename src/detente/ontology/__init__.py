"""PLOVER 2.0 as data: types, modes, contexts, scores; and the ontologies that users make of it."""

from detente.ontology.custom import load_ontology
from detente.ontology.plover import PLOVER, Kind, Ontology

__all__ = ["PLOVER", "Kind", "Ontology", "load_ontology"]
