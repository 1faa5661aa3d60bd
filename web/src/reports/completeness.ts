/** What was found of a day's records, in words. */

import type { Lack, Missing, Reconciliation } from '../api/reports';

export const LACKS: Record<Lack, string> = {
  RECORD: 'No contact record',
  ONE_RECORD: 'More than one contact record',
  AUDIO: 'No audio ever arrived',
  OBJECT: 'The recording is not in the bucket',
  CHECKSUM: 'Nobody can prove that the recording is what was stored',
};

/** What is still missing. */
export function openOf({ missing }: Reconciliation): Missing[] {
  return missing.filter(({ isRebuilt }) => !isRebuilt);
}

/** `1,000 contacts ended, with 998 records; 812 were recorded, in 1,037 segments.` */
export function countedText({ contacts, goingOn, records, recorded, segments }: Reconciliation): string {
  const goOn = goingOn ? ` (${count(goingOn)} still wrapped up)` : '';
  return `${count(contacts)} contacts ended${goOn}, with ${count(records)} records; ${count(recorded)} were recorded, in ${count(segments)} segments.`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
