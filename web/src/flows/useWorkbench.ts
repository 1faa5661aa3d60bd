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
  takeTheirs: () => void;
  forget: () => void;
}

interface State {
  text: string;
  stored: string;
  findings: Finding[];
  draft: FlowDraft | null;
  /** The revision that the text was begun from; 0: from what is live. */
  basedOn: number;
  theirs: FlowDraft | null;
  problem: string | null;
  isBusy: boolean;
  wasKept: boolean;
}

/** `onDraft` is told of every draft that is stored or thrown away here. */
export function useWorkbench(flow: Flow, loaded: FlowContent, onDraft: (draft: FlowDraft | null) => void): Workbench {
  const { api } = useServices();
  const { flowId } = flow;
  const [state, setState] = useState(() => begin(flow, loaded));
  const change = useCallback((part: Partial<State>) => setState((known) => ({ ...known, ...part })), []);

  const type = (text: string): void => {
    keep(flowId, text, state.basedOn);
    change({ text });
  };

  const saveOn = async (basedOn: number): Promise<boolean> => {
    change({ isBusy: true, problem: null });
    try {
      const { draft, findings } = await api.flows.saveDraft(flowId, state.text, basedOn);
      forget(flowId);
      change({ draft, basedOn: draft.revision, findings, stored: state.text, theirs: null, wasKept: false, isBusy: false });
      onDraft(draft);
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
      forget(flowId);
      onDraft(null);
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
    save: () => saveOn(state.basedOn),
    saveOver: () => saveOn(state.theirs?.revision ?? 0),
    discard,
    takeTheirs: () => {
      forget(flowId);
      onDraft(state.theirs?.revision ? state.theirs : null);
    },
    forget: () => forget(flowId),
  };
}

/** What was typed and not saved before this page was loaded again comes first. */
function begin(flow: Flow, loaded: FlowContent): State {
  const text = sessionStorage.getItem(keyOf(flow.flowId)) ?? loaded.content;
  const revision = flow.draft?.revision ?? 0;
  const basedOn = Number(sessionStorage.getItem(basisOf(flow.flowId)) ?? revision);
  return {
    text,
    stored: loaded.content,
    findings: loaded.findings,
    draft: flow.draft,
    basedOn,
    theirs: basedOn === revision ? null : (flow.draft ?? NO_DRAFT),
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
const basisOf = (flowId: string): string => `${keyOf(flowId)}.based-on`;

function keep(flowId: string, text: string, basedOn: number): void {
  sessionStorage.setItem(keyOf(flowId), text);
  sessionStorage.setItem(basisOf(flowId), String(basedOn));
}

function forget(flowId: string): void {
  sessionStorage.removeItem(keyOf(flowId));
  sessionStorage.removeItem(basisOf(flowId));
}
