"""Text comes in: bytes, files and lines of JSON become documents, or are refused with a reason."""
