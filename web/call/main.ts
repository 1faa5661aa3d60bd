/** The customer's page: call the center or chat with it. */
import { Rest } from '../src/api/rest';
import './call.css';
import { CallScreen } from './callScreen';
import { ChatScreen } from './chatScreen';
import { box, button } from './dom';
import { signInWith } from './signIn';

const BASE = '/api';
const TABS = ['call', 'chat'] as const;

const rest = new Rest({ base: BASE, token: () => Promise.resolve(null) });
const call = new CallScreen(rest);
new ChatScreen(rest, BASE, signInWith(rest));

function choose(name: (typeof TABS)[number]): void {
  for (const tab of TABS) {
    const isChosen = tab === name;
    box(`panel-${tab}`).hidden = !isChosen;
    button(`tab-${tab}`).setAttribute('aria-selected', String(isChosen));
    button(`tab-${tab}`).tabIndex = isChosen ? 0 : -1;
  }
}

for (const tab of TABS) {
  button(`tab-${tab}`).addEventListener('click', () => choose(tab));
  button(`tab-${tab}`).addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = tab === 'call' ? 'chat' : 'call';
    choose(other);
    button(`tab-${other}`).focus();
  });
}

document.addEventListener('keydown', (event) => {
  const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (isField || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (call.type(event.key)) event.preventDefault();
});

async function greet(): Promise<void> {
  const { centerName } = await rest.request<{ centerName: string }>('GET', '/v1/settings');
  document.title = `Call ${centerName}`;
  box('title').textContent = `Call ${centerName}`;
}

greet().catch((error: unknown) => console.warn('the center did not say its name', error));
