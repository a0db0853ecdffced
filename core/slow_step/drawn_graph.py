"""The autograd graph as a view: boxes from the loss at the left to the parameters at the right."""

from __future__ import annotations

from collections import deque

from core.slow_step.records import AutogradGraph, AutogradNode
from core.views import Graph, Node

MOST_BOXES, AROUND = 150, 50
"""A graph of more boxes is drawn in part, so many around one function: more of it could not be read."""


def short_name(node: AutogradNode) -> str:
    """ "Addmm" for "AddmmBackward0", and of a leaf the parameter."""
    if node.variable:
        return node.variable
    name = node.name.rsplit("::", 1)[-1]
    return name.split("Backward", 1)[0] or name


def drawn(graph: AutogradGraph, around: int = 0) -> Graph:
    """The whole graph, or of a large one the boxes nearest to the function at ``around``. Ids are places."""
    shown = sorted(_nearest(graph, around))
    known = set(shown)
    nodes = [Node(str(place), short_name(graph.nodes[place]), _detail(graph.nodes[place])) for place in shown]
    edges = [
        (str(place), str(following))
        for place in shown
        for following in graph.nodes[place].inputs
        if following is not None and following in known
    ]
    return Graph(nodes=nodes, edges=list(dict.fromkeys(edges)), caption=_caption(graph, len(shown)))


def _nearest(graph: AutogradGraph, around: int) -> set[int]:
    if len(graph.nodes) <= MOST_BOXES:
        return set(range(len(graph.nodes)))
    users: dict[int, list[int]] = {}
    for place, node in enumerate(graph.nodes):
        for following in node.inputs:
            if following is not None:
                users.setdefault(following, []).append(place)
    found, waiting = {around}, deque([around])
    while waiting:
        place = waiting.popleft()
        # Not on from a leaf: all uses of a shared weight are two boxes away from each other by it.
        passed = graph.nodes[place].variable and place != around
        onward = [] if passed else [*graph.nodes[place].inputs, *users.get(place, [])]
        for other in onward:
            if other is not None and other not in found and len(found) < AROUND:
                found.add(other)
                waiting.append(other)
    return found


def _detail(node: AutogradNode) -> str:
    return "×".join(map(str, node.shape))


def _caption(graph: AutogradGraph, shown: int) -> str:
    if shown == len(graph.nodes) and not graph.cut:
        return ""
    known = f"{len(graph.nodes):,} functions" + (" that were walked; the graph is larger still" if graph.cut else "")
    return f"The {shown:,} nearest of {known}." if shown < len(graph.nodes) else f"Drawn are the {known}."
