"""The layers of a network as rows of a table that can be folded, and as a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from core.errors import UserError
from core.structure.sums import shapes_text
from core.views import Graph, Node

Shape: TypeAlias = tuple[int, ...]
INPUT, OUTPUT = "<input>", "<output>"
"""The ids of the boxes at both ends of a graph; no module and no function is called so."""
FEW_ROWS = 24
"""Rows that are read at a glance; of larger networks the blocks begin closed."""


class StructureError(UserError):
    """Why a network's structure cannot be shown, in a sentence; ``details``: a plugin's traceback, or ""."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


@dataclass(frozen=True)
class LayerRow:
    """A layer, a function that ``forward`` calls between layers, or a block of such (``is_block``).

    ``id``: unique in its structure, and the same each time the network is looked at; ``block``: the id of the block
    it is in, "" at the top. ``module``: its name in the model, where it is a module. ``inputs`` and ``outputs``:
    shapes for one sample, without the batch's axis. ``tensors``: its parameters, names in the model and shapes;
    ``parameters``: their numbers, those alone that no row above has counted. Of a block they are those of all that is
    in it. ``multiply_adds``: for one sample, all ``calls`` together; ``calls`` is 0 where only the parameters are used,
    or nothing. ``arithmetic``: how the numbers come about.
    """

    id: str
    name: str
    kind: str
    block: str = ""
    is_block: bool = False
    module: str | None = None
    inputs: tuple[Shape, ...] = ()
    outputs: tuple[Shape, ...] = ()
    tensors: tuple[tuple[str, Shape], ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    activations: int = 0
    arithmetic: tuple[str, ...] = ()
    calls: int = 1

    @property
    def title(self) -> str:
        """Its name where the block around it is not seen: a number alone would say nothing."""
        return f"{self.block}.{self.name}" if self.block and self.name[:1].isdigit() else self.name


@dataclass(frozen=True)
class Structure:
    """A network for certain data.

    ``rows``: each block right before what is in it. ``edges``: pairs of ids of rows that are no blocks, of
    :data:`INPUT` and of :data:`OUTPUT`, in the order in which the numbers flow. ``parameters`` and ``tensors``: of the
    whole model, each counted once; ``trainable``: those that training may change; ``size``: bytes of all parameters.
    ``inputs`` and ``outputs``: shapes for one sample.
    """

    title: str
    rows: tuple[LayerRow, ...]
    edges: tuple[tuple[str, str], ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    parameters: int
    tensors: int
    trainable: int
    size: int

    @cached_property
    def by_id(self) -> dict[str, LayerRow]:
        """Every row by its id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def children(self) -> dict[str, tuple[LayerRow, ...]]:
        """The rows right inside each block, by its id; "" has those at the top."""
        found: dict[str, list[LayerRow]] = {"": []}
        for row in self.rows:
            found.setdefault(row.block, []).append(row)
        return {block: tuple(rows) for block, rows in found.items()}

    @property
    def leaves(self) -> Iterator[LayerRow]:
        """The rows that are no blocks."""
        return (row for row in self.rows if not row.is_block)

    @property
    def multiply_adds(self) -> int:
        """Of one sample's way through the network."""
        return sum(row.multiply_adds for row in self.leaves)

    @property
    def activations(self) -> int:
        """Numbers that all layers and functions give out for one sample."""
        return sum(row.activations for row in self.leaves)

    def blocks_above(self, id: str) -> list[str]:
        """The blocks that a row is in, the innermost first."""
        found, block = [], self.by_id[id].block if id in self.by_id else ""
        while block:
            found.append(block)
            block = self.by_id[block].block
        return found

    def open_at_first(self) -> frozenset[str]:
        """The blocks that begin open: level by level from the top, as long as all rows are read at a glance."""
        opened: set[str] = set()
        level, shown = self.children[""], len(self.children[""])
        while level:
            blocks = [row.id for row in level if row.is_block]
            level = tuple(row for block in blocks for row in self.children.get(block, ()))
            shown += len(level)
            if shown > FEW_ROWS:
                break
            opened.update(blocks)
        return frozenset(opened)

    def shown_at(self, id: str, opened: Collection[str]) -> str:
        """Which box stands for a row where only the blocks ``opened`` are open: itself, or a closed block above it."""
        closed = [block for block in self.blocks_above(id) if block not in opened]
        return closed[-1] if closed else id

    def graph(self, opened: Collection[str]) -> Graph:
        """Boxes and arrows; the blocks that are not in ``opened`` are one box each."""
        ends = {INPUT: Node(INPUT, "Input", shapes_text(self.inputs))}
        boxes = dict.fromkeys(self.shown_at(row.id, opened) for row in self.leaves if row.calls)
        edges = dict.fromkeys(
            (self.shown_at(start, opened), self.shown_at(end, opened))
            for start, end in self.edges
            if self.shown_at(start, opened) != self.shown_at(end, opened)
        )
        nodes = [*ends.values(), *(_box(self.by_id[id]) for id in boxes)]
        return Graph(nodes=[*nodes, Node(OUTPUT, "Output", shapes_text(self.outputs))], edges=list(edges))


def _box(row: LayerRow) -> Node:
    lines = [row.kind if row.kind.casefold() != row.title.casefold() else "", shapes_text(row.outputs)]
    if row.calls > 1:
        lines[0] = f"{row.kind}, {row.calls}×"
    if row.parameters:
        lines.append(f"{row.parameters:,} parameters")
    return Node(row.id, row.title, "\n".join(line for line in lines if line))
