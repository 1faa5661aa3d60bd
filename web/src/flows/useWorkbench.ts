/** The text of a flow under work: what is stored, what is typed, and what the server says of it. */

import { useCallback, useState } from 'react';
import { ApiError, sentence } from '../api/errors';
import type { Finding, Flow, FlowContent, FlowDraft } from '../api/types';
import { useServices } from '../app/services';
import { readDocument } from './document';
import { findingsOf } from './findings';

export interface Workbench {
  text: string;
  /** Whether the text differs from what is stored. */
  isDirty: boolean;
  findings: Finding[];
  draft: FlowDraft | null;
  /** The draft that somebody else has saved since this one was begun. */
  theirs: FlowDraft | null;
  problem: string | null;
  isBusy: boolean;
  wasKept: boolean;
  type: (text: string) => void;
  /** False when it was not saved. */
  save: () => Promise<boolean>;
  saveOver: () => Promise<boolean>;
  discard: () => Promise<boolean>;
  forget: () => void;
}

interface State {
  text: string;
  stored: string;
  findings: Finding[];
  draft: FlowDraft | null;
  theirs: FlowDraft | null;
  problem: string | null;
  isBusy: boolean;
  wasKept: boolean;
}

export function useWorkbench(flow: Flow, loaded: FlowContent): Workbench {
  const { api } = useServices();
  const { flowId } = flow;
  const [state, setState] = useState(() => begin(flow, loaded));
  const change = useCallback((part: Partial<State>) => setState((known) => ({ ...known, ...part })), []);

  const type = (text: string): void => {
    sessionStorage.setItem(keyOf(flowId), text);
    change({ text });
  };

  const saveOn = async (basedOn: number): Promise<boolean> => {
    change({ isBusy: true, problem: null });
    try {
      const { draft, findings } = await api.flows.saveDraft(flowId, state.text, basedOn);
      sessionStorage.removeItem(keyOf(flowId));
      change({ draft, findings, stored: state.text, theirs: null, wasKept: false, isBusy: false });
      return true;
    } catch (error) {
      change({ ...refused(error, state.text), isBusy: false });
      return false;
    }
  };

  const discard = async (): Promise<boolean> => {
    change({ isBusy: true, problem: null });
    try {
      if (state.draft) await api.flows.discardDraft(flowId);
      sessionStorage.removeItem(keyOf(flowId));
      return true;
    } catch (error) {
      change({ problem: sentence(error), isBusy: false });
      return false;
    }
  };

  return {
    ...state,
    isDirty: state.text !== state.stored,
    type,
    save: () => saveOn(state.draft?.revision ?? 0),
    saveOver: () => saveOn(state.theirs?.revision ?? 0),
    discard,
    forget: () => sessionStorage.removeItem(keyOf(flowId)),
  };
}

/** What was typed and not saved before this page was loaded again comes first. */
function begin(flow: Flow, loaded: FlowContent): State {
  const kept = sessionStorage.getItem(keyOf(flow.flowId));
  const text = kept ?? loaded.content;
  return {
    text,
    stored: loaded.content,
    findings: loaded.findings,
    draft: flow.draft,
    theirs: null,
    problem: null,
    isBusy: false,
    wasKept: text !== loaded.content,
  };
}

function refused(error: unknown, text: string): Partial<State> {
  if (error instanceof ApiError && error.isConflict) return { theirs: (error.current as FlowDraft | null) ?? NO_DRAFT };
  if (error instanceof ApiError && error.problems.length > 0) {
    return { problem: 'Mend what is listed beside it first. Until then the text is kept on this computer.', findings: findingsOf(error.problems, readDocument(text)) };
  }
  return { problem: sentence(error) };
}

/** Somebody threw the draft away, or published it. */
const NO_DRAFT: FlowDraft = { revision: 0, savedAt: null, savedBy: null };

const keyOf = (flowId: string): string => `trunkline.flow.${flowId}`;
