"""Tables in the schema strongroom: the database's stack, verifications, encryptions by key, ranges."""
