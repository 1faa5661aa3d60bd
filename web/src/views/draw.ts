/** Draws a view with the browser's own elements, for pages with and without a framework. */
import './view.css';
import { button, make, paragraphs } from './elements';
import { drawInput, read, valueOf } from './inputs';
import { fields, isFields, list, strings, text, type Answer, type Component, type Fields, type Part, type View } from './view';

/** Signs in to the pool that a view names; the id token, or a rejection that says why not. */
export type SignIn = (pool: { userPoolId: string; clientId: string }, username: string, password: string) => Promise<string>;

export interface Page {
  /** False for a view that was answered, or replaced by another one. */
  isOpen: boolean;
  onAnswer: (answer: Answer) => void;
  signIn: SignIn | null;
}

/** The view as a group of elements; all of it is disabled once it cannot be answered any more. */
export function drawView(view: View, page: Page): HTMLElement {
  const box = document.createElement('fieldset');
  box.className = 'view';
  box.disabled = !page.isOpen;
  if (view.title) box.setAttribute('aria-label', view.title);
  box.append(...drawParts(view.body, page));
  return box;
}

type Draw = (component: Component, page: Page) => HTMLElement[];

const DRAW: Readonly<Record<string, Draw>> = {
  Form: drawForm,
  List: drawList,
  Cards: drawCards,
  Detail: ({ props }, page) => [...drawHead(props), ...drawDetail(props, (actionName) => page.onAnswer({ action: 'ActionSelected', data: { actionName } })), ...drawWays(props, page)],
  Confirmation: ({ props }, page) => [...drawHead(props), buttons([way('Next', props, page, true)])],
  SignIn: drawSignIn,
  Heading: ({ props, content }) => [make('h3', 'view-heading', wordsOf(props, content))],
  Text: ({ props, content }) => paragraphs(wordsOf(props, content)),
  AttributeBar: ({ props }) => drawPairs(props.Attributes),
  Button: ({ props }, page) => [buttons([button(text(props.Label) || text(props.Action), () => page.onAnswer({ action: text(props.Action), data: {} }))])],
};

function drawParts(parts: readonly Part[], page: Page): HTMLElement[] {
  return parts.flatMap((part) => {
    if (typeof part === 'string') return paragraphs(part);
    return DRAW[part.type]?.(part, page) ?? drawParts(part.content, page);
  });
}

function wordsOf(props: Fields, content: readonly Part[]): string {
  return text(props.Text) || content.filter((part) => typeof part === 'string').join(' ');
}

// --- what several kinds of views have -----------------------------------------------------------------

function drawHead(props: Fields): HTMLElement[] {
  const head = text(props.Heading) ? [make('h3', 'view-heading', text(props.Heading))] : [];
  const below = text(props.SubHeading) || text(props.Description);
  return [...head, ...paragraphs(below), ...drawPairs(props.AttributeBar)];
}

/** Labels and their values; nothing when there are none. */
function drawPairs(raw: unknown): HTMLElement[] {
  const pairs = list(raw);
  if (pairs.length === 0) return [];
  const box = document.createElement('dl');
  for (const pair of pairs) box.append(make('dt', '', text(pair.Label)), make('dd', '', text(pair.Value) || '–'));
  return [box];
}

const WAYS = ['Back', 'Previous', 'Cancel'] as const;

/** The ways out that the view has a label for. */
function drawWays(props: Fields, page: Page): HTMLElement[] {
  const ways = WAYS.filter((name) => isFields(props[name])).map((name) => way(name, props, page));
  return ways.length ? [buttons(ways)] : [];
}

function way(action: string, props: Fields, page: Page, isMain = false): HTMLButtonElement {
  return button(text(fields(props[action]).Label) || action, () => page.onAnswer({ action, data: {} }), isMain);
}

function buttons(all: HTMLElement[]): HTMLElement {
  const row = make('div', 'view-buttons', '');
  row.append(...all);
  return row;
}

// --- forms --------------------------------------------------------------------------------------------

function drawForm({ props, content }: Component, page: Page): HTMLElement[] {
  const form = document.createElement('form');
  const inputs: Fields[] = [];
  const add = (input: Fields): HTMLElement => {
    inputs.push(input);
    return drawInput(input);
  };
  const sections = list(props.Sections).map((section) => drawSection(section, add));
  const loose = content.flatMap((part) => (typeof part === 'string' ? paragraphs(part) : [add({ ...part.props, Type: part.type })]));
  const submit = button(text(fields(props.Next).Label) || 'Submit', () => undefined, true);
  submit.type = 'submit';
  submit.dataset.testid = 'view-submit';
  const ways = WAYS.filter((name) => isFields(props[name])).map((name) => way(name, props, page));
  form.append(...drawProblem(props), ...sections, ...loose, buttons([submit, ...ways]));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const filled = inputs.map((input) => [text(input.Name), valueOf(form, input)]);
    page.onAnswer({ action: 'Submit', data: { FormData: Object.fromEntries(filled) as Record<string, unknown> } });
  });
  return [...drawWizard(props), ...drawHead(props), form];
}

function drawSection(section: Fields, add: (input: Fields) => HTMLElement): HTMLElement {
  const box = make('div', 'view-section', '');
  if (text(section.Heading)) box.append(make('h4', '', text(section.Heading)));
  for (const item of list(section.Items)) {
    const row = Array.isArray(item.Items) ? list(item.Items) : [item];
    const line = make('div', 'view-row', '');
    line.append(...row.map(add));
    box.append(line);
  }
  return box;
}

function drawWizard(props: Fields): HTMLElement[] {
  const wizard = fields(props.Wizard);
  const words = [text(wizard.Heading), text(wizard.Selected)].filter(Boolean).join(': ');
  return words ? [make('p', 'view-step', words)] : [];
}

function drawProblem(props: Fields): HTMLElement[] {
  const problem = fields(props.ErrorText);
  const words = [text(problem.Header), text(problem.Content)].filter(Boolean).join(': ');
  if (!words) return [];
  const alert = make('p', 'view-problem', words);
  alert.setAttribute('role', 'alert');
  return [alert];
}

// --- choices ------------------------------------------------------------------------------------------

function drawList({ props }: Component, page: Page): HTMLElement[] {
  const choices = document.createElement('ul');
  choices.className = 'view-list';
  for (const item of list(props.Items)) {
    const heading = text(item.Heading);
    const choice = button(heading, () => page.onAnswer({ action: 'ActionSelected', data: { actionName: text(item.Id) || heading } }));
    choice.className = 'view-choice';
    if (text(item.Description)) choice.append(make('span', 'view-soft', text(item.Description)));
    const line = document.createElement('li');
    line.append(choice);
    choices.append(line);
  }
  return [...drawHead(props), choices, ...drawWays(props, page)];
}

function drawCards({ props }: Component, page: Page): HTMLElement[] {
  const cards = list(props.Cards).map((card) => drawCard(card, page));
  const none = isFields(props.NoMatchFound) ? [buttons([way('NoMatchFound', props, page)])] : [];
  return [...drawHead(props), ...cards, ...none, ...drawWays(props, page)];
}

/** A card that can be opened to see more and to choose; one without actions is chosen itself. */
function drawCard(card: Fields, page: Page): HTMLElement {
  const summary = fields(card.Summary);
  const detail = fields(card.Detail);
  const heading = text(summary.Heading);
  const choose = (actionName: string): void => page.onAnswer({ action: 'ActionSelected', data: { cardId: text(summary.Id) || heading, actionName } });
  const words = [text(summary.Description), text(summary.Status)].filter(Boolean).map((each) => make('span', 'view-soft', each));
  if (strings(detail.Actions).length === 0) {
    const choice = button(heading, () => choose(heading));
    choice.className = 'view-choice';
    choice.append(...words);
    return choice;
  }
  const box = document.createElement('details');
  box.className = 'view-card';
  const head = make('summary', '', heading);
  head.append(...words);
  box.append(head, ...drawHead(detail), ...drawDetail(detail, choose));
  return box;
}

function drawDetail(props: Fields, choose: (actionName: string) => void): HTMLElement[] {
  const sections = list(props.Sections).flatMap((section) => {
    const heading = text(section.Heading) ? [make('h4', '', text(section.Heading))] : [];
    const free = list(section.Items).flatMap((item) => paragraphs(text(item.TemplateString)));
    const pairs = list(section.Items).filter((item) => 'Label' in item);
    return [...heading, ...paragraphs(text(section.TemplateString)), ...drawPairs(pairs), ...free];
  });
  const actions = strings(props.Actions).map((name) => button(name, () => choose(name)));
  return [...sections, ...(actions.length ? [buttons(actions)] : [])];
}

// --- signing in ---------------------------------------------------------------------------------------

function drawSignIn({ props }: Component, page: Page): HTMLElement[] {
  const form = document.createElement('form');
  const username = drawInput({ Type: 'FormInput', Name: 'username', Label: 'User name', Required: true, Autocomplete: 'username' });
  const password = drawInput({ Type: 'FormInput', Name: 'password', Label: 'Password', InputType: 'password', Required: true, Autocomplete: 'current-password' });
  const problem = make('p', 'view-problem', '');
  problem.setAttribute('role', 'alert');
  problem.hidden = true;
  const submit = button(text(fields(props.Next).Label) || 'Sign in', () => undefined, true);
  submit.type = 'submit';
  submit.dataset.testid = 'view-sign-in';
  const without = button(text(fields(props.OptOut).Label) || 'Continue without signing in', () => page.onAnswer({ action: 'OptedOut', data: {} }));
  without.dataset.testid = 'view-opt-out';
  form.append(username, password, problem, buttons([submit, without]));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.hidden = true;
    const pool = { userPoolId: text(props.UserPoolId), clientId: text(props.ClientId) };
    const filled = new FormData(form);
    const signedIn = page.signIn?.(pool, read(filled, 'username'), read(filled, 'password')) ?? Promise.reject(new Error('Nobody can sign in here.'));
    signedIn.then(
      (idToken) => {
        submit.disabled = false; // it is the page that closes a view, and opens it again when the answer is refused
        page.onAnswer({ action: 'SignedIn', data: { idToken } });
      },
      (error: unknown) => {
        submit.disabled = false;
        problem.hidden = false;
        problem.textContent = error instanceof Error ? error.message : 'You could not be signed in.';
      },
    );
  });
  return [...drawHead({ ...props, Heading: text(props.Heading) || 'Please sign in' }), form];
}
