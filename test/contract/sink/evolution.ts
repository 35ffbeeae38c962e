import type { LogicalType, SchemaPolicy, TableShape } from '../../../schemas/contract/table.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

const EVOLVE: SchemaPolicy = { add: 'evolve', widen: 'evolve', drop: 'ignore' };

export function describeEvolution(current: () => Subject): void {
  describe('source tables that change', () => {
    const table = (name: string, types: Record<string, LogicalType>, schemaPolicy = EVOLVE): TableShape => ({
      ...current().table(name, { id: { kind: 'int', bits: 64 }, ...types }, ['id']),
      schemaPolicy,
    });

    /** Types as they were and as they are now, with a value that fits the second alone. */
    test.each<[string, LogicalType, LogicalType, string | number | bigint, string | number | bigint]>([
      ['int', { kind: 'int', bits: 16 }, { kind: 'int', bits: 64 }, 7, 9_007_199_254_740_993n],
      [
        'decimal',
        { kind: 'decimal', precision: 6, scale: 2 },
        { kind: 'decimal', precision: 12, scale: 4 },
        '1234.56',
        '12345678.1234',
      ],
      [
        'digits before the point only',
        { kind: 'decimal', precision: 6, scale: 4 },
        { kind: 'decimal', precision: 8, scale: 2 },
        '12.3456',
        '123456.78',
      ],
      [
        'unsigned',
        { kind: 'int', bits: 64 },
        { kind: 'decimal', precision: 20, scale: 0 },
        -9_223_372_036_854_775_808n,
        '18446744073709551615',
      ],
      ['text', { kind: 'text', maxLength: 5 }, { kind: 'text', maxLength: 50 }, 'short', 'longer than five'],
      ['text in place of a number', { kind: 'int', bits: 32 }, { kind: 'text' }, 7, 'seven'],
      [
        'timestamp',
        { kind: 'timestamp', fraction: 0 },
        { kind: 'timestamp', fraction: 6 },
        '2024-02-29 23:59:59',
        '2024-02-29 23:59:59.123456',
      ],
    ])('%s: a column becomes wider and keeps what it holds', async (_, before, after, old, value) => {
      const sink = await current().readySink();
      const name = uniqueName('wider');
      const partition = await Partition.claimed(sink);
      const narrow = table(name, { amount: before });
      await sink.apply(partition.batch({ upserts: [upserts(narrow, [{ id: 1n, amount: old }, v(1)])] }));
      const wide = table(name, { amount: after });
      await sink.apply(partition.batch({ upserts: [upserts(wide, [{ id: 2n, amount: value }, v(2)])] }));
      // an event of before that comes late
      await sink.apply(partition.batch({ upserts: [upserts(narrow, [{ id: 3n, amount: old }, v(3)])] }));
      const stored = (await current().rows(wide)).map(({ amount }) => amount);
      expect(stored.map((cell) => plain(cell, after))).toEqual(
        [old, value, old].map((cell) => plain(cell, after)),
      );
      expect(await sink.planTable(wide)).toEqual([]);
      expect(await sink.planTable(narrow)).toEqual([]);
    });

    test('a key becomes wider, and its rows stay the same rows', async () => {
      const sink = await current().readySink();
      const name = uniqueName('wider_key');
      const shapeOf = (bits: 32 | 64): TableShape => {
        const key = { kind: 'int', bits } as const;
        return {
          ...current().table(name, { id: key, title: { kind: 'text' } }, ['id']),
          schemaPolicy: EVOLVE,
        };
      };
      const [narrow, wide] = [shapeOf(32), shapeOf(64)];
      const [one, two] = [await Partition.claimed(sink), await Partition.claimed(sink)];
      const row = (id: number | bigint) => ({ id, title: 'a' });
      await sink.apply(one.batch({ upserts: [upserts(narrow, [row(1), v(1)], [row(2), v(1)])] }));
      await sink.apply(
        two.batch({
          upserts: [upserts(wide, [row(9_007_199_254_740_993n), v(5)])],
          deletes: [deletes(wide, [[2n], v(6)], [[3n], v(6)])],
        }),
      );
      // events of before that come late: the rows have been deleted since
      const { withheld } = await sink.apply(
        one.batch({ upserts: [upserts(narrow, [row(2), v(2)], [row(3), v(3)])] }),
      );
      expect(withheld.map(({ reason }) => reason)).toEqual(['superseded', 'superseded']);
      expect(await current().rows(wide)).toEqual([row(1n), row(9_007_199_254_740_993n)]);
    });

    test('a column that was renamed at the source and then in the target goes on with its values', async () => {
      const sink = await current().readySink();
      const name = uniqueName('renamed');
      const policy: SchemaPolicy = { add: 'stop', widen: 'stop', drop: 'stop' };
      const [before, after] = [{ title: { kind: 'text' } }, { subject: { kind: 'text' } }] as const;
      const partition = await Partition.claimed(sink);
      const old = table(name, before, policy);
      await sink.apply(partition.batch({ upserts: [upserts(old, [{ id: 1n, title: 'a' }, v(1)])] }));
      const renamed = table(name, after, policy);
      const batch = partition.batch({ upserts: [upserts(renamed, [{ id: 2n, subject: 'b' }, v(2)])] });
      await expect(sink.apply(batch)).rejects.toMatchObject({
        code: 'SCHEMA_CHANGE_REFUSED',
        message: expect.stringContaining(`${name}.subject`) as string,
      });
      current().tampered.add(renamed);
      await current().database.query(`ALTER TABLE ${current().sql(renamed)} RENAME COLUMN title TO subject`);
      await sink.apply(batch);
      expect(await current().rows(renamed)).toEqual([
        { id: 1n, subject: 'a' },
        { id: 2n, subject: 'b' },
      ]);
    });

    test('what a table was altered for is told, once', async () => {
      const told: [string, readonly string[]][] = [];
      const name = uniqueName('told');
      const sink = await current().readySink({
        onAltered: (id, changes) => told.push([id.name, changes.map(({ kind }) => kind)]),
      });
      await sink.ensureTable(table(name, { size: { kind: 'int', bits: 32 }, old: { kind: 'date' } }));
      expect(told).toEqual([]);
      const changed = { size: { kind: 'text' }, fresh: { kind: 'text' } } as const;
      await sink.ensureTable(table(name, changed));
      await sink.ensureTable(table(name, changed));
      expect(told).toEqual([[name, ['retype', 'add', 'drop']]]);
    });

    test('a plan says what would be done, and does nothing', async () => {
      const sink = await current().readySink();
      const name = uniqueName('planned');
      const first = table(name, {
        amount: { kind: 'decimal', precision: 6, scale: 2 },
        old: { kind: 'text' },
      });
      expect(await sink.planTable(first)).toEqual([{ kind: 'create', action: 'evolve' }]);
      await sink.ensureTable(first);
      const second = table(name, {
        amount: { kind: 'decimal', precision: 8, scale: 2 },
        fresh: { kind: 'date' },
      });
      const changes = await sink.planTable(second);
      expect(changes).toMatchObject([
        { kind: 'widen', column: 'amount', type: { precision: 8, scale: 2 }, action: 'evolve' },
        { kind: 'add', column: 'fresh', type: { kind: 'date' }, action: 'evolve' },
        { kind: 'drop', column: 'old', action: 'ignore' },
      ]);
      expect(await sink.planTable(second)).toEqual(changes);
      await sink.ensureTable(second);
      expect(await sink.planTable(second)).toMatchObject([{ kind: 'drop', column: 'old' }]);
    });

    test('by policy a new column is left out, and a row still counts as whole', async () => {
      const sink = await current().readySink();
      const name = uniqueName('left_out');
      const policy: SchemaPolicy = { add: 'ignore', widen: 'ignore', drop: 'ignore' };
      const first = table(name, { title: { kind: 'text' } }, policy);
      await sink.ensureTable(first);
      const second = table(name, { title: { kind: 'text' }, fresh: { kind: 'text' } }, policy);
      const partition = await Partition.claimed(sink);
      const row = { id: 1n, title: 'a', fresh: 'b' };
      await sink.apply(partition.batch({ upserts: [upserts(second, [row, v(1)])] }));
      expect(await current().rows(first)).toEqual([{ id: 1n, title: 'a' }]);
    });

    test.each<[keyof SchemaPolicy, Record<string, LogicalType>]>([
      ['add', { title: { kind: 'text', maxLength: 10 }, fresh: { kind: 'text' } }],
      ['widen', { title: { kind: 'text', maxLength: 10 }, size: { kind: 'int', bits: 64 } }],
      ['drop', { size: { kind: 'int', bits: 16 } }],
    ])('by policy the route stops at %s, with nothing changed', async (kind, types) => {
      const sink = await current().readySink();
      const name = uniqueName('stopped');
      await sink.ensureTable(
        table(name, { title: { kind: 'text', maxLength: 10 }, size: { kind: 'int', bits: 16 } }),
      );
      const changed = table(name, types, { ...EVOLVE, [kind]: 'stop' });
      const plan = await sink.planTable(changed);
      expect(plan.filter(({ action }) => action === 'stop').map((change) => change.kind)).toEqual([kind]);
      await expect(sink.ensureTable(changed)).rejects.toMatchObject({
        code: 'SCHEMA_CHANGE_REFUSED',
        disposition: 'stop',
        message: expect.stringContaining(name) as string,
      });
      expect(await sink.planTable(changed)).toEqual(plan);
    });
  });
}

/** Comparable whatever scale the column has by now. */
function plain(cell: unknown, { kind }: LogicalType): string {
  const text = String(cell);
  return kind === 'decimal' || kind === 'timestamp'
    ? text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    : text;
}
