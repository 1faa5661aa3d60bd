/** Draws a chat and takes what the customer writes. */
import { sentence } from '../src/api/errors';
import type { Rest } from '../src/api/rest';
import { drawView, type SignIn } from '../src/views/draw';
import { BrowserChat, participantApi } from './chat';
import { openView, type Line } from './chatModel';
import { box, button, element, follow, input, make } from './dom';

export class ChatScreen {
  private readonly chat: BrowserChat;
  private readonly log = box('chat-log');
  private readonly text = element('chat-input', HTMLTextAreaElement);
  private readonly drawn = new Map<string, { shape: string; element: HTMLElement }>();

  constructor(
    rest: Rest,
    base: string,
    private readonly signIn: SignIn,
  ) {
    this.chat = new BrowserChat(rest, participantApi(base), () => this.show());
    box('chat-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.start();
    });
    box('chat-compose').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener('input', () => this.chat.typing());
    button('chat-end').addEventListener('click', () => void this.leave());
    setInterval(() => this.drawTyping(), 1000);
  }

  private async start(): Promise<void> {
    const name = input('chat-name').value.trim();
    if (!name) { this.fail('Please tell us your name.'); return; }
    box('chat-error').hidden = true;
    try {
      await this.chat.start(name);
      this.text.focus();
    } catch (error) {
      this.fail(sentence(error));
    }
  }

  private async leave(): Promise<void> {
    try {
      await this.chat.leave();
    } catch (error) {
      console.warn('leaving the chat', sentence(error)); // for the customer it is over all the same
    }
  }

  private send(): void {
    const text = this.text.value.trim();
    if (!text || this.chat.chat.phase !== 'open') return;
    this.text.value = '';
    void this.chat.send(text);
  }

  private fail(message: string): void {
    box('chat-error').textContent = message;
    box('chat-error').hidden = false;
    input('chat-name').focus();
  }

  private show(): void {
    const { phase, lines } = this.chat.chat;
    const isOpen = phase === 'starting' || phase === 'open';
    box('chat-form').hidden = isOpen;
    box('chat-screen').hidden = phase === 'idle';
    box('chat-screen').dataset.phase = phase;
    box('chat-reconnecting').hidden = !this.chat.isReconnecting;
    box('chat-compose').hidden = button('chat-end').hidden = !isOpen;
    button('chat-send').disabled = phase !== 'open';
    this.drawLines(lines);
    this.drawTyping();
  }

  /** Leaves alone what has not changed: somebody may be filling in a form there. */
  private drawLines(lines: readonly Line[]): void {
    const open = openView(this.chat.chat);
    const elements = lines.map((line) => this.elementOf(line, line === open));
    const isDrawn = elements.length === this.log.children.length && elements.every((element, at) => this.log.children[at] === element);
    if (isDrawn) return;
    follow(this.log, () => {
      for (const [at, element] of elements.entries()) {
        if (this.log.children[at] !== element) this.log.insertBefore(element, this.log.children[at] ?? null);
      }
      while (this.log.children.length > elements.length) this.log.lastChild?.remove();
    });
    const last = elements.at(-1);
    if (last?.classList.contains('me')) this.log.scrollTop = this.log.scrollHeight; // whoever writes looks at the end
    this.showTop(last);
  }

  /** A view is read from its beginning, even where it is longer than the log. */
  private showTop(last: HTMLElement | undefined): void {
    if (last?.classList.contains('shown')) this.log.scrollTop = Math.min(this.log.scrollTop, last.offsetTop - this.log.offsetTop - 8);
  }

  /** A view that is closed or opened again stays the same element, with what was filled in and unfolded. */
  private elementOf(line: Line, isOpen: boolean): HTMLElement {
    const shape = JSON.stringify(line);
    const known = this.drawn.get(line.id);
    if (known?.shape === shape) {
      const view = known.element.querySelector('fieldset');
      if (view) view.disabled = !isOpen;
      return known.element;
    }
    const element = this.drawLine(line, isOpen);
    this.drawn.set(line.id, { shape, element });
    return element;
  }

  private drawLine(line: Line, isOpen: boolean): HTMLElement {
    const item = make('li', line.who, line.view ? '' : line.text);
    item.dir = 'auto';
    if (line.view) {
      item.classList.add('shown');
      item.dataset.testid = 'chat-view';
      item.append(drawView(line.view, { isOpen, signIn: this.signIn, onAnswer: (answer) => void this.chat.answer(answer) }));
    }
    if (line.who === 'them' && line.name) item.prepend(make('span', 'meta', line.name));
    if (line.state === 'sending') item.append(make('span', 'meta', 'Sending…'));
    if (line.state === 'failed') {
      const again = document.createElement('button');
      again.type = 'button';
      again.textContent = 'Not sent. Try again';
      again.addEventListener('click', () => void this.chat.again(line));
      item.append(document.createElement('br'), again);
    }
    return item;
  }

  private drawTyping(): void {
    const typing = this.chat.chat.typing;
    const text = typing && typing.until > Date.now() ? `${typing.name} is typing…` : '';
    if (box('chat-typing').textContent !== text) box('chat-typing').textContent = text;
  }
}
