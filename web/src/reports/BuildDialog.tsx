import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { ApiError, sentence } from '../api/errors';
import type { Grain } from '../api/types';
import { useServices } from '../app/services';
import { dayProblem, GRAINS, periodOf } from './model';

/** Asks for every report of one period; what is refused stands beside the field that is wrong. */
export function BuildDialog({ onClose, onAsked }: { onClose: () => void; onAsked: () => void }): ReactNode {
  const { api } = useServices();
  const [day, setDay] = useState(yesterday);
  const [grain, setGrain] = useState<Grain>('day');
  const [problem, setProblem] = useState<{ field: string | null; text: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const wrong = dayProblem(day, localDay(new Date()));
  const isOfPeriod = problem?.field === 'period';
  const build = (): void => {
    setBusy(true);
    setProblem(null);
    api.reports
      .build(periodOf(grain, day))
      .then(onAsked, (error: unknown) => setProblem({ field: error instanceof ApiError ? error.field : null, text: sentence(error) }))
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      visible
      header="Build reports for a period"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={wrong !== null} onClick={build} nativeButtonAttributes={{ 'data-testid': 'report-build-now' }}>
              Build
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {problem && !isOfPeriod && <Alert type="error">{problem.text}</Alert>}
        <FormField label="Period">
          <SegmentedControl
            label="Period"
            selectedId={grain}
            options={GRAINS.map((id) => ({ id, text: id.charAt(0).toUpperCase() + id.slice(1) }))}
            onChange={({ detail }) => {
              setGrain(detail.selectedId as Grain);
              setProblem(null);
            }}
          />
        </FormField>
        <FormField
          label={grain === 'day' ? 'Day' : `A day in the ${grain}`}
          description={`${wrong === null ? periodOf(grain, day) : 'A period'} in the center's time zone. Built again without a change, it stays the same revision.`}
          errorText={wrong ?? (isOfPeriod ? problem.text : null)}
        >
          <input
            className="tl-input"
            type="date"
            aria-label="Day"
            data-testid="report-day"
            value={day}
            onChange={(event) => {
              setDay(event.target.value);
              setProblem(null);
            }}
          />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

function yesterday(): string {
  const day = new Date();
  day.setDate(day.getDate() - 1);
  return localDay(day);
}

function localDay(day: Date): string {
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
