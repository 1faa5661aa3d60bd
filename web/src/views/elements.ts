/** Small elements that views are made of. */

export function make(tag: string, className: string, words: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = words;
  made.dir = 'auto';
  return made;
}

/** One paragraph per line of text. */
export function paragraphs(words: string): HTMLElement[] {
  return words
    .split(/\n+/)
    .filter((line) => line.trim() !== '')
    .map((line) => make('p', '', line));
}

export function button(label: string, onClick: () => void, isMain = false): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = isMain ? 'view-main' : '';
  made.textContent = label;
  made.addEventListener('click', onClick);
  return made;
}
