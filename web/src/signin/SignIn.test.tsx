import { afterEach, expect, test } from 'vitest';
import type { ElementWrapper } from '@cloudscape-design/components/test-utils/dom';
import { doing, render, unrender } from '../testing/render';
import type { Outcome } from './session';
import { SignIn } from './SignIn';

afterEach(unrender);

let isIn: boolean;
let tried: string[];

function page(outcome: Outcome): Promise<ElementWrapper> {
  isIn = false;
  tried = [];
  const signIn = (username: string, password: string): Promise<Outcome> => {
    tried.push(`${username}/${password}`);
    return Promise.resolve(outcome);
  };
  return render(<SignIn centerName="Acme" notice={null} signIn={signIn} onSignedIn={() => (isIn = true)} />);
}

async function fill(form: ElementWrapper, username: string, password: string): Promise<void> {
  const [name, secret] = form.findAllInputs();
  await doing(() => name!.setInputValue(username));
  await doing(() => secret!.setInputValue(password));
  await doing(() => form.find('[data-testid=sign-in-submit]')!.click());
}

test('the right password opens the center', async () => {
  const form = await page({ kind: 'signed-in' });

  await fill(form, ' ben ', 'secret');

  expect(tried).toEqual(['ben/secret']);
  expect(isIn).toBe(true);
});

test('a refusal is said and nothing opens', async () => {
  const form = await page({ kind: 'refused', message: 'The user name or the password is wrong.' });

  await fill(form, 'ben', 'wrong');

  expect(form.find('[role=alert]')!.getElement().textContent).toContain('The user name or the password is wrong.');
  expect(isIn).toBe(false);
});

test('an empty form is not sent', async () => {
  const form = await page({ kind: 'signed-in' });

  await doing(() => form.find('[data-testid=sign-in-submit]')!.click());

  expect(tried).toEqual([]);
  expect(form.find('[role=alert]')!.getElement().textContent).toContain('Enter your user name');
});

test('a temporary password must be replaced first', async () => {
  const chosen: string[] = [];
  const answer = (password: string): Promise<Outcome> => {
    chosen.push(password);
    return Promise.resolve({ kind: 'signed-in' });
  };
  const form = await page({ kind: 'new-password', answer });
  await fill(form, 'ben', 'temporary');
  expect(form.getElement().textContent).toContain('Choose a new password');

  await doing(() => form.findInput()!.setInputValue('my own'));
  await doing(() => form.find('[data-testid=sign-in-submit]')!.click());

  expect(chosen).toEqual(['my own']);
  expect(isIn).toBe(true);
});
