import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { RecordingLink } from '../api/types';
import { clock } from '../app/format';
import { useServices } from '../app/services';

interface Props {
  contactId: string;
  segment: string;
  seconds: number;
}

/** One recording to listen to. The link is asked for when it is played, since each one leaves an audit line. */
export function Recording({ contactId, segment, seconds }: Props): ReactNode {
  const { api } = useServices();
  const [link, setLink] = useState<RecordingLink | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const play = (): void => {
    setBusy(true);
    setProblem(null);
    api
      .recordingLink(contactId, segment)
      .then(setLink, (error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  if (link) {
    return (
      <audio
        className="tl-audio"
        src={link.url}
        controls
        autoPlay
        aria-label={`Recording of ${clock(link.seconds)}`}
        onError={() => {
          setLink(null);
          setProblem('The link has ended (it is good for 15 minutes). Play again for a new one.');
        }}
      />
    );
  }
  return (
    <span>
      <Button variant="inline-link" iconName="play" loading={isBusy} onClick={play} nativeButtonAttributes={{ 'data-testid': `play-${segment}` }}>
        {`Recording ${clock(seconds)}`}
      </Button>
      {problem && (
        <span role="alert">
          <StatusIndicator type="error">{problem}</StatusIndicator>
        </span>
      )}
    </span>
  );
}
