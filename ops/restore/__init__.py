"""The command ``ops restore-drill``: restores a backup of the database, checks the copy, and deletes it.

The copy is in the isolated subnets, and its security group admits only the function that checks it. The
operation record keeps the steps, so that a run that was ended anywhere continues with ``--resume``.
"""
