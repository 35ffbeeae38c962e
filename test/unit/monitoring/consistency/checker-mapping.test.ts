import { rowKeyOf } from '../../../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../../../schemas/contract/errors.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { mirrorInto } from '../fixtures.ts';
import { ClaimsBench, claims } from './claims-bench.ts';

let bench: ClaimsBench;
beforeEach(() => {
  bench = new ClaimsBench();
});

describe('a check through a mapping', () => {
  const refusing = (code: ErrorCode, over: Partial<Mapping> = {}): Mapping => {
    const mirror = mirrorInto('ap', { copiesRows: () => false });
    return {
      ...mirror,
      upsert: (shape, key, row) => {
        if (row['remark'] === 'bad') throw new CounterfoilError(code, 'refused');
        return mirror.upsert(shape, key, row);
      },
      ...over,
    };
  };

  test('names a row that the mapping refuses, present or not, and says where it is', async () => {
    bench.oa.push([1n, '1', 'bad'], [2n, '2', 'bad'], [3n, '3', null]);
    bench.ap.push([2n, '2', 'old'], [3n, '3', null]);
    const report = await bench.check({ mapping: refusing('CONTRACT_VIOLATION') });
    expect(report.verdict).toBe('mismatch');
    expect(report.tables[0]).toMatchObject({ missing: 1, different: 1 });
    expect(report.tables[0]?.reason).toMatch(/break their contract.*dead letters/);
    expect(report.tables[0]?.keys.map(({ code }) => code)).toEqual([
      'CONTRACT_VIOLATION',
      'CONTRACT_VIOLATION',
    ]);
  });

  test('is inconclusive when a refused row leads to no key', async () => {
    bench.oa.push([1n, '1', 'bad']);
    const mapping = refusing('MAPPING_FAILED', { delete: () => [] });
    const report = await bench.check({ mapping });
    expect(report.tables[0]).toMatchObject({ verdict: 'inconclusive' });
    expect(report.tables[0]?.reason).toMatch(/1 source rows break their contract/);
  });

  test('is inconclusive when the mapping itself fails, and quotes nothing', async () => {
    bench.oa.push([1n, '1', 'secret']);
    const mapping = mirrorInto('ap', {
      upsert: (_, __, row) => {
        throw new TypeError(`cannot map ${String(row['remark'])}`);
      },
    });
    const report = await bench.check({ mapping });
    expect(report).toMatchObject({ verdict: 'inconclusive', reason: 'the check failed (TypeError)' });
  });

  test('expects no row where the mapping makes none', async () => {
    const mirror = mirrorInto('ap', { copiesRows: () => false });
    const mapping: Mapping = {
      ...mirror,
      upsert: (shape, key, row) =>
        row['remark'] === 'draft' ? mirror.delete(shape, key) : mirror.upsert(shape, key, row),
    };
    bench.oa.push([1n, '1', 'draft'], [2n, '2', null]);
    bench.ap.push([2n, '2', null]);
    expect(await bench.check({ mapping })).toMatchObject({ verdict: 'match', tables: [{ rowsCompared: 1 }] });
    bench.ap.push([1n, '1', 'draft']);
    expect(await bench.check({ mapping })).toMatchObject({ verdict: 'mismatch', tables: [{ extra: 1 }] });
  });

  test('compares a row that becomes rows of two tables, under other keys', async () => {
    const total: TableShape = {
      id: { namespace: 'ap', name: 'total' },
      columns: [
        { name: 'no', type: { kind: 'text' }, nullable: false },
        { name: 'sum', type: { kind: 'decimal' }, nullable: false },
      ],
      key: ['no'],
    };
    const mirror = mirrorInto('ap', { copiesRows: () => false });
    const mapping: Mapping = {
      ...mirror,
      targets: (shape) => [...mirror.targets(shape), total],
      upsert: (shape, key, row) => {
        const cells = { no: `C${String(row['id'])}`, sum: row['amount'] ?? null };
        return [
          ...mirror.upsert(shape, key, row),
          { kind: 'upsert', table: total, key: rowKeyOf([cells.no]), cells },
        ];
      },
      delete: (shape, key) => {
        const no = `C${String(key[0])}`;
        return [
          ...mirror.delete(shape, key),
          { kind: 'delete', table: total, key: rowKeyOf([no]), keyCells: [no] },
        ];
      },
    };
    bench.oa.push([1n, '1', null], [2n, '2', null]);
    bench.ap.push([1n, '1', null], [2n, '2', null]);
    bench.target.create(total, [
      ['C1', '1'],
      ['C2', '2.5'],
      ['C3', '3'],
    ]);
    const report = await bench.check({ mapping });
    expect(
      report.tables.map(({ table, verdict, different, extra }) => [table, verdict, different, extra]),
    ).toEqual([
      ['ap.claim', 'match', 0, 0],
      ['ap.total', 'mismatch', 1, 1],
    ]);
    expect(report.tables[1]?.keys.map(({ key, columns }) => [key, columns])).toEqual(
      expect.arrayContaining([
        ['["C2"]', ['sum']],
        ['["C3"]', []],
      ]),
    );
  });

  test('is inconclusive when two source rows claim one target row', async () => {
    const mirror = mirrorInto('ap', { copiesRows: () => false });
    const one = (key: readonly unknown[]) => (key[0] === 2n ? [1n] : [key[0] as bigint]);
    const mapping: Mapping = {
      ...mirror,
      upsert: (shape, key, row) => mirror.upsert(shape, one(key), { ...row, id: one(key)[0] ?? null }),
      delete: (shape, key) => mirror.delete(shape, one(key)),
    };
    bench.oa.push([1n, '1', null], [2n, '2', null]);
    bench.ap.push([1n, '1', null]);
    expect(await bench.check({ mapping })).toMatchObject({ verdict: 'inconclusive' });
  });

  test('compares a text that the target keeps as JSON by its value', async () => {
    bench.target.create({
      ...claims('ap'),
      columns: claims('ap').columns.map((column) =>
        column.name === 'remark' ? { ...column, type: { kind: 'json' } } : column,
      ),
    });
    bench.oa.push([1n, '1', '{"b":1.50,"a":2}']);
    bench.ap.push([1n, '1', '{"a": 2, "b": 1.5}']);
    expect(await bench.check()).toMatchObject({ verdict: 'match' });
  });
});
