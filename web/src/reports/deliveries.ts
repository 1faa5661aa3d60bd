const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Addresses as somebody types them: by line, comma or semicolon, each once. */
export function addressesIn(typed: string): string[] {
  const found = typed.split(/[\s,;]+/).filter(Boolean);
  return [...new Set(found)];
}

/** What is wrong with the name of a new delivery, or null. */
export function deliveryProblem(name: string, taken: readonly string[]): string | null {
  if (!NAME.test(name)) return 'Small letters, digits and -, a letter first, at most 40.';
  return taken.includes(name) ? 'There is one of this name.' : null;
}
