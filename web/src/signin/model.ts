/** What to tell a person whose sign-in did not work, by the user pool's error name. */

const SENTENCES: Record<string, string> = {
  NotAuthorizedException: 'The user name or the password is wrong.',
  UserNotFoundException: 'The user name or the password is wrong.',
  UserNotConfirmedException: 'This user is not confirmed yet. Ask your administrator.',
  PasswordResetRequiredException: 'Your password must be reset first. Ask your administrator.',
  InvalidPasswordException: 'The new password does not meet the rules of the center.',
  TooManyRequestsException: 'Too many attempts. Wait a minute, then try again.',
  LimitExceededException: 'Too many attempts. Wait a minute, then try again.',
  ResourceNotFoundException: 'The sign-in service does not know this center. Ask your administrator.',
};

const UNREACHABLE = 'The sign-in service cannot be reached. Check your network connection, then try again.';

/** One sentence for a failure of the user pool, whatever shape it came in. */
export function explain(error: unknown): string {
  const { name, code, message } = (error ?? {}) as { name?: string; code?: string; message?: string };
  const known = SENTENCES[code ?? ''] ?? SENTENCES[name ?? ''];
  if (known) return known;
  if (isUnreachable(name, code, message)) return UNREACHABLE;
  return message ?? UNREACHABLE;
}

/** Whether a session is over for good, so that only signing in again helps. */
export function isOver(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: string; code?: string };
  return code === 'NotAuthorizedException' || name === 'NotAuthorizedException';
}

/** Tokens are renewed this long before they end, so that no request carries a dying one. */
export const RENEW_BEFORE_SECONDS = 120;

export function needsRenewal(expiresAtSeconds: number, nowMs: number): boolean {
  return expiresAtSeconds - nowMs / 1000 < RENEW_BEFORE_SECONDS;
}

function isUnreachable(name: string | undefined, code: string | undefined, message: string | undefined): boolean {
  return code === 'NetworkError' || name === 'TypeError' || name === 'SyntaxError' || /network|fetch|unknown error/i.test(message ?? '');
}
