/** Finds in a JSON text what a path such as `Actions[3].Transitions.NextAction` means, so that an editor can show it. */

export interface Place {
  from: number;
  to: number;
}

/** Where the value stands, or the nearest thing around it that is there; null when the text cannot be followed at all. */
export function placeOf(json: string, path: string): Place | null {
  const steps = [...path.matchAll(/[^.[\]]+/g)].map(([step]) => step);
  let place = valueAt(json, skipSpace(json, 0));
  for (const step of steps) {
    const inner: Place | null = place && childOf(json, place.from, step);
    if (!inner) break;
    place = inner;
  }
  return place;
}

/** Line and column, counted from one, of a place in the text. */
export function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** What is wrong with the text as JSON, in words and with its line; null when nothing is. */
export function syntaxProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = /position (\d+)/.exec(error.message)?.[1];
    const line = lineOf(text, at === undefined ? strangeAt(text) : Number(at)).line;
    const words = error.message.replace(/ in JSON.*$/s, '').replace(/, \.{0,3}".*$/s, '');
    return `This is no JSON, line ${line}: ${words}.`;
  }
}

const TOKEN = /\s*(?:[{}[\]:,]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null)/iy;

/** Where the first thing stands that JSON has no word for; its engine does not always say. */
function strangeAt(text: string): number {
  TOKEN.lastIndex = 0;
  let at = 0;
  while (TOKEN.test(text)) at = TOKEN.lastIndex;
  return skipSpace(text, at);
}

function childOf(json: string, from: number, step: string): Place | null {
  if (json[from] === '{') return members(json, from, (key) => key === step);
  if (json[from] === '[') return members(json, from, (_, index) => String(index) === step);
  return null;
}

/** The first member of an object or list that is wanted. */
function members(json: string, from: number, isWanted: (key: string, index: number) => boolean): Place | null {
  const isObject = json[from] === '{';
  let at = skipSpace(json, from + 1);
  for (let index = 0; at < json.length && !/[\]}]/.test(json[at] ?? ''); index++) {
    let key = '';
    if (isObject) {
      const name = valueAt(json, at);
      if (!name) return null;
      key = unquoted(json.slice(name.from, name.to));
      at = skipSpace(json, skipSpace(json, name.to) + 1);
    }
    const value = valueAt(json, at);
    if (!value) return null;
    if (isWanted(key, index)) return value;
    at = skipSpace(json, value.to);
    if (json[at] === ',') at = skipSpace(json, at + 1);
  }
  return null;
}

/** The value that begins here, with everything in it. */
function valueAt(json: string, from: number): Place | null {
  const first = json[from];
  if (first === undefined) return null;
  if (first === '"') return stringAt(json, from);
  if (first !== '{' && first !== '[') {
    const word = /^[^\s,\]}:]+/.exec(json.slice(from, from + 400))?.[0];
    return word ? { from, to: from + word.length } : null;
  }
  return nestAt(json, from);
}

function nestAt(json: string, from: number): Place | null {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const letter = json[at];
    if (letter === '"') at = (stringAt(json, at)?.to ?? json.length) - 1;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    if (depth === 0) return { from, to: at + 1 };
  }
  return null;
}

function stringAt(json: string, from: number): Place | null {
  for (let at = from + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return { from, to: at + 1 };
  }
  return null;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (/\s/.test(json[at] ?? '')) at++;
  return at;
}

function unquoted(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch (error) {
    if (error instanceof SyntaxError) return token;
    throw error;
  }
}
