import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react';
import { lineOf, type Place } from './places';

export interface EditorHandle {
  /** Marks a part of the text and brings it into view. */
  show: (place: Place) => void;
}

interface Props {
  ref: Ref<EditorHandle>;
  text: string;
  isReadOnly: boolean;
  onChange: (text: string) => void;
}

const LINES_ABOVE = 6;

export function TextEditor({ ref, text, isReadOnly, onChange }: Props): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({
    show: ({ from, to }) => {
      const field = area.current;
      if (!field) return;
      const lineHeight = Number.parseFloat(getComputedStyle(field).lineHeight) || 18;
      field.setSelectionRange(from, to);
      field.scrollTop = (lineOf(field.value, from).line - LINES_ABOVE) * lineHeight;
      if (field.offsetParent) field.focus();
    },
  }));
  return (
    <textarea
      ref={area}
      className="tl-code"
      data-testid="flow-text"
      aria-label="The flow as JSON"
      value={text}
      readOnly={isReadOnly}
      spellCheck={false}
      wrap="off"
      autoCapitalize="off"
      autoCorrect="off"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
