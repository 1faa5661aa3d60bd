import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { CallAudioOut } from '../../call/audio';
import { BrowserCall } from '../../call/call';
import { Rest } from '../api/rest';
import { TopicSocket } from '../api/socket';
import { useServices } from '../app/services';
import { drainAll, startAgentCall } from '../voice/index';
import type { AgentSetup } from '../api/types';
import { CallKeeper, maySound, RAW_CONSTRAINTS, type CallView } from './calls';
import { ColleagueLine, type LineView } from './colleagueLine';
import { calledColleague, voiceContact } from './model';
import { signalOf } from './signal';
import { DeskStore, type DeskView } from './store';

interface DeskContext {
  store: DeskStore;
  calls: CallKeeper;
  line: ColleagueLine;
  /** Lets this desk connect again after another one took over. */
  takeOver: () => void;
}

const Context = createContext<DeskContext | null>(null);

export function useDesk(): DeskContext & { view: DeskView; call: CallView; colleague: LineView } {
  const context = useContext(Context);
  if (!context) throw new Error('useDesk outside of DeskProvider');
  const view = useSyncExternalStore(context.store.watch, context.store.view);
  const call = useSyncExternalStore(context.calls.watch, context.calls.view);
  const colleague = useSyncExternalStore(context.line.watch, context.line.view);
  return { ...context, view, call, colleague };
}

interface Props {
  setup: AgentSetup;
  token: () => Promise<string | null>;
  children: ReactNode;
}

/** Connects the desk for as long as the agent is signed in, whichever page is open. */
export function DeskProvider({ setup, token, children }: Props): ReactNode {
  const { api, settings } = useServices();
  const [life, setLife] = useState(0);
  // A new life is a new desk: after a take-over nothing of the old one may linger.
  const desk = useMemo(() => ({ life, ...makeDesk({ api, setup, token, url: settings.websocketUrl }) }), [api, setup, token, settings, life]);

  useEffect(() => {
    const { store, calls, line, socket } = desk;
    const leave = store.watch(() => follow(store, calls, line));
    const online = (): void => socket.retryNow();
    window.addEventListener('online', online);
    socket.start();
    void calls.drain();
    return () => {
      window.removeEventListener('online', online);
      leave();
      calls.close();
      line.follow(null);
      store.hush();
      socket.stop();
    };
  }, [desk]);

  const context = useMemo(() => ({ store: desk.store, calls: desk.calls, line: desk.line, takeOver: () => setLife((known) => known + 1) }), [desk]);
  return <Context.Provider value={context}>{children}</Context.Provider>;
}

/** For tests: a desk that is already there. */
export const DeskContextProvider = Context.Provider;

function follow(store: DeskStore, calls: CallKeeper, line: ColleagueLine): void {
  const { agent, isSignedInElsewhere } = store.view().desk;
  calls.follow(isSignedInElsewhere ? null : voiceContact(agent));
  if (agent) line.follow(isSignedInElsewhere ? null : calledColleague(agent));
}

interface Parts {
  api: ReturnType<typeof useServices>['api'];
  setup: AgentSetup;
  token: () => Promise<string | null>;
  url: string;
}

function makeDesk({ api, setup, token, url }: Parts): { store: DeskStore; calls: CallKeeper; line: ColleagueLine; socket: TopicSocket } {
  const socket = new TopicSocket({ url: async () => `${url}?token=${encodeURIComponent(await freshToken(token))}` });
  const line = new ColleagueLine((view) => new BrowserCall(NO_DOOR, view));
  const store = new DeskStore({ socket, api, setup, drafts: sessionStorage, createSpeaker: () => new CallAudioOut(), now: Date.now, onLine: (ticket) => line.open(ticket) });
  const calls = new CallKeeper({
    start: startAgentCall,
    drain: () => drainAll(api.recordingGrant, api.finishRecording),
    signal: (contactId) => signalOf(socket, contactId),
    grant: api.recordingGrant,
    finish: api.finishRecording,
    iceServers: setup.iceServers,
    constraints: isRaw() ? RAW_CONSTRAINTS : undefined,
    mayStart: maySound,
    onProblem: (text) => store.notify('warning', text),
  });
  return { store, calls, line, socket };
}

/** A colleague's line is opened with a ticket that the desk was given: it asks no door for one. */
const NO_DOOR = new Rest({ base: '/api', token: () => Promise.resolve(null) });

async function freshToken(token: () => Promise<string | null>): Promise<string> {
  const fresh = await token();
  if (!fresh) throw new Error('nobody is signed in');
  return fresh;
}

function isRaw(): boolean {
  return /[?&]raw\b/.test(window.location.search + window.location.hash);
}
