"""Checks what of the host the containers of a compose document see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from settings.errors import nearest
from settings.schema.compose import ComposeDocument
from settings.schema.compose.mounts import Mount

DATA = PurePosixPath("/srv")
READABLE = ("/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/usr/share/zoneinfo")
"""What a container may read of the host."""
_OWN = (".env", ".image-digest", ".update.lock", "docker-compose.yml", "env.template")
"""Files that the host's scripts keep in the application's folder: `.env` holds every secret."""


def mount_problems(where: str, document: ComposeDocument, app_dir: str) -> Iterator[str]:
    """Check that binds stay below the application's folder, and that named volumes are declared."""
    for service, declared in document.services.items():
        for index, mount in enumerate(declared.volumes):
            path = f"{where}.{service}.volumes[{index}]"
            if not mount.target.startswith("/"):
                yield f"{path}: its target {mount.target} is not a path of the container; begin it with /"
            if mount.type == "bind":
                yield from _bind_problems(path, mount, app_dir)
            elif mount.type == "volume" and mount.source and mount.source not in document.volumes:
                hint = nearest(mount.source, tuple(document.volumes)) or "; add it under volumes"
                yield f"{path}: the volume {mount.source} is not declared{hint}"


def _bind_problems(path: str, mount: Mount, app_dir: str) -> Iterator[str]:
    if mount.source in READABLE:
        if not mount.read_only:
            yield f'{path}: {mount.source} belongs to the host; write "{mount.source}:{mount.target}:ro"'
        return
    if mount.source.endswith("docker.sock"):
        yield f"{path}: the Docker socket gives root access to the host; remove it"
        return
    source = PurePosixPath(app_dir) / mount.source  # an absolute source replaces the folder
    below = list(source.relative_to(app_dir).parts) if source.is_relative_to(app_dir) else []
    inside = (bool(below) and not below[0].startswith(_OWN)) or (
        source.is_relative_to(DATA) and source != DATA
    )
    if {"..", "~"} & set(source.parts) or not inside:
        yield (
            f"{path}: mounts {mount.source} of the host, which gives a container access to it; use a named "
            f"volume, a folder below {DATA}, or one of its own in {app_dir}, such as ./data"
        )
