/** Times and lengths as people read them. */

/** `4:07`, `1:02:03`: how long something has taken or may still take. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const tail = `${hours ? pad(minutes) : minutes}:${pad(rest)}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** `4 min 7 s`, `45 s`, `1 h 2 min`: a length in running text. */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  return joined(Math.floor(whole / 3600), 'h', Math.floor(whole / 60) % 60, 'min');
}

export function secondsSince(iso: string, now: number): number {
  return (now - Date.parse(iso)) / 1000;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const EXACT = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

export function moment(iso: string | null): string {
  return iso ? MOMENT.format(new Date(iso)) : '–';
}

export function timeOfDay(iso: string): string {
  return TIME.format(new Date(iso));
}

export function exactTime(iso: string): string {
  return EXACT.format(new Date(iso));
}

/** `GetParticipantInput` reads as `Get participant input`. */
export function spaced(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.charAt(0) ?? '#';
  const last = words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : '';
  return (first + last).toUpperCase();
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
