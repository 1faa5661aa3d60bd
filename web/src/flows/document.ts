/** A flow's document as a picture needs it: its blocks and where each branch leads. Takes drafts and old exports, too. */

import { spaced } from '../app/format';

export interface Branch {
  label: string;
  /** The block it leads to; empty when it leads nowhere yet. */
  target: string;
  isError: boolean;
}

export interface Block {
  id: string;
  type: string;
  /** What it says, asks or names, in one line; empty when its type says everything. */
  about: string;
  branches: Branch[];
  position: Position | null;
}

export interface Position {
  x: number;
  y: number;
}

export interface FlowDocument {
  start: string;
  blocks: Block[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What can be read of the document; null when it is no JSON object or has no blocks at all. */
export function readDocument(content: string): FlowDocument | null {
  const document = parsed(content);
  if (!isFields(document)) return null;
  const old = list(document.modules ?? document.blocks);
  const blocks = old.length > 0 ? old.map(oldBlock) : list(document.Actions).map((action) => block(action, metadataOf(document)));
  return blocks.length > 0 ? { start: text(document.StartAction ?? document.start), blocks } : null;
}

/** Whether the name was made by a machine and says nothing to people. */
export function isMachineName(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name);
}

/** The name its author gave it; failing that, what it is. */
export function titleOf({ id, type }: Pick<Block, 'id' | 'type'>): string {
  return isMachineName(id) || id === '' ? spaced(type) : id;
}

// --- the language of today ----------------------------------------------------------------------------

function block(action: Fields, metadata: Fields): Block {
  const id = text(action.Identifier);
  const transitions = fields(action.Transitions);
  const next = 'NextAction' in transitions ? [{ label: 'next', target: text(transitions.NextAction), isError: false }] : [];
  const conditions = list(transitions.Conditions).map((each) => ({ label: conditionLabel(fields(each.Condition)), target: text(each.NextAction), isError: false }));
  const errors = list(transitions.Errors).map((each) => ({ label: text(each.ErrorType), target: text(each.NextAction), isError: true }));
  return { id, type: text(action.Type), about: about(fields(action.Parameters)), branches: [...conditions, ...next, ...errors], position: position(fields(metadata[id])) };
}

const SIGNS: Record<string, string> = {
  Equals: '=',
  NumberGreaterThan: '>',
  NumberGreaterOrEqualTo: '≥',
  NumberLessThan: '<',
  NumberLessOrEqualTo: '≤',
  TextStartsWith: 'starts with',
  TextEndsWith: 'ends with',
  TextContains: 'contains',
};

function conditionLabel(condition: Fields): string {
  const operator = text(condition.Operator);
  const operands = Array.isArray(condition.Operands) ? condition.Operands.map(text).join(', ') : '';
  return `${SIGNS[operator] ?? operator} ${operands}`.trim();
}

/** The first of these that a block has tells it apart from others of its type. */
const TELLING = [
  'Text',
  'SSML',
  'PromptId',
  'LambdaFunctionARN',
  'QueueId',
  'ContactFlowId',
  'FlowModuleId',
  'HoursOfOperationId',
  'ComparisonValue',
  'TimeLimitSeconds',
  'LoopCount',
  'Attributes',
];

function about(parameters: Fields): string {
  const name = TELLING.find((each) => each in parameters);
  const value = name ? parameters[name] : undefined;
  if (isFields(value)) return Object.entries(value).map(([key, each]) => `${key} = ${text(each)}`).join(', ');
  const nested = value === undefined ? Object.values(parameters).find(isFields) : undefined;
  if (nested && Object.keys(nested).some((key) => TELLING.includes(key))) return about(nested);
  return shortened(text(value));
}

/** Of an ARN only what it names is of interest. */
function shortened(value: string): string {
  return value.startsWith('arn:') ? (value.split(/[/:]/).at(-1) ?? value) : value.replace(/\s+/g, ' ').trim();
}

function metadataOf(document: Fields): Fields {
  return fields(fields(document.Metadata).ActionMetadata);
}

// --- exports of before 2019 ---------------------------------------------------------------------------

function oldBlock(module: Fields): Block {
  const said = list(module.parameters).find((each) => /^(Text|Attribute|FunctionArn|Queue|ContactFlowId|PromptId)$/.test(text(each.name)));
  return {
    id: text(module.id),
    type: text(module.type),
    about: shortened(text(said?.value)),
    branches: list(module.branches).map(oldBranch),
    position: position(fields(module.metadata)),
  };
}

function oldBranch(branch: Fields): Branch {
  const condition = text(branch.condition);
  const label = condition === 'Evaluate' ? `${text(branch.conditionType)} ${text(branch.conditionValue)}`.trim() : condition;
  return { label, target: text(branch.transition), isError: /error/i.test(condition) };
}

// --- small helpers ------------------------------------------------------------------------------------

function position(metadata: Fields): Position | null {
  const { x, y } = fields(metadata.position);
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
