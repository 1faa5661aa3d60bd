import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { Outcome } from './session';

interface Props {
  centerName: string;
  notice: string | null;
  signIn: (username: string, password: string) => Promise<Outcome>;
  onSignedIn: () => void;
}

type Answer = (password: string) => Promise<Outcome>;

export function SignIn({ centerName, notice, signIn, onSignedIn }: Props): ReactNode {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    if (!password || (!answer && !username.trim())) {
      setProblem(answer ? 'Choose a new password.' : 'Enter your user name and your password.');
      return;
    }
    setBusy(true);
    setProblem(null);
    const outcome = await (answer ? answer(password) : signIn(username.trim(), password));
    setBusy(false);
    if (outcome.kind === 'signed-in') onSignedIn();
    else if (outcome.kind === 'refused') setProblem(outcome.message);
    else {
      setAnswer(() => outcome.answer);
      setPassword('');
    }
  };

  return (
    <main className="tl-sign-in">
      <div className="tl-sign-in-brand">
        <img src="./favicon.svg" alt="" width={44} height={44} />
        <span>Trunkline</span>
      </div>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Container header={<Header variant="h1">{answer ? 'Choose a new password' : `Sign in to ${centerName}`}</Header>}>
          <Form
            actions={
              <Button variant="primary" formAction="submit" loading={isBusy} nativeButtonAttributes={{ 'data-testid': 'sign-in-submit' }}>
                {answer ? 'Save and sign in' : 'Sign in'}
              </Button>
            }
          >
            <SpaceBetween size="m">
              {notice && !problem && <Alert type="info">{notice}</Alert>}
              {problem && (
                <div role="alert">
                  <Alert type="error">{problem}</Alert>
                </div>
              )}
              {!answer && (
                <FormField label="User name">
                  <Input
                    autoFocus
                    autoComplete="username"
                    spellcheck={false}
                    value={username}
                    onChange={({ detail }) => setUsername(detail.value)}
                    nativeInputAttributes={{ 'data-testid': 'sign-in-username' }}
                  />
                </FormField>
              )}
              <FormField label={answer ? 'New password' : 'Password'} description={answer ? 'Your administrator gave you a temporary one.' : undefined}>
                <Input
                  type="password"
                  autoComplete={answer ? 'new-password' : 'current-password'}
                  value={password}
                  onChange={({ detail }) => setPassword(detail.value)}
                  nativeInputAttributes={{ 'data-testid': 'sign-in-password' }}
                />
              </FormField>
            </SpaceBetween>
          </Form>
        </Container>
      </form>
    </main>
  );
}
