"""Tests of the drawing of the composition, which is read from a program's source."""

from __future__ import annotations

from docs.composition import Part, composition

SOURCE = """
names = settings.names
keys = Keys("keys", KeysArgs(names=names), protected)
cache = None
if settings.cache is not None:
    cache = Cache("cache", CacheArgs(keys=keys), protected)
log = TrailLog(group=cache.group)
platform = run_platform(settings, facts, keys=keys)
alarms = Alarms("alarms", AlarmsArgs(log=log, platform=platform), unprotected)
provider = aws.Provider("aws", region, tags)
"""


def test_lists_the_components_and_the_platform_in_order_with_what_they_use() -> None:
    assert composition(SOURCE) == [
        Part("keys", "Keys", False, ()),
        Part("cache", "Cache", True, ("keys",)),
        Part("platform", "run_platform", False, ("keys",)),
        Part("alarms", "Alarms", False, ("cache", "platform")),
    ]
