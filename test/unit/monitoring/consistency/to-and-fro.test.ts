import type { TableShape } from '../../../../schemas/contract/table.ts';
import { claims, ClaimsBench } from './claims-bench.ts';

// Rows that go to and fro between two states, so fast that each look finds both sides as the look before it did.

const OWN = { namespace: 'own', name: 'tombstone' };
const BYTES = { type: { kind: 'bytes' }, nullable: true } as const;
const TEXT = { type: { kind: 'text' }, nullable: false } as const;

const tombstones: TableShape = {
  id: OWN,
  columns: [
    ...['table_namespace', 'table_name', 'row_key'].map((name) => ({ name, ...TEXT })),
    { name: 'version', ...BYTES },
  ],
  key: ['table_namespace', 'table_name', 'row_key'],
};

const version = (number: number) => Buffer.alloc(16, number);

let bench: ClaimsBench;
beforeEach(() => {
  const { id, columns, key } = claims('ap');
  bench = new ClaimsBench();
  bench.target.create({ id, columns: [...columns, { name: 'cf_version', ...BYTES }], key });
  bench.target.create(tombstones);
});

const check = () => bench.check({ tombstones: OWN });

test('a value that is the same in each look, of a row that was written in between, is no mismatch', async () => {
  bench.oa.push([1n, '1', null]);
  bench.target.beforeSnapshot = (number) => {
    bench.ap.splice(0, 1, [1n, '2', null, version(number)]);
  };
  expect(await check()).toMatchObject({ verdict: 'inconclusive', rounds: 5 });
});

test('a row that is missing in each look, and was deleted anew in between, is no mismatch', async () => {
  bench.oa.push([1n, '1', null]);
  bench.target.beforeSnapshot = (number) => {
    bench.target.rows('own.tombstone').splice(0, 1, ['ap', 'claim', '["1"]', version(number)]);
  };
  expect(await check()).toMatchObject({ verdict: 'inconclusive', rounds: 5 });
});

test('nor is one of a table that was cleared in between', async () => {
  bench.oa.push([1n, '1', null]);
  bench.target.beforeSnapshot = (number) => {
    bench.target.rows('own.tombstone').splice(0, 1, ['ap', 'claim', '*', version(number)]);
  };
  expect(await check()).toMatchObject({ verdict: 'inconclusive', rounds: 5 });
});

test('rows that nobody has written in between are named, with a look more when the first has not seen their version', async () => {
  bench.oa.push([1n, '1', null], [2n, '1', null], [3n, '3', null]);
  bench.ap.push([1n, '2', null, version(1)], [4n, '4', null, version(2)]);
  bench.target.rows('own.tombstone').push(['ap', 'claim', '["2"]', version(1)]);
  const report = await check();
  expect(report).toMatchObject({ verdict: 'mismatch', rounds: 3 });
  expect(report.tables).toMatchObject([{ missing: 2, extra: 1, different: 1 }]);
});

test('a row whose version somebody has taken away is named at once', async () => {
  bench.oa.push([1n, '1', null]);
  bench.ap.push([1n, '2', null, null]);
  expect(await check()).toMatchObject({ verdict: 'mismatch', rounds: 2, tables: [{ different: 1 }] });
});
