"""Scores against gold, and floors that no command lowers by itself."""
