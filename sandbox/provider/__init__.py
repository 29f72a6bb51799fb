"""Creates resources as their providers do: AWS types by boto3 calls from a table, and random values.

``types`` contains the rows, ``rows`` explains their fields, ``check_diff`` and ``provider`` apply them.
"""
