"""Adds paths and services to moto that hooks answer."""

from __future__ import annotations

import importlib
import re
import sys
import types
from typing import Any


def add_path(service: str, path: str) -> None:
    """Route one more path of a service that moto has; a hook answers it.

    What varies is a named group: moto's server (``--keep``, the Pulumi engine) takes all else literally.
    """
    if re.search(r"[\[\](){}*+.|\\]", re.sub(r"\(\?P<.*?>.*?\)", "", path.removeprefix("{0}"))):
        raise ValueError(f"{path}: write what varies as a named group")
    urls = importlib.import_module(f"moto.{service}.urls")
    urls.url_paths[path] = next(iter(urls.url_paths.values()))


def add_service(service: str, host: str, signing_name: str) -> None:
    """Add a service that hooks answer; moto's server finds it by its signing name."""
    from moto import backend_index, backends
    from moto.core.base_backend import BackendDict, BaseBackend
    from moto.core.responses import BaseResponse
    from moto.moto_server import werkzeug_app

    name = f"moto.{service}"
    if name in sys.modules:
        return

    class Response(BaseResponse):
        """Every operation is answered by a hook."""

        def __init__(self) -> None:
            super().__init__(service_name=service)

    backend = type("Backend", (BaseBackend,), {"__module__": f"{name}.models"})
    package, urls = types.ModuleType(name), types.ModuleType(f"{name}.urls")
    found: Any = BackendDict(backend, service)
    setattr(package, f"{service}_backends", found)
    urls.__dict__.update(url_bases=[host], url_paths={"{0}/.*$": Response.dispatch})
    sys.modules.update({name: package, f"{name}.urls": urls})
    backend_index.backend_url_patterns.append((service, re.compile(host)))
    backends.SERVICE_NAMES  # noqa: B018  (fails where moto has moved its registry)
    werkzeug_app.SIGNING_ALIASES[signing_name] = signing_name
