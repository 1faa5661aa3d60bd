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
  | { page: 'schedules' }
  | { page: 'rewards' }
  | { page: 'report'; report: string; period: string }
  | { page: 'customers' }
  | { page: 'customer'; customerId: string }
  | { page: 'search' }
  | { page: 'contact'; contactId: string }
  | { page: 'flows' }
  | { page: 'flow'; flowId: string }
  | { page: 'prompts' }
  | { page: 'outcomes' }
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
  schedules: '#/reports/schedules',
  rewards: '#/rewards',
  report: (report: string, period: string): string => `#/reports/${encodeURIComponent(report)}/${encodeURIComponent(period)}`,
  customers: '#/customers',
  customer: (customerId: string): string => `#/customers/${encodeURIComponent(customerId)}`,
  search: '#/contacts',
  flows: '#/flows',
  flow: (flowId: string): string => `#/flows/${encodeURIComponent(flowId)}`,
  prompts: '#/prompts',
  outcomes: '#/outcomes',
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
  'reports/schedules': { page: 'schedules' },
  rewards: { page: 'rewards' },
  customers: { page: 'customers' },
  contacts: { page: 'search' },
  flows: { page: 'flows' },
  prompts: { page: 'prompts' },
  outcomes: { page: 'outcomes' },
};

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\?.*$/, '');
  const plain = PLAIN[path];
  if (plain) return plain;
  const [section, id, ...rest] = path.split('/');
  const named = id && rest.length === 0 ? NAMED[section ?? '']?.(decode(id)) : null;
  return named ?? lineRoute(section, id, rest) ?? reportRoute(section, id, rest) ?? { page: 'unknown', path };
}

/** `<section>/<id>`. */
const NAMED: Record<string, (id: string) => Route> = {
  tickets: (ticketId) => ({ page: 'ticket', ticketId }),
  flows: (flowId) => ({ page: 'flow', flowId }),
  contacts: (contactId) => ({ page: 'contact', contactId }),
  customers: (customerId) => ({ page: 'customer', customerId }),
};

/** `reports/<report>/<period>`. */
function reportRoute(section: string | undefined, report: string | undefined, [period, ...more]: string[]): Route | null {
  const isReport = section === 'reports' && report && period && more.length === 0;
  return isReport ? { page: 'report', report: decode(report), period: decode(period) } : null;
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
    [isAny(me, 'agent', 'supervisor', 'admin'), { text: 'Customers', href: HREF.customers }],
    [isAny(me, 'agent', 'supervisor', 'admin'), { text: 'Contacts', href: HREF.search }],
    [isAny(me, 'supervisor', 'admin'), { text: 'Flows', href: HREF.flows }],
    [isAny(me, 'admin'), { text: 'Prompts', href: HREF.prompts }],
    [isAny(me, 'supervisor', 'admin'), { text: 'Outcomes', href: HREF.outcomes }],
    [isAny(me, 'finance', 'supervisor', 'admin'), { text: 'Reports', href: HREF.reports }],
    [isAny(me, 'agent', 'finance', 'admin'), { text: 'Rewards', href: HREF.rewards }],
  ];
  return entries.filter(([isAllowed]) => isAllowed).map(([, entry]) => entry);
}

/** The menu entry of pages that have none of their own. */
const SECTIONS: Partial<Record<Route['page'], string>> = {
  ticket: HREF.tickets,
  flow: HREF.flows,
  line: HREF.live,
  report: HREF.reports,
  schedules: HREF.reports,
  customer: HREF.customers,
  contact: HREF.search,
  unknown: HREF.home,
};

/** The menu entry a route belongs to. */
export function sectionOf({ page }: Route): string {
  const section = SECTIONS[page] ?? HREF[page as keyof typeof HREF];
  return typeof section === 'string' ? section : HREF.home;
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
