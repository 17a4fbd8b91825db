"""Relations held against shocks, yardsticks and rivals that nobody here made."""
