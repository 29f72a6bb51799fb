"""Proves that the roles may do what they do, with data of AWS: see ``provider_calls.tsv`` for its sources."""
