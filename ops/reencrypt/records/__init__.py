"""Tables in the schema strongroom: whose database this is, what was verified, how often a key encrypted."""
