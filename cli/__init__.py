"""The command lines: ``strongroom``, ``python -m ops`` and ``python -m sandbox``.

The only package that imports both ``ops`` and ``sandbox``: it passes the operator's commands the updater of a
kept sandbox (``cli.operator_commands``), and the sandbox the live checks (``cli.sandbox_run``). ``cli.main``
is the installed command.
"""
