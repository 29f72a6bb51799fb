"""Estimates what each part of a stack costs, with the prices of ``ops cost``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ops.core.updater import Deployed
from ops.cost import Declared, Prices, estimate, prices_of, regions
from ops.cost.estimate import Estimate
from report.collect.parts import PartOf
from report.schema import Cost, CostLine, PartCost
from settings import Settings


def cost(settings: Settings, deployed: Sequence[Deployed]) -> Cost | None:
    """The estimate by part; None where the table has no prices of the region."""
    if settings.region not in regions():
        return None
    prices, part_of = prices_of(settings.region), PartOf(settings)
    held: dict[str, list[Deployed]] = defaultdict(list)
    for one in deployed:
        held[part_of(one.name)].append(one)
    parts = [
        _part(part, estimate(_only(settings, part), _declared(some), prices)) for part, some in held.items()
    ]
    whole = estimate(settings, _declared(deployed), prices)
    return _cost(whole, prices, (one for one in parts if one.lines))


def _cost(whole: Estimate, prices: Prices, parts: Iterable[PartCost]) -> Cost:
    return Cost(
        region=prices.region,
        prices_of=prices.date,
        source=prices.source,
        month=round(whole.month, 2),
        parts=tuple(sorted(parts, key=lambda one: -one.month)),
        by_use=tuple(f"{type_.rpartition(':')[2]}, {counted}" for type_, counted in whole.by_use.items()),
        unpriced=whole.unpriced,
    )


def _only(settings: Settings, part: str) -> Settings:
    """The settings with the services of one part: the tasks of all others are priced with theirs."""
    if settings.containers is None:
        return settings
    services = {name: one for name, one in settings.services.items() if name == part}
    return settings.model_copy(
        update={"platform": settings.containers.model_copy(update={"services": services})}
    )


def _declared(deployed: Iterable[Deployed]) -> list[Declared]:
    return [Declared(type=one.type, name=one.name, inputs=one.inputs) for one in deployed]


def _part(part: str, found: Estimate) -> PartCost:
    return PartCost(
        part=part,
        month=round(found.month, 2),
        lines=tuple(
            CostLine(
                what=one.what,
                quantity=round(one.quantity, 2),
                unit=one.unit,
                price=one.price,
                month=round(one.month, 2),
            )
            for one in found.lines
        ),
    )
