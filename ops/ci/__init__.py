"""Programs for workflows: ``python -m ops.ci.target`` and ``python -m ops.ci.preview_diff``."""
