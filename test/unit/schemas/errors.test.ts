import { readFileSync } from 'node:fs';
import { ERROR_CODES, CounterfoilError, asCounterfoilError } from '../../../schemas/contract/errors.ts';

test('docs/errors.md explains every code, with its disposition, and no other', () => {
  const page = readFileSync('docs/errors.md', 'utf8');
  const documented = [
    ...page.matchAll(/^\| *`([A-Z_]+)` *\| *([a-z-]+) *\| *[^ |\n].*\| *[^ |\n].*\|$/gm),
  ].map(([, code, disposition]) => [code, disposition]);
  expect(documented.sort()).toEqual(Object.entries(ERROR_CODES).sort());
});

test('a code has one disposition', () => {
  expect(new CounterfoilError('POSITION_LOST', 'gone').disposition).toBe('stop');
  expect(new CounterfoilError('TARGET_CONFLICT', 'deadlock').disposition).toBe('retry');
});

test('an error of ours passes unchanged, any other is wrapped with its cause', () => {
  const own = new CounterfoilError('INTERNAL', 'x', { remedy: 'y' });
  expect(asCounterfoilError(own, 'ROW_REJECTED', 'z')).toBe(own);
  const foreign = new TypeError('foreign');
  expect(asCounterfoilError(foreign, 'ROW_REJECTED', 'z')).toMatchObject({
    code: 'ROW_REJECTED',
    message: 'z',
    cause: foreign,
  });
});
