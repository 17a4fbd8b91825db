"""What people said of a store's records, laid over what the program said.

    rulings.py       what stands: all judgements of a record together, in whichever run is shown
    correcting.py    a record with another value in one field
    again.py         an event that a person marked, found again in another run
    known.py         what stands around judged records, looked up once and kept
    standing.py      events and stories as they stand after people
    telling.py       one judged record explained: who said what of it
"""

from detente.review.standing import Reviewed

__all__ = ["Reviewed"]
