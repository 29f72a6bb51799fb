"""Creates resources as their providers do: AWS types by boto3 calls from a table, and random values.

``types`` holds the rows, ``rows`` explains their words, ``check_diff`` and ``provider`` carry them out.
"""
