"""Caches what moto builds again for every request: handlers, lists of methods, the model loader.

Requests are neither signed nor name a user agent: moto looks at neither, and both are a tenth of a call.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

_services: dict[str, list[str]] = {}
_routes: dict[str, list[tuple[re.Pattern[str], Callable[..., Any]]]] = {}


def _handlers(service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    from moto import backends
    from moto.core.models import DEFAULT_ACCOUNT_ID

    if service not in _routes:
        regions = backends.get_backend(service)[DEFAULT_ACCOUNT_ID]  # type: ignore[call-overload]
        backend = regions["us-east-1"] if "us-east-1" in regions else regions["aws"]
        _routes[service] = [(re.compile(url), handler) for url, handler in backend.urls.items()]
    return _routes[service]


def _services_of(base: str) -> list[str]:
    from moto import backend_index

    if base not in _services:
        found = [name for name, pattern in backend_index.backend_url_patterns if pattern.match(base)]
        _services[base] = list(dict.fromkeys(found))
    return _services[base]


def install() -> None:
    """For services whose host name identifies them; all others use moto's own lookup."""
    from botocore.auth import SigV4Auth
    from botocore.useragent import UserAgentString
    from moto.core import responses, utils
    from moto.core.base_backend import AccountSpecificBackend
    from moto.core.botocore_stubber import BotocoreStubber
    from moto.core.request import normalize_request
    from werkzeug.exceptions import HTTPException

    # moto does not export them, and every call repeats the same lookup.
    cast(Any, responses).method_names_from_class = functools.cache(utils.method_names_from_class)
    cast(Any, utils).create_loader = functools.cache(cast(Any, utils).create_loader)
    # Asked for every service of every new account.
    regions: Any = AccountSpecificBackend.get_session()
    regions.get_available_regions = functools.cache(regions.get_available_regions)
    _share_aliases()
    _while_emulated(UserAgentString, "to_string", "sandbox")
    _while_emulated(SigV4Auth, "canonical_request", "")
    _while_emulated(SigV4Auth, "signature", "unsigned")
    original = BotocoreStubber.process_request

    def process(self: Any, request: Any) -> Any:
        parts = urlsplit(request.url)
        base = f"{parts.scheme}://{parts.netloc}"
        services = _services_of(base)
        if len(services) != 1 or services[0].startswith("s3"):
            return original(self, request)
        for pattern, handler in _handlers(services[0]):
            if pattern.match(base + parts.path):
                normal = normalize_request(request)
                try:
                    return handler(normal, normal.raw_url, normal.headers)
                except HTTPException as error:
                    return error.code, error.get_headers(), error.get_body()
        return original(self, request)

    BotocoreStubber.process_request = process  # type: ignore[method-assign]


def _while_emulated(owner: type, name: str, constant: str) -> None:
    """Let a method return a constant as long as moto answers this process's requests."""
    from moto.core.models import botocore_stubber

    original = getattr(owner, name)

    def method(*args: Any, **kwargs: Any) -> str:
        return constant if botocore_stubber.enabled else original(*args, **kwargs)

    setattr(owner, name, method)


def _share_aliases() -> None:
    """Let all clients share what each finds out alone: under which name botocore emits an event."""
    from botocore.hooks import EventAliaser

    aliaser: Any = EventAliaser
    find, known = aliaser._alias_event_name, dict[str, str]()

    def name_of(self: Any, event: str) -> str:
        if event not in known:
            known[event] = find(self, event)
        return known[event]

    aliaser._alias_event_name = name_of
