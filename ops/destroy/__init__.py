"""The command ``ops destroy``: checks everything, empties what AWS would not delete, then deletes the stack.

A stack of a production environment is refused. The operation record keeps the steps, so that a run that
was ended anywhere continues with ``--resume``.
"""
