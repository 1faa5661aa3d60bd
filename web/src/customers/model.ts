/** Customers as they are found, read, made one and forgotten. */

import type { Customer, Erasure, MatchedBy } from '../api/customers';
import type { Group } from '../api/types';

const SHORTEST = 2;
const LONGEST = 200;

/** What is wrong with what is looked for; null when nothing is. */
export function searchProblem(text: string): string | null {
  const { length } = text.trim().replace(/\s+/g, ' ');
  if (length < SHORTEST) return `At least ${SHORTEST} characters.`;
  return length > LONGEST ? `At most ${LONGEST} characters.` : null;
}

export function nameOf({ name, customerId }: Pick<Customer, 'name' | 'customerId'>): string {
  return name || `Customer ${customerId}`;
}

const WAYS: Record<MatchedBy, string> = { id: 'id', ticket: 'ticket', phone: 'number', email: 'e-mail address', account: 'account number', name: 'name' };

/** `number, name`. */
export function waysText(ways: readonly MatchedBy[]): string {
  return ways.map((way) => WAYS[way]).join(', ');
}

/** Who may do what; the server decides again for each request. */
export function mayDo(groups: readonly Group[]): { read: boolean; merge: boolean; erase: boolean } {
  return { read: groups.includes('agent') || groups.includes('supervisor'), merge: groups.includes('supervisor'), erase: groups.includes('admin') };
}

export interface Fact {
  label: string;
  values: string[];
}

/** What is known of somebody, each kind with its values; kinds of which nothing is known are left out. */
export function factsOf(customer: Customer): Fact[] {
  const pairs = [...Object.entries(customer.details), ...Object.entries(customer.attributes)];
  const facts: Fact[] = [
    { label: 'Numbers', values: customer.phones },
    { label: 'E-mail addresses', values: customer.emails },
    { label: 'Language', values: customer.language ? [languageName(customer.language)] : [] },
    { label: 'Former names', values: customer.formerNames },
    { label: 'Former accounts', values: customer.formerAccounts },
    ...pairs.map(([label, value]) => ({ label, values: [value] })),
  ];
  return facts.filter(({ values }) => values.some(Boolean));
}

/** What the first would gain: the facts of the merged customer that it has not now. */
export function gainedBy(before: Customer, after: Customer): Fact[] {
  const known = new Map(factsOf(before).map(({ label, values }) => [label, values]));
  const named = before.name === after.name ? [] : [{ label: 'Name', values: [after.name] }];
  const gained = factsOf(after).map(({ label, values }) => ({ label, values: values.filter((value) => !known.get(label)?.includes(value)) }));
  return [...named, ...gained.filter(({ values }) => values.length > 0)];
}

export interface Progress {
  look: 'success' | 'in-progress' | 'pending';
  text: string;
}

export function progressOf({ erasedAt, doneAt, contactsLeft, ticketsLeft }: Erasure): Progress {
  const left = leftText(contactsLeft, ticketsLeft);
  if (!erasedAt) return { look: 'pending', text: `Not erased. There are ${left}.` };
  if (!doneAt) return { look: 'in-progress', text: `Name, numbers and addresses are gone. Left: ${left}.` };
  return { look: 'success', text: contactsLeft + ticketsLeft > 0 ? `Erased. Left: ${left}, which ended since.` : 'Erased.' };
}

/** Whether it is worth looking at again: it goes on, or was asked for and something is left. */
export function isGoingOn({ erasedAt, doneAt, contactsLeft, ticketsLeft }: Erasure, isAsked: boolean): boolean {
  const isBegun = erasedAt !== null && doneAt === null;
  return isBegun || (isAsked && (erasedAt === null || contactsLeft + ticketsLeft > 0));
}

function leftText(contacts: number, tickets: number): string {
  return `${counted(contacts, 'contact')} and ${counted(tickets, 'ticket')}`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' });

export function languageName(code: string): string {
  try {
    return LANGUAGES.of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}
