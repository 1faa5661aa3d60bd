import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, expect, test } from 'vitest';
import { agent } from '../testing/samples';
import { doing, fakeDesk, render, unrender } from '../testing/render';
import { ForwardCalls } from './ForwardCalls';

afterEach(unrender);

const in_ = (testId: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid=${testId}]`)!;

async function open(forwardTo: string | null) {
  const state = { ...agent(), forwardTo };
  const desk = await fakeDesk(state);
  await render(desk.around(<ForwardCalls agent={state} />));
  await doing(() => in_('forward').click());
  return desk;
}

test('an agent names a telephone, and the center is told', async () => {
  const desk = await open(null);

  await doing(() => createWrapper().findModal()!.findContent().findInput()!.setInputValue(' +12025550155 '));
  await doing(() => in_('forward-save').click());

  expect(desk.commands('forward')).toMatchObject([{ phoneNumber: '+12025550155' }]);
});

test('what is wrong with the number is said beside it', async () => {
  const desk = await open(null);
  await doing(() => createWrapper().findModal()!.findContent().findInput()!.setInputValue('+19005550123'));
  await doing(() => in_('forward-save').click());
  const { requestId } = desk.commands('forward')[0]!;

  await desk.says({ type: 'reply', requestId, ok: false, error: { message: 'calls to that number cost extra' } });

  expect(createWrapper().findModal()!.findContent().findFormField()!.findError()!.getElement().textContent).toContain('cost extra');
});

test('where calls ring is shown, and can be ended', async () => {
  const desk = await open('+12025550155');
  expect(in_('forward').textContent).toContain('Also ringing at +12025550155');

  await doing(() => in_('forward-off').click());

  expect(desk.commands('forward')).toMatchObject([{ phoneNumber: null }]);
});
