"""Which layer each box of a graph belongs to, and in which order the boxes of a layer stand."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]

MOST_WAYPOINTS = 4000
_SWEEPS = 4


@dataclass(frozen=True)
class Layering:
    """``layers`` from left to right; the names in ``waypoints`` keep a place free for an edge that passes by.

    ``routes``: for each edge the waypoints between its ends; ``backward``: the edges that close a circle.
    """

    layers: list[list[str]]
    routes: dict[Edge, list[str]]
    backward: frozenset[Edge]

    @property
    def waypoints(self) -> set[str]:
        """All names in the layers that are no boxes."""
        return {name for route in self.routes.values() for name in route}


def layered(nodes: Sequence[str], edges: Sequence[Edge]) -> Layering:
    """Each node one layer behind the last of those before it (longest path), edges that close a circle left out."""
    forward = _without_circles(nodes, edges)
    depth = _depths(nodes, forward)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    routes: dict[Edge, list[str]] = {edge: [] for edge in edges}
    if sum(depth[end] - depth[start] - 1 for start, end in forward) <= MOST_WAYPOINTS:
        for number, (start, end) in enumerate(forward):
            for level in range(depth[start] + 1, depth[end]):
                name = f"\0{number}\0{level}"
                layers[level].append(name)
                routes[start, end].append(name)
    backward = frozenset(edges) - frozenset(forward)
    links = [pair for edge in forward for pair in pairwise([edge[0], *routes[edge], edge[1]])]
    return Layering(_untangled(layers, links), routes, backward)


def _depths(nodes: Sequence[str], forward: Sequence[Edge]) -> dict[str, int]:
    depth = dict.fromkeys(nodes, 0)
    following: dict[str, list[str]] = {node: [] for node in nodes}
    waiting = dict.fromkeys(nodes, 0)
    for start, end in forward:
        following[start].append(end)
        waiting[end] += 1
    ready = deque(node for node in nodes if not waiting[node])
    while ready:
        node = ready.popleft()
        for after in following[node]:
            depth[after] = max(depth[after], depth[node] + 1)
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    return depth


def _without_circles(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges that do not lead back to a node from which they were reached (depth first, without recursion)."""
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in dict.fromkeys(edges):
        following[start].append(end)
    on_the_way: set[str] = set()
    seen: set[str] = set()
    forward = []
    for root in nodes:
        if root in seen:
            continue
        stack = [(root, iter(following[root]))]
        seen.add(root)
        on_the_way.add(root)
        while stack:
            node, rest = stack[-1]
            after = next(rest, None)
            if after is None:
                on_the_way.discard(node)
                stack.pop()
            elif after not in on_the_way:
                forward.append((node, after))
                if after not in seen:
                    seen.add(after)
                    on_the_way.add(after)
                    stack.append((after, iter(following[after])))
    return forward


def _untangled(layers: list[list[str]], links: Sequence[Edge]) -> list[list[str]]:
    """Each layer in the order of its neighbours' mean position, there and back: fewer edges cross."""
    neighbours: dict[str, list[str]] = {name: [] for layer in layers for name in layer}
    for start, end in links:
        neighbours[start].append(end)
        neighbours[end].append(start)
    for sweep in range(_SWEEPS):
        # Relative, so that a box beside a layer of many stands at the height of those it is connected to.
        position = {name: (i + 0.5) / len(layer) for layer in layers for i, name in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = {name: _mean([position[other] for other in neighbours[name]], position[name]) for name in layer}
            layer.sort(key=wanted.__getitem__)
            position.update({name: (i + 0.5) / len(layer) for i, name in enumerate(layer)})
    return layers


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
