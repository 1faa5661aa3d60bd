/** The pages of the console, who may see them, and their addresses behind the `#`. */

import type { Channel, Group, Me } from '../api/types';

export type Route =
  | { page: 'home' }
  | { page: 'desk' }
  | { page: 'live' }
  | { page: 'line'; queueId: string; channel: Channel }
  | { page: 'callbacks' }
  | { page: 'tickets' }
  | { page: 'ticket'; ticketId: string }
  | { page: 'reports' }
  | { page: 'feedback' }
  | { page: 'search' }
  | { page: 'contact'; contactId: string }
  | { page: 'flows' }
  | { page: 'flow'; flowId: string }
  | { page: 'prompts' }
  | { page: 'unknown'; path: string };

export const HREF = {
  home: '#/',
  desk: '#/desk',
  live: '#/live',
  line: (queueId: string, channel: Channel): string => `#/live/${encodeURIComponent(queueId)}/${channel}`,
  callbacks: '#/callbacks',
  tickets: '#/tickets',
  ticket: (ticketId: string): string => `#/tickets/${encodeURIComponent(ticketId)}`,
  reports: '#/reports',
  feedback: '#/feedback',
  search: '#/contacts',
  flows: '#/flows',
  flow: (flowId: string): string => `#/flows/${encodeURIComponent(flowId)}`,
  prompts: '#/prompts',
  contact: (contactId: string): string => `#/contacts/${encodeURIComponent(contactId)}`,
} as const;

const PLAIN: Record<string, Route> = {
  '': { page: 'home' },
  desk: { page: 'desk' },
  live: { page: 'live' },
  callbacks: { page: 'callbacks' },
  tickets: { page: 'tickets' },
  reports: { page: 'reports' },
  feedback: { page: 'feedback' },
  contacts: { page: 'search' },
  flows: { page: 'flows' },
  prompts: { page: 'prompts' },
};

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\?.*$/, '');
  const plain = PLAIN[path];
  if (plain) return plain;
  const [section, id, ...rest] = path.split('/');
  if (id && rest.length === 0) {
    if (section === 'tickets') return { page: 'ticket', ticketId: decode(id) };
    if (section === 'flows') return { page: 'flow', flowId: decode(id) };
    if (section === 'contacts') return { page: 'contact', contactId: decode(id) };
  }
  return lineRoute(section, id, rest) ?? { page: 'unknown', path };
}

/** `live/<queue>/<channel>`. */
function lineRoute(section: string | undefined, id: string | undefined, [channel, ...more]: string[]): Route | null {
  const isLine = section === 'live' && id && isChannel(channel) && more.length === 0;
  return isLine ? { page: 'line', queueId: decode(id), channel } : null;
}

export interface MenuEntry {
  text: string;
  href: string;
}

/** The side navigation of this person, in order; the first entry is where they start. */
export function menuOf(me: Me): MenuEntry[] {
  const entries: [boolean, MenuEntry][] = [
    [me.agent !== null, { text: 'Desk', href: HREF.desk }],
    [isAny(me, 'supervisor', 'admin'), { text: 'Live', href: HREF.live }],
    [isAny(me, 'supervisor', 'admin'), { text: 'Callbacks', href: HREF.callbacks }],
    [isAny(me, 'agent', 'supervisor'), { text: 'Tickets', href: HREF.tickets }],
    [isAny(me, 'supervisor'), { text: 'Feedback', href: HREF.feedback }],
    [isAny(me, 'agent', 'supervisor', 'admin'), { text: 'Contacts', href: HREF.search }],
    [isAny(me, 'supervisor', 'admin'), { text: 'Flows', href: HREF.flows }],
    [isAny(me, 'admin'), { text: 'Prompts', href: HREF.prompts }],
    [isAny(me, 'finance', 'supervisor', 'admin'), { text: 'Reports', href: HREF.reports }],
  ];
  return entries.filter(([isAllowed]) => isAllowed).map(([, entry]) => entry);
}

/** The menu entry a route belongs to. */
export function sectionOf(route: Route): string {
  switch (route.page) {
    case 'ticket':
      return HREF.tickets;
    case 'flow':
      return HREF.flows;
    case 'line':
      return HREF.live;
    case 'contact':
    case 'search':
      return HREF.search;
    case 'unknown':
    case 'home':
      return HREF.home;
    default:
      return HREF[route.page];
  }
}

/** Whether this person has that page at all; the server decides again for each request. */
export function mayOpen(me: Me, route: Route): boolean {
  const section = sectionOf(route);
  return section === HREF.home || menuOf(me).some((entry) => entry.href === section);
}

function isAny(me: Me, ...groups: Group[]): boolean {
  return groups.some((group) => me.groups.includes(group));
}

function isChannel(text: string | undefined): text is Channel {
  return text === 'VOICE' || text === 'CHAT' || text === 'TASK' || text === 'EMAIL';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
