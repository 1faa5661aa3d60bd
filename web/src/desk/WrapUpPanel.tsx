import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { DeskContact, OpenTicket, QueueSetup, ScreenPop } from '../api/types';
import { clock } from '../app/format';
import { useTick } from '../app/hooks';
import { AskCustomer } from '../tickets/AskCustomer';
import { useDesk } from './DeskProvider';
import { usePop } from './usePop';
import {
  answerSatisfied,
  blank,
  caution,
  chooseTicket,
  dispositionsFor,
  lengthOf,
  NEW_TICKET,
  NOTE_LIMIT,
  problems,
  queueNamed,
  TICKET_STATUSES,
  type Problems,
  type WrapUp,
} from './wrapUp';

const DEFAULT_SCRIPT = 'Thank the customer, say in one sentence what was agreed and what happens next, and ask whether anything is left open.';

/** After contact work of one contact; everything typed is kept until the server has taken it. */
export function WrapUpPanel({ contact }: { contact: DeskContact }): ReactNode {
  const { view, store } = useDesk();
  const { data: pop, reload } = usePop(contact.contactId);
  useEffect(reload, [reload]); // tickets may have moved while they talked, and their status is proposed
  const queue = useQueue(contact, pop);
  const [hasTried, setTried] = useState(false);
  const wrapUp = view.wrapUps[contact.contactId] ?? blank(contact);
  const edit = (part: Partial<WrapUp>): void => store.editWrapUp(contact.contactId, { ...wrapUp, ...part });
  const found = hasTried ? problems(wrapUp) : {};
  const submit = (): void => {
    setTried(true);
    void store.complete(contact.contactId);
  };
  return (
    <form
      className="tl-wrap-up"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SpaceBetween size="m">
        <Script text={queue?.closingScript ?? DEFAULT_SCRIPT} />
        <Checkbox
          checked={wrapUp.isSatisfied}
          onChange={({ detail }) => edit(answerSatisfied(wrapUp, detail.checked))}
          nativeInputAttributes={{ 'data-testid': 'wrap-satisfied' }}
        >
          Customer satisfied, no more questions?
        </Checkbox>
        <Outcome wrapUp={wrapUp} edit={edit} problem={found.disposition} queueId={queue?.id ?? null} />
        <TicketFields wrapUp={wrapUp} edit={edit} problem={found.subject} open={pop?.tickets ?? []} />
        <Note wrapUp={wrapUp} edit={edit} problem={found.note} />
        <Footer contact={contact} found={found} />
      </SpaceBetween>
    </form>
  );
}

/** The contact's queue with what was set up for it; a queue outside of the routing profile has only a name. */
function useQueue(contact: DeskContact, pop: ScreenPop | null): QueueSetup | null {
  const { store } = useDesk();
  return queueNamed(store.setup.routingProfile.queues, contact.queueName) ?? pop?.queue ?? null;
}

function Script({ text }: { text: string }): ReactNode {
  return (
    <aside className="tl-script" aria-label="Closing script">
      <strong>Before you close</strong>
      <p dir="auto">{text}</p>
    </aside>
  );
}

interface PartProps {
  wrapUp: WrapUp;
  edit: (part: Partial<WrapUp>) => void;
  problem: string | undefined;
}

function Outcome({ wrapUp, edit, problem, queueId }: PartProps & { queueId: string | null }): ReactNode {
  const { store } = useDesk();
  const options = dispositionsFor(store.setup.dispositions, queueId).map(({ id, label }) => ({ value: id, label }));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  return (
    <div ref={box}>
      <FormField stretch label="Outcome (required)" errorText={problem}>
        <Select
          data-testid="wrap-disposition"
          selectedOption={options.find(({ value }) => value === wrapUp.disposition) ?? null}
          options={options}
          placeholder="How did the contact end?"
          empty="No outcomes are set up for this queue"
          ariaRequired
          onChange={({ detail }) => edit({ disposition: detail.selectedOption.value ?? null })}
        />
      </FormField>
    </div>
  );
}

function TicketFields({ wrapUp, edit, problem, open }: PartProps & { open: readonly OpenTicket[] }): ReactNode {
  const choices = [
    { value: NEW_TICKET, label: 'New ticket' },
    ...open.map(({ ticketId, subject }) => ({ value: ticketId, label: subject, labelTag: ticketId })),
  ];
  const warning = caution(wrapUp);
  const isNew = wrapUp.ticket === NEW_TICKET;
  return (
    <SpaceBetween size="m">
      <div className="tl-wrap-ticket">
        <FormField label="Ticket">
          <Select
            data-testid="wrap-ticket"
            selectedOption={choices.find(({ value }) => value === wrapUp.ticket) ?? { value: wrapUp.ticket, label: wrapUp.ticket }}
            options={choices}
            onChange={({ detail }) => edit(chooseTicket(wrapUp, detail.selectedOption.value ?? NEW_TICKET, open))}
          />
        </FormField>
        <FormField label="Ticket status" warningText={warning ?? undefined}>
          <Select
            data-testid="wrap-ticket-status"
            selectedOption={TICKET_STATUSES.find(({ value }) => value === wrapUp.ticketStatus) ?? null}
            options={TICKET_STATUSES}
            onChange={({ detail }) => {
              const chosen = TICKET_STATUSES.find(({ value }) => value === detail.selectedOption.value);
              if (chosen) edit({ ticketStatus: chosen.value });
            }}
          />
        </FormField>
      </div>
      {wrapUp.ticketStatus === 'closed' && <AskCustomer value={wrapUp.askBy} onChoose={(askBy) => edit({ askBy })} />}
      {isNew && (
        <FormField stretch label="Subject" errorText={problem}>
          <Input
            value={wrapUp.subject}
            onChange={({ detail }) => edit({ subject: detail.value })}
            nativeInputAttributes={{ 'data-testid': 'wrap-subject', dir: 'auto' }}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

function Note({ wrapUp, edit, problem }: PartProps): ReactNode {
  const count = lengthOf(wrapUp.note);
  return (
    <FormField stretch label="Note" errorText={problem} constraintText={`${count.toLocaleString('en')} of ${NOTE_LIMIT.toLocaleString('en')} characters. Kept on this page until you complete.`}>
      <Textarea
        value={wrapUp.note}
        rows={5}
        placeholder="What was it about, what was agreed?"
        onChange={({ detail }) => edit({ note: detail.value })}
        nativeTextareaAttributes={{ 'data-testid': 'wrap-note', dir: 'auto' }}
      />
    </FormField>
  );
}

function Footer({ contact, found }: { contact: DeskContact; found: Problems }): ReactNode {
  const { view } = useDesk();
  const isIncomplete = Object.keys(found).length > 0;
  return (
    <div className="tl-wrap-foot">
      <Remaining endsAt={contact.acwEndsAt} />
      {isIncomplete && (
        <span className="tl-error" role="alert">
          Fill in what is marked above.
        </span>
      )}
      <Button
        variant="primary"
        formAction="submit"
        loading={view.busy.has(`complete:${contact.contactId}`)}
        disabled={view.connection !== 'open'}
        nativeButtonAttributes={{ 'data-testid': 'wrap-complete' }}
      >
        Complete
      </Button>
    </div>
  );
}

function Remaining({ endsAt }: { endsAt: string | null }): ReactNode {
  const { store } = useDesk();
  useTick(1000);
  if (!endsAt) return <span className="tl-secondary">Take the time you need; no new call comes before you complete.</span>;
  const seconds = (Date.parse(endsAt) - store.serverNow()) / 1000;
  if (seconds <= 0) return <Alert type="warning">The time is over; the center is ending the work with no outcome given.</Alert>;
  return (
    <span className={seconds < 15 ? 'tl-error' : 'tl-secondary'} role="timer" title="When the time is over, the center completes the work without an outcome">
      <span className="tl-timer">{clock(Math.ceil(seconds))}</span> left to complete
    </span>
  );
}
