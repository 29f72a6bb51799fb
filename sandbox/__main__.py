"""Starts the command line: ``python -m sandbox preview|up``."""

from cli.sandbox_run import main

if __name__ == "__main__":
    main()
