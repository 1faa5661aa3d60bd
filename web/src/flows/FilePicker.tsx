import Button from '@cloudscape-design/components/button';
import { useRef, type ReactNode } from 'react';

interface Props {
  onPicked: (text: string, name: string) => void;
  onFailed: (reason: string) => void;
  children: string;
}

const LIMIT = 1024 * 1024; // bytes: what a flow may have

/** Reads one text file from the person's machine. */
export function FilePicker({ onPicked, onFailed, children }: Props): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const read = (file: File): void => {
    if (file.size > LIMIT) onFailed(`${file.name} is larger than 1 MB, the most a flow may have.`);
    else file.text().then((text) => onPicked(text, file.name), () => onFailed(`${file.name} could not be read.`));
  };
  return (
    <>
      <Button iconName="upload" onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json,text/plain"
        hidden
        aria-label={children}
        data-testid="flow-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // the same file can be chosen again
          if (file) read(file);
        }}
      />
    </>
  );
}
