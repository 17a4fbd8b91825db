"""What the record of happenings says of a relation: its level, its turning points, who answers whom, what is to come.

Everything here is a pure function on arrays; `tables` and `panel` make the arrays of events. docs/relations.md has the mathematics.
"""
