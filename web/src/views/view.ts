/** Views as they cross the doors: what a flow shows a person, and what the person answers. */

export const INTERACTIVE = 'application/vnd.amazonaws.connect.message.interactive';
export const INTERACTIVE_RESPONSE = `${INTERACTIVE}.response`;

export type Fields = Readonly<Record<string, unknown>>;

export interface Component {
  type: string;
  props: Fields;
  content: Part[];
}

export type Part = Component | string;

export interface View {
  title: string;
  /** What a person may answer. */
  actions: string[];
  body: Part[];
}

export interface Answer {
  action: string;
  data: Readonly<Record<string, unknown>>;
}

/** The view of a turn or a message; null when it is none. */
export function readView(raw: unknown): View | null {
  const content = fields(fields(raw).Content);
  const template = fields(content.Template);
  const body = parts(template.Body);
  if (body.length === 0) return null;
  return { title: text(fields(template.Head).Title) || headingOf(body), actions: strings(content.Actions), body };
}

/** The view in an interactive message of a chat. */
export function viewOf(message: string): View | null {
  return readView(fields(fields(parsed(message)).data).content);
}

/** What an interactive message says to whoever cannot see it as a view. */
export function messageText(message: string): string {
  const view = viewOf(message);
  if (view) return view.title || 'A form';
  const content = fields(fields(fields(parsed(message)).data).content);
  return text(content.title) || text(content.subtitle) || 'A choice';
}

export function answerMessage({ action, data }: Answer): string {
  return JSON.stringify({ templateType: 'ViewResource', action, data });
}

/** An answer in words, those of the view it answers where that is known: what was filled in, what was chosen. */
export function answerText(message: string, view: View | null = null): string {
  const { action, data, isHidden } = fields(parsed(message));
  if (isHidden === true) return 'Answered; what was said is not kept';
  const { FormData, actionName, cardId } = fields(data);
  const words = wordsOf(view);
  const filled = Object.entries(fields(FormData)).map(([name, value]) => `${asked(words.get(name) ?? name)} ${valueText(value, words)}`);
  if (filled.length > 0) return filled.join('\n');
  const chosen = [text(cardId), text(actionName)].filter(Boolean).map((each) => words.get(each) ?? each);
  return [...new Set(chosen)].join(': ') || ANSWERS[text(action)] || text(action) || 'Answered';
}

/** What the view calls its fields, options, entries and cards. */
function wordsOf(view: View | null): Map<string, string> {
  const words = new Map<string, string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (!isFields(node)) return;
    const { Name, Label, Options, Id, Heading } = node;
    if (text(Name) && text(Label)) words.set(text(Name), text(Label));
    for (const option of list(Options)) if (text(option.Label)) words.set(text(option.Value), text(option.Label));
    if (text(Id) && text(Heading)) words.set(text(Id), text(Heading));
    Object.values(node).forEach(visit);
  };
  visit(view?.body);
  return words;
}

const ANSWERS: Record<string, string> = { OptedOut: 'Goes on without signing in', SignedIn: 'Signed in', NoMatchFound: 'None of these', Next: 'Confirmed' };

function valueText(value: unknown, words: ReadonlyMap<string, string>): string {
  const all = Array.isArray(value) ? value.map(text) : [text(value)];
  return all.map((each) => words.get(each) ?? (YES_NO[each] ?? each)).join(', ') || '–';
}

/** A question keeps its own mark. */
function asked(label: string): string {
  return /[?:.!]$/.test(label) ? label : `${label}:`;
}

const YES_NO: Record<string, string> = { true: 'yes', false: 'no' };

function headingOf(body: readonly Part[]): string {
  const first = body[0];
  return typeof first === 'object' ? text(first.props.Heading) || text(first.props.Text) : (first ?? '');
}

function parts(raw: unknown): Part[] {
  if (typeof raw === 'string') return raw ? [raw] : [];
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((each: unknown): Part[] => {
    if (typeof each === 'string') return [each];
    return isFields(each) ? [{ type: text(each.Type), props: fields(each.Props), content: parts(each.Content) }] : [];
  });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter(Boolean) : [];
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
