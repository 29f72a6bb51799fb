"""Starts the command line: ``python -m ops COMMAND --stack S``."""

from cli.operator_commands import app

if __name__ == "__main__":
    app()
