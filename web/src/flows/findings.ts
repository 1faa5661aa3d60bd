/** What is wrong with a flow or doubtful in it, by block, and what kinds of blocks there are. */

import type { Finding, Severity } from '../api/types';
import type { FlowDocument } from './document';

/** Problems as Amazon Connect words them, `What is wrong. Path: Actions[3].Type`, found in the document they are about. */
export function findingsOf(problems: readonly string[], flow: FlowDocument | null): Finding[] {
  return problems.map((problem) => {
    const [message = '', path = ''] = problem.split('. Path: ');
    const index = /^Actions\[(\d+)\]/.exec(path)?.[1];
    const block = index === undefined ? '' : (flow?.blocks[Number(index)]?.id ?? '');
    return { severity: 'PROBLEM', code: 'invalid', block, path, message };
  });
}

export function findingsByBlock(findings: readonly Finding[]): Map<string, Finding[]> {
  const byBlock = new Map<string, Finding[]>();
  for (const finding of findings) byBlock.set(finding.block, [...(byBlock.get(finding.block) ?? []), finding]);
  return byBlock;
}

export function worst(findings: readonly Finding[]): Severity | null {
  if (findings.some(({ severity }) => severity === 'PROBLEM')) return 'PROBLEM';
  return findings.length > 0 ? 'ADVICE' : null;
}

/** `2 problems, 1 hint`; null when there is nothing to say. */
export function summary(findings: readonly Finding[]): string | null {
  const problems = findings.filter(({ severity }) => severity === 'PROBLEM').length;
  const parts = [counted(problems, 'problem'), counted(findings.length - problems, 'hint')].filter(Boolean);
  return parts.length ? parts.join(', ') : null;
}

export function counted(count: number, what: string): string | null {
  if (count === 0) return null;
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export type Family = 'says' | 'asks' | 'decides' | 'sets' | 'calls' | 'goes';

/** What a block does, by the words of its type; old and new names alike. */
const FAMILIES: [RegExp, Family][] = [
  [/^(GetParticipantInput|ConnectParticipantWith|ShowView|GetUserInput|StoreUserInput|StoreCustomerInput|AuthenticateParticipant)/, 'asks'],
  [/^(Message|PlayPrompt|LoopPrompts|SendTo)/, 'says'],
  [/^(Compare|Check|Distribute|Loop|Wait|Resume)/, 'decides'],
  [/^(Invoke|Get|List|Evaluate|Load|CreateTask|CreateCase|CreateCustomerProfile|DataTable)/, 'calls'],
  [/^(Transfer|Disconnect|End|Return|Dequeue|Route|CreateCallback)/, 'goes'],
];

export function familyOf(type: string): Family {
  return FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'sets';
}
