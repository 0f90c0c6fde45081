"""Read the insides of databases: SQLite, dBase, Access and SQL dumps, each table as a sheet."""
