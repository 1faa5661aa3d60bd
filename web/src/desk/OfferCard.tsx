import Button from '@cloudscape-design/components/button';
import Icon from '@cloudscape-design/components/icon';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Agent, DeskContact, ScreenPop } from '../api/types';
import { length } from '../app/format';
import { useTick } from '../app/hooks';
import { HREF } from '../app/routes';
import { useDesk } from './DeskProvider';
import { isEditing } from './focus';
import { caller, CHANNELS, countdown, ringing } from './model';
import { usePop } from './usePop';
import { useRinging } from './useRinging';
import { UNASKED_MS, useShortcuts } from './useShortcuts';

/** The offer that rings now, above whatever page is open. */
export function OfferCard(): ReactNode {
  const { view, store } = useDesk();
  useTick(1000);
  const offer = ringing(view.desk, store.serverNow());
  const title = offer ? `Incoming ${CHANNELS[offer.channel].name}: ${caller(offer)}` : '';
  useRinging(offer?.offerId ?? null, title);
  return offer ? <Offer key={offer.offerId} offer={offer} /> : null;
}

function Offer({ offer }: { offer: DeskContact }): ReactNode {
  const { store, view } = useDesk();
  const card = useRef<HTMLDivElement>(null);
  const isBusy = view.busy.has(`offer:${offer.contactId}`);
  const isOnline = view.connection === 'open';
  const open = (): void => {
    store.select(offer.contactId);
    window.location.hash = HREF.desk;
  };
  const accept = (): void => void store.accept(offer).then((isDone) => isDone && open());
  /** Whoever types just now keeps the page and the keys. */
  const take = (): void => void store.accept(offer).then((isDone) => isDone && !isEditing(document.activeElement) && open());
  const reject = (): void => void store.reject(offer);
  useEffect(() => {
    if (isOnline && isTakenAtOnce(view.desk.agent, offer)) take();
  }, [isOnline]); // eslint-disable-line react-hooks/exhaustive-deps -- once for each offer, and again when the line is back
  useFocus(card);
  useShortcuts({ a: accept, r: reject }, UNASKED_MS);
  return (
    <div ref={card} className="tl-offer" data-testid="offer" role="alertdialog" aria-labelledby="tl-offer-title" aria-describedby="tl-offer-text">
      <Countdown offer={offer} />
      <div className="tl-offer-body">
        <div className="tl-offer-kind">
          <Icon name={CHANNELS[offer.channel].icon} /> Incoming {CHANNELS[offer.channel].name} · {offer.queueName}
        </div>
        <div id="tl-offer-title" className="tl-offer-title" dir="auto">
          {caller(offer)}
        </div>
        <div id="tl-offer-text" className="tl-secondary">
          <OfferText offer={offer} />
        </div>
      </div>
      <div className="tl-offer-actions">
        <Button
          variant="primary"
          iconName="check"
          loading={isBusy}
          disabled={!isOnline}
          onClick={accept}
          ariaLabel="Accept (A)"
          nativeButtonAttributes={{ 'data-testid': 'offer-accept' }}
        >
          Accept <kbd className="tl-kbd tl-kbd-primary">A</kbd>
        </Button>
        <Button iconName="close" disabled={isBusy || !isOnline} onClick={reject} ariaLabel="Reject (R)" nativeButtonAttributes={{ 'data-testid': 'offer-reject' }}>
          Reject <kbd className="tl-kbd">R</kbd>
        </Button>
      </div>
    </div>
  );
}

/** Agents set up so by an admin take offers without a click, but for calls that ring at a telephone of theirs, too. */
function isTakenAtOnce(agent: Agent | null, { channel }: DeskContact): boolean {
  return !!agent?.autoAccept && !(agent.forwardTo && channel === 'VOICE');
}

function OfferText({ offer }: { offer: DeskContact }): ReactNode {
  const { data: pop } = usePop(offer.contactId);
  if (!pop) return offer.customerName ? (offer.customerEndpoint ?? 'No number') : 'Looking up the customer…';
  const facts = [
    pop.subject?.name,
    offer.customerName ? offer.customerEndpoint : null,
    pop.initiationMethod === 'CALLBACK' ? 'wants to be called back' : null,
    `waited ${length(pop.waitSeconds)}`,
    pop.tickets.length ? `${pop.tickets.length} open ticket${pop.tickets.length === 1 ? '' : 's'}` : null,
    who(pop),
  ];
  return facts.filter(Boolean).join(' · ');
}

function who({ customer, candidates }: ScreenPop): string | null {
  if (customer) return null;
  return candidates.length ? `${candidates.length} customers share this number` : 'unknown customer';
}

const RADIUS = 25;
const ROUND = 2 * Math.PI * RADIUS;

function Countdown({ offer }: { offer: DeskContact }): ReactNode {
  const { store } = useDesk();
  useTick(250);
  const { seconds, share } = countdown(offer, store.serverNow());
  return (
    <svg className="tl-countdown" viewBox="0 0 60 60" role="timer" aria-label={`${seconds} seconds left to answer`} data-urgent={seconds <= 5}>
      <circle cx="30" cy="30" r={RADIUS} className="tl-countdown-track" />
      <circle cx="30" cy="30" r={RADIUS} className="tl-countdown-left" strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - share)} />
      <text x="30" y="31" dominantBaseline="middle" textAnchor="middle">
        {seconds}
      </text>
    </svg>
  );
}

/** Moves the focus to Accept, unless the agent is typing: then the keys keep going where they were. */
function useFocus(card: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    if (isEditing(document.activeElement)) return;
    const before = document.activeElement;
    card.current?.querySelector<HTMLElement>('[data-testid=offer-accept]')?.focus();
    return () => {
      // Nobody has the focus once the card is gone, unless the agent went on elsewhere, and stays there.
      const isFree = document.activeElement === document.body;
      if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [card]);
}
