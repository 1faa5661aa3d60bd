import '@xyflow/react/dist/base.css';
import { Background, Controls, Handle, MiniMap, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { useEffect, useMemo, type ReactNode } from 'react';
import type { Finding } from '../api/types';
import { spaced } from '../app/format';
import { titleOf, type Block, type FlowDocument, type Position as Point } from './document';
import { familyOf, findingsByBlock, worst } from './findings';
import { BLOCK_WIDTH, blockHeight, opening, placed } from './layout';

interface Props {
  flow: FlowDocument;
  findings: readonly Finding[];
  selected: string | null;
  onSelect: (blockId: string | null) => void;
}

type BlockNode = Node<{ block: Block; findings: readonly Finding[]; isStart: boolean }, 'block'>;

/** A flow as it runs, from left to right. Only to look at: what it does is changed in its text. */
export default function FlowPicture(props: Props): ReactNode {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

const NODE_TYPES = { block: BlockCard };
const MAP_FROM = 15; // blocks; fewer are seen at a glance

function Drawing({ flow, findings, selected, onSelect }: Props): ReactNode {
  const { fitView } = useReactFlow();
  const places = useMemo(() => placed(flow), [flow]);
  const nodes = useMemo(() => nodesOf(flow, places, findings), [flow, places, findings]);
  const drawn = useMemo(() => nodes.map((node) => ({ ...node, selected: node.id === selected })), [nodes, selected]);
  const edges = useMemo(() => edgesOf(flow, selected), [flow, selected]);
  useEffect(() => {
    if (selected) void fitView({ nodes: [{ id: selected }], duration: 300, maxZoom: 1, minZoom: 0.6 });
  }, [selected, fitView]);
  return (
    <div className="tl-picture" data-testid="flow-picture" role="group" aria-label={`Picture of the flow, ${flow.blocks.length} blocks`}>
      <ReactFlow
        nodes={drawn}
        edges={edges}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        minZoom={0.05}
        maxZoom={1.6}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1, nodes: opening(flow, places).map((id) => ({ id })) }}
        preventScrolling={false}
        onNodesChange={(changes) => {
          for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id);
        }}
        onPaneClick={() => onSelect(null)}
      >
        <Background gap={24} />
        <Controls showInteractive={false} />
        {flow.blocks.length >= MAP_FROM && <MiniMap pannable zoomable style={{ width: 140, height: 96 }} ariaLabel="Overview of the flow" />}
      </ReactFlow>
    </div>
  );
}

function BlockCard({ data: { block, findings, isStart } }: NodeProps<BlockNode>): ReactNode {
  const severity = worst(findings);
  return (
    <div className="tl-block" data-family={familyOf(block.type)} data-severity={severity ?? undefined}>
      <Handle type="target" position={Position.Left} className="tl-block-in" isConnectable={false} />
      <div className="tl-block-head" title={[spaced(block.type), block.about, ...findings.map(({ message }) => message)].filter(Boolean).join('\n')}>
        <div className="tl-block-title">
          {isStart && <span className="tl-block-start">Start</span>}
          <span dir="auto">{titleOf(block)}</span>
          {severity && <span className="tl-block-mark">{findings.length}</span>}
        </div>
        <div className="tl-block-about" dir="auto">
          {block.about || spaced(block.type)}
        </div>
      </div>
      {block.branches.map((branch, at) => (
        <div key={`${at} ${branch.label}`} className="tl-block-branch" data-error={branch.isError} data-loose={branch.target === ''}>
          <span>{branch.label}</span>
          <Handle id={String(at)} type="source" position={Position.Right} isConnectable={false} />
        </div>
      ))}
    </div>
  );
}

function nodesOf(flow: FlowDocument, places: ReadonlyMap<string, Point>, findings: readonly Finding[]): BlockNode[] {
  const byBlock = findingsByBlock(findings);
  const first = new Map(flow.blocks.toReversed().map((block) => [block.id, block])); // a name twice is told among the problems
  return [...first.values()].map((block) => ({
    id: block.id,
    type: 'block',
    position: places.get(block.id) ?? { x: 0, y: 0 },
    width: BLOCK_WIDTH,
    height: blockHeight(block),
    data: { block, findings: byBlock.get(block.id) ?? [], isStart: block.id === flow.start },
    ariaLabel: spoken(block, byBlock.get(block.id) ?? []),
  }));
}

function edgesOf(flow: FlowDocument, selected: string | null): Edge[] {
  const known = new Set(flow.blocks.map(({ id }) => id));
  return flow.blocks.flatMap((block) =>
    block.branches.flatMap(({ target, isError }, at): Edge[] => {
      if (!known.has(target)) return [];
      const isNear = selected !== null && (selected === block.id || selected === target);
      const className = `tl-edge${isError ? ' tl-edge-error' : ''}${isNear ? ' tl-edge-near' : ''}`;
      return [{ id: `${block.id} ${at}`, source: block.id, sourceHandle: String(at), target, className, zIndex: isNear ? 1 : 0 }];
    }),
  );
}

function spoken(block: Block, findings: readonly Finding[]): string {
  const ways = block.branches.map(({ label, target }) => `${label} to ${target || 'nowhere'}`);
  return [`${titleOf(block)}, ${spaced(block.type)}`, block.about, ...ways, ...findings.map(({ message }) => `Problem: ${message}`)].filter(Boolean).join('. ');
}
