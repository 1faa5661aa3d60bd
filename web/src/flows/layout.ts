/** Where the blocks of a flow stand: where their author put them, or in layers from the start on. */

import type { Block, FlowDocument, Position } from './document';

export const BLOCK_WIDTH = 236;
const HEAD_HEIGHT = 54;
const BRANCH_HEIGHT = 24;
const COLUMN = BLOCK_WIDTH + 110;
const GAP = 36;
/** Ours are larger than the blocks that the positions of an export were made for. */
const SPREAD = 1.35;

export function blockHeight(block: Block): number {
  return HEAD_HEIGHT + block.branches.length * BRANCH_HEIGHT;
}

/** A place for every block. The author's are kept when all have one and no two lie on each other. */
export function placed(flow: FlowDocument): Map<string, Position> {
  const own = flow.blocks.map(({ position }) => position);
  const distinct = new Set(own.map((position) => (position ? `${Math.round(position.x / 20)} ${Math.round(position.y / 20)}` : '')));
  if (distinct.size < own.length || own.includes(null)) return layered(flow);
  return new Map(flow.blocks.map(({ id, position }) => [id, { x: (position?.x ?? 0) * SPREAD, y: (position?.y ?? 0) * SPREAD }]));
}

/** The blocks to look at first: all of a small flow, of a wide one those near its start, so that they can be read. */
export function opening(flow: FlowDocument, places: ReadonlyMap<string, Position>): string[] {
  const start = places.get(flow.start) ?? { x: Math.min(...[...places.values()].map(({ x }) => x)), y: 0 };
  return [...places].filter(([, { x, y }]) => Math.abs(x - start.x) < COLUMN * 3.3 && Math.abs(y - start.y) < COLUMN * 2).map(([id]) => id);
}

/** Columns by distance from the start; within a column, blocks stand near those that lead to them. */
function layered(flow: FlowDocument): Map<string, Position> {
  const columns = columnsOf(flow);
  const middle = new Map<string, number>();
  const places = new Map<string, Position>();
  columns.forEach((column, index) => {
    const wished = new Map(column.map((block, at) => [block.id, wish(block, flow, middle) ?? at * 1000]));
    const sorted = index === 0 ? column : [...column].sort((a, b) => (wished.get(a.id) ?? 0) - (wished.get(b.id) ?? 0));
    let y = -heightOf(sorted) / 2;
    for (const block of sorted) {
      places.set(block.id, { x: index * COLUMN, y });
      middle.set(block.id, y);
      y += blockHeight(block) + GAP;
    }
  });
  return places;
}

/** Where the branches that lead here begin, on average. */
function wish(block: Block, flow: FlowDocument, middle: ReadonlyMap<string, number>): number | null {
  const from = flow.blocks.flatMap((other) =>
    other.branches.flatMap(({ target }, at) => {
      const top = middle.get(other.id);
      return target === block.id && top !== undefined ? [top + HEAD_HEIGHT + at * BRANCH_HEIGHT] : [];
    }),
  );
  return from.length ? from.reduce((sum, each) => sum + each, 0) / from.length : null;
}

function heightOf(column: readonly Block[]): number {
  return column.reduce((sum, block) => sum + blockHeight(block) + GAP, -GAP);
}

/** Breadth first, so that ways back draw no block to the right; what nothing leads to begins anew on the left. */
function columnsOf(flow: FlowDocument): Block[][] {
  const byId = new Map(flow.blocks.map((block) => [block.id, block]));
  const depth = new Map<string, number>();
  const starts = [byId.get(flow.start), ...flow.blocks];
  for (const start of starts) if (start) walk(start, byId, depth);
  const columns: Block[][] = [];
  for (const block of flow.blocks) (columns[depth.get(block.id) ?? 0] ??= []).push(block);
  return columns;
}

function walk(start: Block, byId: ReadonlyMap<string, Block>, depth: Map<string, number>): void {
  if (depth.has(start.id)) return;
  depth.set(start.id, 0);
  const waiting = [start];
  for (let block = waiting.shift(); block; block = waiting.shift()) {
    for (const { target } of block.branches) {
      const next = byId.get(target);
      if (!next || depth.has(target)) continue;
      depth.set(target, (depth.get(block.id) ?? 0) + 1);
      waiting.push(next);
    }
  }
}
