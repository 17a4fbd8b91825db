"""The command line: each command parses, calls one public function, prints.

Results go to standard output, progress and refusals to standard error.
Exit 0: done; 1: done, but some documents were refused; 2: an error, said in one line.
"""

from detente.cli.main import app

__all__ = ["app"]
