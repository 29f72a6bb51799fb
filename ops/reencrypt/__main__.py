"""Runs the command ``reencrypt`` alone, for the image of the one-off task: ``python -m ops.reencrypt``."""

from ops.reencrypt.cli import app

if __name__ == "__main__":
    app()
