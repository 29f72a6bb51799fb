"""Random changes of a stack file's objects, as hypothesis draws them."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from settings.schema.stack import Settings
from tests.settings.stack_files import raw

Path = tuple[Any, ...]
ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        "x",
        "0",
        "None",
        "ä",
        "a b",
        "a:b",
        "a\nb",
        "\t",
        "${X}",
        "{{x}}",
        "'",
        '"',
        "*",
        "-",
        "..",
    ),
    *("/", "//", "\x7f", "😀", "a" * 64, "a" * 300, "no", "1:30", "2026-01-01", "1e3"),
    *(0, -1, 1, 2, 45, 366, 2**31, 10**20, 1.5, float("inf"), True, False),
    *([], {}, [None], ["x"], [[]], {"x": 1}, {"secure": "x"}, [{"x": "y"}]),
)
"""Values of every type, most of them wrong wherever they stand."""
PLAUSIBLE: dict[str, tuple[str, ...]] = {
    "region": ("eu-west-1", "us-east-1", "eu-central-2", "us-gov-west-1", "eu-west-9"),
    "accountId": ("111122223333", "000000000000", "11112222333"),
    "name": (
        *("app", "my-app", "a", "user", "internal-x", "a--b", "x-", "aiponge/x"),
        *("/cinematch/production/x"),
    ),
    "namePrefix": ("app", "b" * 22, "b" * 40, "internal"),
    "cidr": ("10.99.0.0/16", "10.20.0.0/20", "10.20.0.1/16", "10.0.0.0/8", "192.168.0.0/24", "::/0"),
    "peers": ("10.200.0.0/16", "10.20.0.0/16"),
    "azExclude": ("euw1-az1", "eu-west-1a"),
    "endpoints": (
        *("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "kms", "sts", "monitoring"),
        *("email-smtp"),
    ),
    "engineVersion": ("14", "15", "16", "17", "18", "16.4", "9.6"),
    "instanceClass": (
        *("db.t4g.micro", "db.m8g.large", "db.r7g.2xlarge", "db.x2g.large", "db.t3.small"),
        *("db.t2.micro"),
    ),
    "instanceType": ("t3.small", "t4g.large", "m7i.large", "mac2.metal", "p5.48xlarge"),
    "nodeType": ("cache.t4g.micro", "cache.m7g.large", "cache.r6gd.xlarge"),
    "backupWindow": ("05:00-05:30", "23:45-00:15", "03:45-04:15", "5:00-6:00"),
    "maintenanceWindow": ("mon:06:00-mon:07:00", "sun:23:45-mon:00:15", "sun:02:00-sun:02:30"),
    "username": ("app_owner", "appuser", "app-user", "user", "default", "u" * 26),
    "passwordSecret": ("db-password", "redis-url", "nothing"),
    "urlSecret": ("redis-url", "jwt-secret"),
    "domain": (
        *("example.org", "api.sub.example.co.uk", "EXAMPLE.org", "example.org."),
        *("xn--bcher-kva.example"),
    ),
    "zoneId": ("Z0123456789ABC", "zone"),
    "certificateArn": (
        *("arn:aws:acm:eu-west-1:111122223333:certificate/8e2a1c0d-1b2c-4000-8000-000000000000", "x"),
    ),
    "email": ("a.b+c@example.com", "nobody", "a@b.co"),
    "livePath": ("/", "/health?x=1", "health"),
    "readyPath": ("/ready", "/a b"),
    "healthPath": ("/", "/ok"),
    "appDir": ("/opt/x", "/srv/x"),
    "repository": ("app", "org/app", "ghcr.io/org/app", "localhost:5000/app", "App"),
    "image": (f"sha256:{'0' * 64}", "latest"),
    "tlsSidecarImage": (f"envoy@sha256:{'0' * 64}", "envoy:1"),
    "user": ("1000", "1000:1000", "root", "joe"),
    "writablePaths": ("/tmp", "/var/cache/x", "tmp"),
    "urlEnv": ("X_URL", "x"),
    "env": ("SOME_KEY", "lower"),
    "requiredEnv": ("JWT_SECRET", "NOT_THERE"),
    "gateway": ("user", "nothing"),
    "service": ("user", "nothing"),
    "calls": ("user", "music", "nothing"),
    "readers": ("user", "system", "host", "deploy", "reencrypt", "nothing"),
    "tools": ("reencrypt", "nothing"),
    "command": ("run", "--x=1", ""),
    "description": ("A description that is long enough", "short", "ü" * 20, "line\nline", "a" * 2000),
    "value": ("plain", "", "a b", "#x", "$HOME", "{{x}}", "x" * 5000),
    "allowedCidrs": ("203.0.113.0/24", "0.0.0.0/0", "203.0.113.7/24", "::/0"),
    "authorizedKeys": ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk= me", "x"),
    "copyRegion": ("eu-central-1", "us-west-2", "eu-west-1"),
    "owner": ("org", "org/x", "-x"),
    "branch": ("main", "release/1", "refs/heads/main"),
    "workflow": ("org/ci/.github/workflows/x.yml@refs/heads/main", "x.yml"),
    "oidcProviderArn": ("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "x"),
    "administrators": (
        *(
            "arn:aws:iam::111122223333:role/aiponge-pulumi-up",
            "arn:aws:iam::111122223333:role/cinematch-pulumi-up",
        ),
        *("arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:user/x", "role/x"),
    ),
    "allowReplace": ("database-instance", "Nothing"),
    "table": ("notes", "public.notes", "no table"),
    "key": ("id", "1x"),
    "column": ("text", "a b"),
    "authFailure": ("Login failed", 'a"b', "ab", "x" * 190),
}
"""Texts by the key under which they stand: valid, almost valid, and wrong."""


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """The path of every value in an object, the outermost first."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*at, index))


@st.composite
def changed(draw: st.DrawFn, stack: str) -> dict[str, Any]:
    """The objects of a shipped stack with one to three changes."""
    objects = raw(stack)
    for _ in range(draw(st.integers(1, 3))):
        if objects:  # the sections are equally likely, however long they are
            section = draw(st.sampled_from(sorted(objects, key=str)))
            inside = [(section, *path) for path in paths(objects[section])]
            _change(draw, objects, draw(st.sampled_from([(section,), *inside])))
    return objects


def _change(draw: st.DrawFn, objects: Any, path: Path) -> None:
    *outer, last = path
    place = objects
    for part in outer:
        place = place[part]
    old = place[last]
    match draw(st.sampled_from(("remove", "odd", "plausible", "edit", "edit", "declare", "declare", "move"))):
        case "remove":
            del place[last]
        case "odd":
            place[last] = draw(_odd())
        case "plausible":
            place[last] = draw(_of(_hint(path), str(_named(path))))
        case "edit":
            place[last] = draw(_edited(old).map(copy.deepcopy))
        case "declare":
            fields = _fields(_hint(path))
            if isinstance(old, dict) and fields:
                key = draw(st.sampled_from(sorted(fields)))
                old[key] = draw(_of(fields[key], key))
        case _:
            if isinstance(place, dict):
                place[draw(st.sampled_from((f"{last}x", str(last).upper(), "values", "other", 7)))] = (
                    place.pop(last)
                )


def _odd() -> st.SearchStrategy[Any]:
    """Any odd value, as a copy: later changes may go into it."""
    return st.sampled_from(ODD).map(copy.deepcopy)


def _edited(old: Any) -> st.SearchStrategy[Any]:
    """Values close to an existing one."""
    if isinstance(old, bool):
        return st.just(not old)
    if isinstance(old, int):
        return st.sampled_from((old - 1, old + 1, old * 2, old * 10, -old, 0, str(old)))
    if isinstance(old, str):
        return st.sampled_from(
            (
                *(
                    old.upper(),
                    old.title(),
                    f" {old}",
                    f"{old} ",
                    f"{old}.",
                    f"{old}/",
                    f"/{old}",
                    f"{old}-x",
                ),
                *(
                    f"{old}\n",
                    old[1:],
                    old[:-1],
                    old * 2,
                    old.replace("-", "_"),
                    old.replace("/", ":"),
                    f"{old}*",
                ),
            )
        )
    if isinstance(old, list):
        return st.sampled_from((old[1:], old * 2, [*old, None], [*old, *old[:1]]))
    return _odd()


def _of(hint: Any, name: str) -> st.SearchStrategy[Any]:
    """Values for an annotation, of which many are valid."""
    while getattr(hint, "__metadata__", None) is not None:
        hint = hint.__origin__
    origin, inner = get_origin(hint), [one for one in get_args(hint) if one is not type(None)]
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of(one, name) for one in inner))
    if origin is tuple:
        return st.lists(_of(inner[0], name), max_size=3)
    if origin is dict:
        return st.dictionaries(
            st.sampled_from(("one", "two", "ONE", "a" * 60)), _of(inner[1], name), max_size=2
        )
    if fields := _fields(hint):
        return st.fixed_dictionaries({}, optional={key: _of(one, key) for key, one in fields.items()})
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.sampled_from(
            (0, 1, 2, 3, 5, 7, 14, 30, 35, 64, 90, 100, 365, 366, 512, 1024, 3000, 8080, 70000)
        )
    return st.sampled_from((*PLAUSIBLE.get(name, ()), "x", "some-name", "SOME_NAME", "1.2.3.4", ""))


def _named(path: Path) -> Any:
    """The last key of a path that is no index."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _fields(hint: Any) -> dict[str, Any]:
    """Key to annotation of the fields of a model."""
    if not (isinstance(hint, type) and issubclass(hint, BaseModel)):
        return {}
    hints = get_type_hints(hint, include_extras=True)
    return {to_camel(name): hints[name] for name in hint.model_fields}


def _hint(path: Path) -> Any:
    """The annotation at a path; None where the models have nothing there."""
    hint: Any = Settings
    for part in path:
        hint = _inside(hint, part)
    return hint


def _inside(hint: Any, part: Any) -> Any:
    while getattr(hint, "__metadata__", None) is not None:
        hint = hint.__origin__
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        found = [_inside(one, part) for one in inner if one is not type(None)]
        return next((one for one in found if one is not None), None)
    if origin is tuple:
        return inner[0]
    if origin is dict:
        return inner[1]
    return _fields(hint).get(part)
