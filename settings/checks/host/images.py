"""Checks that each image of a compose document is named by digest, or listed with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.host_env import IMAGE_DIGEST
from settings.schema.compose import ComposeDocument
from settings.schema.services import HostSettings

_BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_FROM_ENV = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::\?.*)?\}")
_LEAST_REASON = 20


def image_problems(where: str, document: ComposeDocument, host: HostSettings) -> Iterator[str]:
    """Check that each image is named by digest, or listed under ``unpinnedImages`` with a reason."""
    used: set[str] = set()
    for name, service in document.services.items():
        image = service.image
        used.add(image)
        if not _pinned(host, image) and image not in host.unpinned_images:
            yield (
                f"{where}.{name}.image={image}: a tag can change; write <repository>@sha256:<digest>, or "
                "give a reason under unpinnedImages"
            )
    for image, reason in host.unpinned_images.items():
        unpinned = f"platform.unpinnedImages.{image}"
        if image not in used or _pinned(host, image):
            yield f"{unpinned}: no service uses it without a digest; remove it"
        elif len(reason) < _LEAST_REASON:
            yield f"{unpinned}: a reason of {len(reason)} characters; write at least {_LEAST_REASON}"


def _pinned(host: HostSettings, image: str) -> bool:
    """Whether an image is named by digest, in the document or in the ``.env`` line that it refers to."""
    variable = _FROM_ENV.fullmatch(image)
    if variable is None:
        return _BY_DIGEST.fullmatch(image) is not None
    return host.environment.get(variable[1], "").endswith(f"@{{{{{IMAGE_DIGEST}}}}}")
