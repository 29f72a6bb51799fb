"""After a suspected breach every secret is replaced, in one order, by a journal that a rerun goes on from."""
