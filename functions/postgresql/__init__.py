"""Sessions with a PostgreSQL server, for every function that opens one."""
