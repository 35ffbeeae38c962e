import { withNotification } from '../../../../connectors/debezium/backfill-progress.ts';
import type { Backfill } from '../../../../connectors/debezium/backfill-progress.ts';
import { readAgainSignal } from '../../../../connectors/debezium/backfill-signal.ts';

const said = (id: string, type: string, additional_data: Record<string, string> = {}) => ({
  ...{ id, type, additional_data, timestamp: 7 },
  aggregate_type: 'Incremental Snapshot',
});
const told = (...all: ReturnType<typeof said>[]) =>
  all.reduce<readonly Backfill[]>(withNotification, []).map(({ id, state, chunks, rows, reason }) => ({
    ...{ id, state, chunks, rows, reason },
  }));
const started = (id: string) => said(id, 'STARTED', { data_collections: 'oa.a' });

describe('what a connector tells of its backfills', () => {
  test('to its end', () => {
    const scanned = said('1', 'TABLE_SCAN_COMPLETED', { status: 'SUCCEEDED', total_rows_scanned: '5' });
    const all = [started('1'), said('1', 'IN_PROGRESS'), said('1', 'IN_PROGRESS'), scanned];
    expect(told(...all)).toEqual([{ id: '1', state: 'running', chunks: 2, rows: 5, reason: null }]);
    expect(told(...all, said('1', 'COMPLETED'))[0]).toMatchObject({ state: 'completed' });
  });

  test('a table that was not read is a failure, whatever the end says', () => {
    const scanned = said('1', 'TABLE_SCAN_COMPLETED', { status: 'NO_PRIMARY_KEY' });
    expect(told(started('1'), scanned, said('1', 'COMPLETED'))[0]).toMatchObject({ state: 'failed' });
    expect(told(said('1', 'STARTED', { data_collections: '' }))[0]).toMatchObject({ state: 'failed' });
  });

  test('an end that somebody asked for, and one that is told under another name', () => {
    expect(told(started('1'), said('1', 'ABORTED'))[0]).toMatchObject({ state: 'cancelled' });
    expect(told(started('1'), started('2')).map(({ state }) => state)).toEqual(['joined', 'running']);
  });

  test('other notifications change nothing', () => {
    const initial = { ...said('1', 'COMPLETED'), aggregate_type: 'Initial Snapshot' };
    expect(told(started('1'), initial)[0]).toMatchObject({ state: 'running' });
  });
});

describe('the order to read a table again', () => {
  test('names it quoted, and gives the condition in parentheses', () => {
    const { data } = readAgainSignal('1', 'mariadb', { namespace: 'x-y', name: '报销 A$' }, 'a OR b');
    expect(JSON.parse(data)).toEqual({
      type: 'incremental',
      'data-collections': ['`x-y`.`报销 A$`'],
      'additional-conditions': [{ 'data-collection': '`x\\-y`\\.`报销\\x20A\\$`', filter: '(a OR b)' }],
    });
    const postgres = readAgainSignal('1', 'postgresql', { namespace: 'fin', name: 'V' }, null);
    expect(JSON.parse(postgres.data)).toEqual({ type: 'incremental', 'data-collections': ['"fin"."V"'] });
  });

  test('is refused for a name that would be taken for a pattern', () => {
    expect(() => readAgainSignal('1', 'mariadb', { namespace: 'a', name: 'b(c' }, null)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }) as Error,
    );
  });
});
