import { scheduleOf } from '../../../../app/config/schedule.ts';
import { route } from '../../../../app/config/route-schema.ts';

const faults = (sync: object): readonly string[] => {
  const parsed = route.safeParse({
    ...{
      name: 'r',
      kind: 'mirror',
      source: 'oa',
      target: 'finance',
      namespace: 'm',
      include: ['oa.*'],
      sync,
    },
  });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('a month ends where its time zone is', () => {
  const schedule = scheduleOf('0 2 1 * *', 'Asia/Shanghai');
  const november = Date.UTC(2026, 9, 31, 18);
  const december = Date.UTC(2026, 10, 30, 18);
  expect(schedule.next(november)).toBe(december);
  expect([schedule.latest(december - 1), schedule.latest(december), schedule.latest(december + 999)]).toEqual(
    [november, december, december],
  );
});

test.each([
  ['0 2 1 *', 'five, six'],
  ['61 * * * *', 'Invalid value for minute'],
  ['0 0 31 2 *', 'no moment of'],
  ['2026-12-01T00:00:00', 'sync.cron'],
  ['', 'sync.cron'],
])('the schedule "%s" is refused', (cron, message) => {
  expect(faults({ mode: 'batch', cron })).toEqual([expect.stringContaining(message)]);
});

test('so is a time zone that is none, and a schedule for what streams', () => {
  expect(faults({ mode: 'batch', cron: '0 2 1 * *', timeZone: 'Asia/Nowhere' })).toEqual([
    expect.stringContaining('Asia/Shanghai'),
  ]);
  expect(faults({ mode: 'realtime', cron: '0 2 1 * *' })).toHaveLength(1);
  expect(faults({ mode: 'batch', cron: '0 2 1 * *', timeZone: 'Asia/Shanghai' })).toEqual([]);
});
