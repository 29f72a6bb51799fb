"""After a suspected breach every secret is replaced, in one order; a rerun goes on from the record."""
