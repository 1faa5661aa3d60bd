import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Component, type ReactNode } from 'react';

/** Keeps a page that fails from taking the desk and its call down with it. */
export class ErrorBoundary extends Component<{ children: ReactNode; resetOn: string }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidUpdate(before: { resetOn: string }): void {
    if (before.resetOn !== this.props.resetOn && this.state.hasFailed) this.setState({ hasFailed: false });
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Alert
        type="error"
        header="This page could not be shown"
        action={<Button onClick={() => this.setState({ hasFailed: false })}>Show it again</Button>}
      >
        Your contacts are not affected: the desk keeps running. If it happens again, reload the page; nothing you typed is lost.
      </Alert>
    );
  }
}
