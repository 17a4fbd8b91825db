"""What is kept: one folder of immutable Parquet parts, asked through DuckDB. `tables.py` is the contract."""

from detente.store.store import Store, open_store

__all__ = ["Store", "open_store"]
