/** Whether keys that are pressed there are text. Nothing may take the focus away from it, nor read its letters as commands. */
export function isEditing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}
