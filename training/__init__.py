"""Training of the reader: not installed, needs the extra `training`."""
