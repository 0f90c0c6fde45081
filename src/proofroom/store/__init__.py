"""Store: the seams to the engines (Parquet, SQLite, DuckDB, Tantivy); rooms meet only here."""
