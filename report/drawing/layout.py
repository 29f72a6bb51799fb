"""Places the parts of a stack and the lines between them, with Graphviz's ``dot``.

Boxes have a fixed size and no text is given to ``dot``: the fonts of a machine do not change the result.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pygraphviz

from report.schema import Architecture

WIDTH, HEIGHT = 160, 46
"""The size of a box in pixels; ``dot`` counts 72 to the inch."""
MARGIN = 10
ENDPOINTS = "endpoints"
ZONES = ("public", "private", "isolated")
_PER_INCH = 72
_ZONE_MARGIN = 22
"""The space in a zone around its boxes, in pixels: its heading has a place above them."""


@dataclass(frozen=True)
class Box:
    """The place of a part, by its upper left corner; or of a zone, by the tier of its subnets."""

    id: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """The way of a connection from one box to another."""

    source: str
    target: str
    ports: tuple[int, ...]
    path: str
    """As the attribute ``d`` of an SVG path."""
    end: tuple[int, int]
    """Where it meets the target."""
    from_internet: bool
    outward: bool
    """Whether it leads out of the VPC, or to the endpoints of AWS services."""


@dataclass(frozen=True)
class Layout:
    """The whole picture."""

    width: int
    height: int
    zones: tuple[Box, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def place(architecture: Architecture) -> Layout:
    """Lay the drawn parts out from left to right, callers before what they call."""
    drawn = [part for part in architecture.parts if part.drawn]
    ports: dict[tuple[str, str], list[int]] = defaultdict(list)
    inwards = set()
    for one in architecture.connections:
        ports[one.source, one.target].append(one.port)
        if one.from_internet:
            inwards.add((one.source, one.target))
    graph = pygraphviz.AGraph(
        directed=True, rankdir="LR", newrank=True, ranksep=0.9, nodesep=0.17, splines="spline"
    )
    for part in drawn:
        graph.add_node(
            part.id, shape="box", fixedsize=True, width=WIDTH / _PER_INCH, height=HEIGHT / _PER_INCH, label=""
        )
    for source, target in ports:
        # The way from the Internet is straight: its edges are the last that dot bends.
        weight = 20 if (source, target) in inwards else 1
        graph.add_edge(source, target, weight=weight, tailport="e", headport="w", arrowsize=0.5)
    for tier in ZONES:
        held = [part.id for part in drawn if part.tier == tier]
        if held:
            graph.add_subgraph(held, name=f"cluster_{tier}", margin=_ZONE_MARGIN)
    callers = {source for source, _ in ports}
    graph.add_subgraph([part.id for part in drawn if part.id not in callers], rank="same")
    graph.layout(prog="dot")
    outward = {part.id for part in drawn if part.tier == "outside"} | {ENDPOINTS}
    return _read(graph, ports, inwards, outward)


def _read(
    graph: Any,
    ports: dict[tuple[str, str], list[int]],
    inwards: set[tuple[str, str]],
    outward: set[str],
) -> Layout:
    _, _, width, height = _numbers(graph.graph_attr["bb"])

    def point(text: str) -> tuple[int, int]:
        """``dot`` counts upwards from the bottom."""
        x, y = _numbers(text)
        return round(x) + MARGIN, round(height - y) + MARGIN

    boxes = []
    for node in graph.nodes():
        x, y = point(node.attr["pos"])
        boxes.append(Box(str(node), x - WIDTH // 2, y - HEIGHT // 2, WIDTH, HEIGHT))
    zones = []
    for tier in ZONES:
        if zone := graph.get_subgraph(f"cluster_{tier}"):
            x0, y0, x1, y1 = _numbers(zone.graph_attr["bb"])
            left, top = point(f"{x0},{y1}")
            zones.append(Box(tier, left, top, round(x1 - x0), round(y1 - y0)))
    lines = []
    for edge in graph.edges():
        source, target = map(str, edge)
        *places, tip = [point(one) for one in _ordered(edge.attr["pos"])]
        first, *rest = places
        path = f"M{first[0]},{first[1]}C{' '.join(f'{x},{y}' for x, y in rest)}L{tip[0]},{tip[1]}"
        pair = source, target
        lines.append(
            Line(source, target, tuple(sorted(ports[pair])), path, tip, pair in inwards, target in outward)
        )
    return Layout(
        round(width) + 2 * MARGIN, round(height) + 2 * MARGIN, tuple(zones), tuple(boxes), tuple(lines)
    )


def _ordered(spline: str) -> list[str]:
    """The control points of an edge, the tip of its arrow last: ``dot`` writes it first, as ``e,X,Y``."""
    tip, *points = spline.split()
    return [*points, tip.removeprefix("e,")]


def _numbers(text: str) -> list[float]:
    return [float(one) for one in text.replace(",", " ").split()]
