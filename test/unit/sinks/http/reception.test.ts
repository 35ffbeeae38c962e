import { receptionOf } from '../../../../sinks/http/reception.ts';
import { Standing } from '../../../../sinks/http/standing.ts';
import { retryAfter } from '../../../../sinks/http/transport.ts';

const NONE = { applied: [], absent: [], refused: [], retry: [] };

test.each([
  ['applied', [200, 201, 202, 204]],
  ['unauthorized', [401]],
  ['doubtful', [403, 404, 410]],
  ['misconfigured', [100, 301, 302, 307, 405, 406, 407, 415]],
  ['refused', [400, 402, 409, 411, 412, 413, 414, 422, 428, 431, 451]],
  ['throttled', [429]],
  ['unavailable', [408, 425, 500, 501, 502, 503, 504, 599]],
] as const)('%s is what these answers mean', (reception, statuses) => {
  for (const status of statuses) expect(receptionOf('PUT', status, NONE)).toBe(reception);
});

test('what is configured counts before what is usual', () => {
  const answers = { applied: [409, 412], absent: [404, 410], refused: [403], retry: [423] };
  expect(receptionOf('PUT', 409, answers)).toBe('known');
  expect(receptionOf('PUT', 403, answers)).toBe('refused');
  expect(receptionOf('PUT', 423, answers)).toBe('unavailable');
  expect(receptionOf('DELETE', 404, answers)).toBe('known');
  // Whoever is to be written and is not found is no deleted one.
  expect(receptionOf('PUT', 404, answers)).toBe('doubtful');
});

test('Retry-After comes as seconds or as a date', () => {
  const now = Date.parse('2026-03-01T00:00:00Z');
  expect(retryAfter('120', now)).toBe(120_000);
  expect(retryAfter('Sun, 01 Mar 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(retryAfter('Sat, 28 Feb 2026 00:00:30 GMT', now)).toBe(0);
  expect(retryAfter('soon', now)).toBeNull();
  expect(retryAfter(undefined, now)).toBeNull();
});

test('a doubtful answer speaks against its message while the endpoint takes others', () => {
  const standing = new Standing();
  standing.doubts();
  expect(standing.blamesMessage).toBe(false);
  standing.takes();
  for (let doubts = 1; doubts < 10; doubts += 1) standing.doubts();
  expect(standing.blamesMessage).toBe(true);
  standing.doubts();
  expect(standing.blamesMessage).toBe(false);
});
