"""``python -m ops.reencrypt`` is the same command, alone, for the image of the one-off task."""

from ops.reencrypt.cli import app

if __name__ == "__main__":
    app()
