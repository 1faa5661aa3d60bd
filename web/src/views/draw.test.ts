import { afterEach, expect, test, vi } from 'vitest';
import { drawView, type Page } from './draw';
import { readView, type Answer } from './view';

const answers: Answer[] = [];

afterEach(() => {
  answers.length = 0;
  document.body.replaceChildren();
});

function show(type: string, props: Record<string, unknown>, page: Partial<Page> = {}): HTMLElement {
  const view = readView({ Content: { Actions: [], Template: { Body: [{ Type: type, Props: props }] } } })!;
  const drawn = drawView(view, { isOpen: true, onAnswer: (answer) => answers.push(answer), signIn: null, ...page });
  document.body.append(drawn);
  return drawn;
}

const press = (drawn: HTMLElement, label: string): void => [...drawn.querySelectorAll('button')].find((each) => each.textContent.startsWith(label))!.click();
const field = (drawn: HTMLElement, name: string): HTMLInputElement => drawn.querySelector<HTMLInputElement>(`[name="${name}"]`)!;

test('a form answers with all its fields by name, as they stand', () => {
  const drawn = show('Form', {
    Sections: [
      {
        Heading: 'You',
        Items: [
          { Type: 'FormInput', Name: 'name', Label: 'Name', DefaultValue: 'Ana', Required: true },
          { Items: [{ Type: 'Dropdown', Name: 'topic', Options: [{ Label: 'Sales', Value: 's' }], DefaultValue: 's' }, { Type: 'TextArea', Name: 'note' }] },
          { Type: 'RadioGroup', Name: 'size', Options: [{ Label: 'Small', Value: '1' }, { Label: 'Large', Value: '2' }], DefaultValue: '2' },
          { Type: 'Checkbox', Name: 'news' },
          { Type: 'Checkbox', Name: 'days', Options: [{ Value: 'Mon' }, { Value: 'Tue' }], DefaultValue: ['Mon'] },
        ],
      },
    ],
    Next: { Label: 'Send' },
  });
  field(drawn, 'note').value = 'urgent';
  field(drawn, 'news').checked = true;
  press(drawn, 'Send');

  expect(answers).toEqual([{ action: 'Submit', data: { FormData: { name: 'Ana', topic: 's', note: 'urgent', size: '2', news: 'true', days: ['Mon'] } } }]);
});

test('what a form must have is asked for before it is sent', () => {
  const drawn = show('Form', { Sections: [{ Items: [{ Type: 'FormInput', Name: 'name', Required: true }] }] });

  expect(field(drawn, 'name').required).toBe(true);
  expect(drawn.querySelector('label')!.textContent).toBe('name');
});

test('the ways out of a form are those that it names', () => {
  const drawn = show('Form', { Back: { Label: 'Go back' }, Cancel: {} });
  press(drawn, 'Go back');
  press(drawn, 'Cancel');

  expect(answers.map(({ action }) => action)).toEqual(['Back', 'Cancel']);
});

test('a list is answered by the entry, by its name if it has one of its own', () => {
  const drawn = show('List', { Items: [{ Heading: 'Sales', Id: 's-1' }, { Heading: 'Support', Description: 'when it is broken' }] });
  press(drawn, 'Sales');
  press(drawn, 'Support');

  expect(answers.map(({ data }) => data)).toEqual([{ actionName: 's-1' }, { actionName: 'Support' }]);
});

test('a card is chosen by one of its actions, or itself when it has none', () => {
  const drawn = show('Cards', {
    Cards: [{ Summary: { Id: 'c1', Heading: 'Trip' }, Detail: { Actions: ['Cancel it'] } }, { Summary: { Heading: 'Hotel' } }],
    NoMatchFound: { Label: 'Something else' },
  });
  press(drawn, 'Cancel it');
  press(drawn, 'Hotel');
  press(drawn, 'Something else');

  expect(answers).toEqual([
    { action: 'ActionSelected', data: { cardId: 'c1', actionName: 'Cancel it' } },
    { action: 'ActionSelected', data: { cardId: 'Hotel', actionName: 'Hotel' } },
    { action: 'NoMatchFound', data: {} },
  ]);
});

test('details are read, acted on, and confirmed', () => {
  const drawn = show('Detail', { Heading: 'Order 7', AttributeBar: [{ Label: 'State', Value: 'Sent' }], Sections: [{ Heading: 'To', Items: [{ Label: 'City', Value: 'Porto' }] }], Actions: ['Track'] });
  press(drawn, 'Track');
  press(show('Confirmation', { Heading: 'Done', Next: { Label: 'Fine' } }), 'Fine');

  expect(drawn.textContent).toContain('Order 7StateSentToCityPorto');
  expect(answers).toEqual([
    { action: 'ActionSelected', data: { actionName: 'Track' } },
    { action: 'Next', data: {} },
  ]);
});

test('a customer who signs in answers with the token, and nothing else', async () => {
  const signIn = vi.fn(() => Promise.resolve('token'));
  const drawn = show('SignIn', { UserPoolId: 'p', ClientId: 'c' }, { signIn });
  field(drawn, 'username').value = 'ana';
  field(drawn, 'password').value = 'secret';
  press(drawn, 'Sign in');
  await vi.waitFor(() => expect(answers).toEqual([{ action: 'SignedIn', data: { idToken: 'token' } }]));

  expect(signIn).toHaveBeenCalledWith({ userPoolId: 'p', clientId: 'c' }, 'ana', 'secret');
});

test('a customer who cannot sign in reads why, tries again, or goes on without', async () => {
  const drawn = show('SignIn', {}, { signIn: () => Promise.reject(new Error('That password is wrong.')) });
  field(drawn, 'username').value = field(drawn, 'password').value = 'x';
  press(drawn, 'Sign in');
  await vi.waitFor(() => expect(drawn.querySelector('[role=alert]')!.textContent).toBe('That password is wrong.'));
  press(drawn, 'Continue without');

  expect(answers).toEqual([{ action: 'OptedOut', data: {} }]);
});

test('a view that is over can be read and not answered', () => {
  const drawn = show('Confirmation', { Heading: 'Done' }, { isOpen: false });

  expect((drawn as HTMLFieldSetElement).disabled).toBe(true);
});

test('markup in what a flow says stays text, and a kind nobody knows shows what is in it', () => {
  const view = readView({ Content: { Template: { Body: [{ Type: 'Hologram', Content: ['<img src=x onerror=alert(1)>'] }] } } })!;
  const drawn = drawView(view, { isOpen: true, onAnswer: () => undefined, signIn: null });

  expect(drawn.querySelector('img')).toBeNull();
  expect(drawn.textContent).toBe('<img src=x onerror=alert(1)>');
});
