import { expect, test } from 'vitest';
import { ApiError } from './errors';
import { query, Rest } from './rest';
import { Trunkline } from './trunkline';

interface Call {
  url: string;
  init: RequestInit;
}

function answering(status: number, body: unknown): { rest: Rest; calls: Call[]; unauthorized: () => number } {
  const calls: Call[] = [];
  let unauthorized = 0;
  const rest = new Rest({
    base: '/api',
    token: () => Promise.resolve('t-1'),
    onUnauthorized: () => unauthorized++,
    fetch: (url, init) => {
      calls.push({ url: url as string, init: init ?? {} });
      return Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }));
    },
  });
  return { rest, calls, unauthorized: () => unauthorized };
}

async function refusal(status: number, body: unknown): Promise<ApiError> {
  const failure: unknown = await answering(status, body).rest.request('GET', '/v1/me').catch((error: unknown) => error);
  if (!(failure instanceof ApiError)) throw new Error('was not refused');
  return failure;
}

test('a request carries the token and its body as JSON', async () => {
  const { rest, calls } = answering(200, { ticketId: 'T-17' });

  await new Trunkline(rest).changeTicket('T 17', { version: 4, status: 'closed' });

  expect(calls).toEqual([
    {
      url: '/api/v1/tickets/T%2017',
      init: { method: 'PATCH', headers: { Authorization: 'Bearer t-1', 'Content-Type': 'application/json' }, body: '{"version":4,"status":"closed"}' },
    },
  ]);
});

test('filters that are not set are not asked for', async () => {
  const { rest, calls } = answering(200, { tickets: [] });

  await new Trunkline(rest).tickets({ status: 'open', owner: null });

  expect(calls[0]?.url).toBe('/api/v1/tickets?status=open');
  expect(query({})).toBe('');
});

test('a refusal carries the words and the field of the server', async () => {
  const error = await refusal(422, { error: 'Rejected', message: "status 'x' is not one of open", field: 'status', value: 'x' });

  expect(error).toMatchObject({ status: 422, message: "status 'x' is not one of open", field: 'status' });
});

test('a conflict brings what is stored and where it differs', async () => {
  const error = await refusal(409, { message: 'stale', current: { version: 5 }, difference: { status: { yours: 'open', theirs: 'closed' } } });

  expect(error).toMatchObject({ isConflict: true, current: { version: 5 }, difference: { status: { yours: 'open', theirs: 'closed' } } });
});

test('a gateway that answers with a page of its own becomes a sentence', async () => {
  expect((await refusal(502, '<html>Bad gateway</html>')).message).toBe('The center had a problem. Try again in a moment.');
  expect((await refusal(403, { Message: 'User is not authorized' })).message).toBe('User is not authorized');
});

test('an unreachable center is an error with status 0, not a crash', async () => {
  const rest = new Rest({ base: '/api', token: () => Promise.resolve(null), fetch: () => Promise.reject(new TypeError('Failed to fetch')) });

  await expect(rest.request('GET', '/v1/settings')).rejects.toMatchObject({ status: 0, message: 'The center cannot be reached. Check your network connection.' });
});

test('a session that ended is told to the page', async () => {
  const { rest, unauthorized } = answering(401, {});

  await rest.request('GET', '/v1/me').catch(() => undefined);

  expect(unauthorized()).toBe(1);
});
