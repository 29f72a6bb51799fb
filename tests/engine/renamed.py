"""Runs a stack's program with one component renamed, and an alias to its old name."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.sandbox import ROOT
from tests.engine.both import Both


@contextmanager
def renamed(both: Both, old: str, new: str) -> Iterator[None]:
    """Both sandboxes run a copy of ``__main__.py`` in which the component is called otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path in ROOT.iterdir():
            if path.name not in ("__main__.py", ".sandbox", ".git"):
                (root / path.name).symlink_to(path)
        program, number = re.subn(
            rf'\(\n    "{old}",\n(.*?)\n    (\w+),\n\)\n',
            rf'(\n    "{new}",\n\1\n    pulumi.ResourceOptions.merge(\2, '
            rf'pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{old}")])),\n)\n',
            (ROOT / "__main__.py").read_text(),
            count=1,
            flags=re.S,
        )
        assert number == 1, f"__main__.py constructs no component {old!r}"
        (root / "__main__.py").write_text(program)
        with both.run_from(root):
            yield
