import { useEffect, useRef, type ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { drawView } from '../views/draw';
import { useDesk } from './DeskProvider';

/** The page of a guide that a flow shows the agent beside the contact. */
export function GuidePanel({ contact }: { contact: DeskContact }): ReactNode {
  const { view, store } = useDesk();
  const { contactId } = contact;
  const guide = view.guides[contactId];
  const isBusy = view.busy.has(`act:${contactId}`);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!guide) return;
    box.current?.replaceChildren(drawView(guide.view, { isOpen: !isBusy, signIn: null, onAnswer: (answer) => void store.act(contactId, guide, answer) }));
  }, [guide, isBusy, store, contactId]);
  return guide ? <div ref={box} className="tl-guide" data-testid="guide" /> : null;
}
