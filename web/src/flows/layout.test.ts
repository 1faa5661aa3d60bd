import { expect, test } from 'vitest';
import type { Block, Position } from './document';
import { blockHeight, opening, placed } from './layout';

const block = (id: string, targets: string[] = [], position: Position | null = null): Block => ({
  id,
  type: 'X',
  about: '',
  branches: targets.map((target) => ({ label: 'next', target, isError: false })),
  position,
});

test('blocks stay where their author put them', () => {
  const places = placed({ start: 'a', blocks: [block('a', [], { x: 0, y: 0 }), block('b', [], { x: 100, y: -40 })] });

  expect(places.get('b')!.x).toBeGreaterThan(places.get('a')!.x);
  expect(places.get('b')!.y).toBeLessThan(places.get('a')!.y);
});

test('without places of their own, blocks stand in columns from the start on, and a way back moves nothing', () => {
  const places = placed({ start: 'a', blocks: [block('c', ['a']), block('a', ['b', 'c']), block('b', ['c'])] });

  expect(places.get('a')!.x).toBe(0);
  expect(places.get('b')!.x).toBe(places.get('c')!.x);
  expect(places.get('b')!.x).toBeGreaterThan(0);
});

test('places that all blocks share are no places', () => {
  const at = { x: 5, y: 5 };
  const places = placed({ start: 'a', blocks: [block('a', ['b'], at), block('b', [], at)] });

  expect(places.get('b')!.x).toBeGreaterThan(places.get('a')!.x);
});

test('no block covers another', () => {
  const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const blocks = [block('start', names), ...names.map((name) => block(name, ['start', 'nowhere']))];
  const places = placed({ start: 'start', blocks });

  const inColumn = names.map((name) => places.get(name)!).sort((a, b) => a.y - b.y);
  for (const [index, place] of inColumn.slice(1).entries()) expect(place.y - inColumn[index]!.y).toBeGreaterThanOrEqual(blockHeight(blocks[1]!));
});

test('what nothing leads to is drawn too, on the left', () => {
  const places = placed({ start: 'a', blocks: [block('a', ['b']), block('b'), block('lost', ['also lost']), block('also lost')] });

  expect(places.get('lost')!.x).toBe(0);
  expect(places.get('also lost')!.x).toBe(places.get('b')!.x);
});

test('a long flow opens at its start, a short one as a whole', () => {
  const names = Array.from({ length: 9 }, (_, index) => `n${index}`);
  const chain = (length: number): string[] => {
    const flow = { start: 'n0', blocks: names.slice(0, length).map((name, at) => block(name, [`n${at + 1}`])) };
    return opening(flow, placed(flow));
  };

  expect(chain(9)).toEqual(['n0', 'n1', 'n2', 'n3']);
  expect(chain(3)).toEqual(['n0', 'n1', 'n2']);
});
