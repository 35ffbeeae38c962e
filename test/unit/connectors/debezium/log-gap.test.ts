import { logGap } from '../../../../connectors/debezium/log-gap.ts';
import type { SourceLog } from '../../../../connectors/debezium/log-gap.ts';

describe('PostgreSQL', () => {
  const log = (confirmed: { lsn: bigint; lost: boolean } | null, end = 0x2_0000_0000n): SourceLog => ({
    kind: 'wal',
    slot: 'cf',
    confirmed,
    end,
  });
  const at = { lsn_commit: 0x1_0000_0010, lsn: 0x1_0000_0020 };

  test('a slot that stands at or behind what was captured has lost nothing', () => {
    expect(logGap('fin', at, log({ lsn: 0x1_0000_0010n, lost: false }))).toBeNull();
    expect(logGap('fin', at, log({ lsn: 5n, lost: false }))).toBeNull();
  });

  test.each([
    ['gone', null, '2/0', 'does not exist'],
    ['lost', { lsn: 5n, lost: true }, '2/0', 'has removed log'],
    ['made again', { lsn: 0x1_0000_0011n, lost: false }, '1/11', 'made again'],
  ])('a slot that is %s: the range is named', (_, confirmed, until, why) => {
    const gap = logGap('fin', at, log(confirmed));
    expect(gap).toMatchObject({ id: 'position-lost' });
    expect(gap?.title).toContain(`changes from 1/10 to ${until} are missing`);
    expect(gap?.title).toContain(why);
    expect(gap?.remedy).toContain('connectors resnapshot fin --yes');
  });

  test('a log that ends before what was captured has gone back', () => {
    expect(logGap('fin', at, log({ lsn: 1n, lost: false }, 0x1_0000_000fn))).toMatchObject({
      id: 'history-went-back',
    });
  });

  test('nothing is said before there is a position, and during a snapshot', () => {
    expect(logGap('fin', null, log(null))).toBeNull();
    expect(logGap('fin', { ...at, snapshot: 'INITIAL' }, log(null))).toBeNull();
  });
});

describe('MariaDB', () => {
  const log: SourceLog = {
    kind: 'binlog',
    files: [
      { name: 'b.000009', size: 100n },
      { name: 'b.000010', size: 50n },
    ],
  };
  const gap = (file: string, pos: number) => logGap('oa', { file, pos }, log);

  test('a position within the files has lost nothing', () => {
    expect(gap('b.000009', 100)).toBeNull();
    expect(gap('b.000010', 50)).toBeNull();
  });

  test('a file that was purged: the range is named', () => {
    expect(gap('b.000008', 77)).toMatchObject({
      id: 'position-lost',
      title: expect.stringContaining('changes from b.000008:77 to b.000009:4 are missing') as string,
    });
  });

  test.each([
    ['b.000010', 51],
    ['b.000011', 4],
  ])('%s:%i is not there yet: the history has gone back', (file, pos) => {
    expect(gap(file, pos)).toMatchObject({ id: 'history-went-back' });
  });
});
