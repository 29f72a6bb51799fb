"""Draws the architecture of a stack as SVG; Graphviz places boxes and lines."""

from __future__ import annotations

from report.drawing.layout import Box, Layout, Line, place

__all__ = ["Box", "Layout", "Line", "place"]
