"""Reading + actors + dates → events, quotes, checks."""
