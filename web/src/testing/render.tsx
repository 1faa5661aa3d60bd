/** Draws components with a desk on a fake line around them. */

import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import createWrapper, { type ElementWrapper } from '@cloudscape-design/components/test-utils/dom';
import { Rest } from '../api/rest';
import { TopicSocket } from '../api/socket';
import { Trunkline } from '../api/trunkline';
import type { Agent, Me, Settings } from '../api/types';
import { ServicesContext } from '../app/services';
import { CallKeeper } from '../desk/calls';
import { ColleagueLine } from '../desk/colleagueLine';
import { DeskContextProvider } from '../desk/DeskProvider';
import { DeskStore } from '../desk/store';
import { FakeSpeaker } from './speaker';
import { PopCache, PopCacheContext } from '../desk/usePop';
import { NOW, pop, SETUP, snapshot } from './samples';
import { FakeSockets } from './sockets';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

const ME: Me = { username: 'ben', name: 'Ben Ortiz', groups: ['agent'], agent: SETUP };
const SETTINGS: Settings = { centerName: 'Acme', region: 'us-east-1', userPoolId: 'p', clientId: 'c', cognitoEndpoint: null, websocketUrl: 'ws://center/ws' };

type Answer = (method: string, path: string, body: unknown) => { status?: number; body: unknown };

const roots: { root: Root; box: HTMLElement }[] = [];

let boxes = 0;

/** Draws and waits until everything that was started has settled. */
export async function render(node: ReactNode): Promise<ElementWrapper> {
  const box = document.createElement('div');
  box.id = `box-${++boxes}`;
  document.body.append(box);
  const root = createRoot(box);
  roots.push({ root, box });
  await act(async () => {
    root.render(node);
    await settled();
  });
  const page = createWrapper().find(`#${box.id}`);
  if (!page) throw new Error('nothing was drawn');
  return page;
}

export async function unrender(): Promise<void> {
  for (const { root, box } of roots.splice(0)) {
    await act(async () => {
      root.unmount();
      await settled();
    });
    box.remove();
  }
}

/** Does something a person does and waits for what follows. */
export async function doing(action: () => unknown): Promise<void> {
  await act(async () => {
    action();
    await settled();
  });
}

export interface FakeDesk {
  store: DeskStore;
  sockets: FakeSockets;
  around: (node: ReactNode) => ReactNode;
  /** What was sent to the desk's topic with this type. */
  commands: (type: string) => Record<string, unknown>[];
  says: (message: unknown) => Promise<void>;
  accepts: () => Promise<void>;
}

export async function fakeDesk(state: Agent, answer: Answer = answerPop): Promise<FakeDesk> {
  const sockets = new FakeSockets();
  const api = fakeApi(answer);
  const socket = new TopicSocket({ url: () => Promise.resolve('ws://center/ws'), open: sockets.open });
  const store = new DeskStore({ socket, api, setup: SETUP, drafts: sessionStorage, createSpeaker: () => new FakeSpeaker(), now: () => NOW });
  socket.start();
  await settled();
  sockets.last.opens();
  sockets.last.says('trunkline/desk', snapshot(1, state));
  const on = (): Record<string, unknown>[] => sockets.last.on('trunkline/desk');
  const says = (message: unknown): Promise<void> => doing(() => sockets.last.says('trunkline/desk', message));
  return {
    store,
    sockets,
    says,
    commands: (type) => on().filter((command) => command.type === type),
    accepts: () => says({ type: 'reply', requestId: on().at(-1)?.requestId, ok: true }),
    around: (node) => withServices(<DeskContextProvider value={{ store, calls: silentCalls(), line: silentLine(), takeOver: () => undefined }}>{node}</DeskContextProvider>, api),
  };
}

export function withServices(node: ReactNode, api: Trunkline, groups = ME.groups): ReactNode {
  return (
    <ServicesContext.Provider value={{ api, me: { ...ME, groups }, settings: SETTINGS }}>
      <PopCacheContext.Provider value={new PopCache()}>{node}</PopCacheContext.Provider>
    </ServicesContext.Provider>
  );
}

/** Our REST door with the answers a test gives. */
export function fakeApi(answer: Answer): Trunkline {
  return new Trunkline(
    new Rest({
      base: '',
      token: () => Promise.resolve('t'),
      fetch: (url, init) => {
        const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
        const { status = 200, body: said } = answer(init?.method ?? 'GET', url as string, body);
        return Promise.resolve(new Response(JSON.stringify(said), { status }));
      },
    }),
  );
}

const answerPop: Answer = (_, path) => ({ body: path.endsWith('/pop') ? pop() : { items: [] } });

function silentLine(): ColleagueLine {
  return new ColleagueLine(() => {
    throw new Error('no line in tests');
  });
}

function silentCalls(): CallKeeper {
  return new CallKeeper({
    start: () => Promise.reject(new Error('no sound in tests')),
    drain: () => Promise.resolve(0),
    signal: () => ({ send: () => undefined, subscribe: () => () => undefined }),
    grant: () => Promise.resolve({ url: '', fields: {}, prefix: '' }),
    finish: () => Promise.resolve(),
    iceServers: [],
    constraints: undefined,
    mayStart: () => Promise.resolve(false),
    onProblem: () => undefined,
  });
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
