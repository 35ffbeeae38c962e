import type { RowRejectedError } from '../../../schemas/contract/row-rejected.ts';
import type { Row } from '../../../schemas/contract/cell.ts';
import type { Sink, SinkBatch } from '../../../schemas/contract/ports.ts';
import { deletes, keyOf, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeRejections(current: () => Subject): void {
  describe('rows that the target refuses', () => {
    const row = (id: number, title = 'a', amount = '1') => ({ id: BigInt(id), title, amount });

    async function rejected(sink: Sink, batch: SinkBatch): Promise<RowRejectedError> {
      const error: unknown = await sink.apply(batch).then(
        () => new Error('the batch was applied'),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        name: 'RowRejectedError',
        code: 'ROW_REJECTED',
        disposition: 'dead-letter',
      });
      return error as RowRejectedError;
    }

    test('exactly the bad rows among 1,000 are named, nothing is written, the others can follow', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      await sink.ensureTable(shape);
      await subject.database.query(
        `ALTER TABLE ${subject.sql(shape)} ADD CONSTRAINT positive CHECK (amount > 0)`,
      );
      const bad = new Set([137, 138, 999]);
      const rows = Array.from({ length: 1_000 }, (_, n) => row(n, 'private', bad.has(n) ? '-4711.11' : '1'));
      const partition = await Partition.claimed(sink);
      const batch = partition.batch({
        upserts: [upserts(shape, ...rows.map((each) => [each, v(1)] as const))],
      });
      const error = await rejected(sink, batch);
      expect(error.rejections.map(({ key }) => key).sort()).toEqual(
        [...bad].map((n) => keyOf(shape, row(n))).sort(),
      );
      for (const rejection of error.rejections) {
        expect(rejection.error.code).toBe('ROW_REJECTED');
        expect(rejection.error.message).toContain('positive');
        expectNoValues(rejection.error, ['4711', 'private']);
      }
      expect(await subject.rows(shape)).toEqual([]);
      const good = rows.filter((_, n) => !bad.has(n));
      await sink.apply({ ...batch, upserts: [upserts(shape, ...good.map((each) => [each, v(1)] as const))] });
      expect(await subject.rows(shape)).toHaveLength(997);
    });

    test('a unique value of another column names the row and never its value', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'unique_titles',
        { id: { kind: 'int', bits: 64 }, title: { kind: 'text', maxLength: 100 } },
        ['id'],
      );
      await sink.ensureTable(shape);
      await subject.database.query(`CREATE UNIQUE INDEX one_title ON ${subject.sql(shape)} (title)`);
      const partition = await Partition.claimed(sink);
      await sink.apply(partition.batch({ upserts: [upserts(shape, [{ id: 1n, title: 'secret-1' }, v(1)])] }));
      const error = await rejected(
        sink,
        partition.batch({
          upserts: [upserts(shape, [{ id: 2n, title: 'secret-1' }, v(1)], [{ id: 3n, title: 'x' }, v(1)])],
        }),
      );
      expect(error.rejections.map(({ key }) => key)).toEqual([keyOf(shape, { id: 2n })]);
      expect(error.rejections[0]!.error.message).toContain('one_title');
      expectNoValues(error, ['secret-1']);
    });

    test('a unique value that is handed on within a batch is no fault', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'handed_on',
        { id: { kind: 'int', bits: 64 }, title: { kind: 'text', maxLength: 100 } },
        ['id'],
      );
      await sink.ensureTable(shape);
      await subject.database.query(`CREATE UNIQUE INDEX handed_title ON ${subject.sql(shape)} (title)`);
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [{ id: 1n, title: 'x' }, v(1)], [{ id: 2n, title: 'y' }, v(1)])],
        }),
      );
      // the first row takes the value that the second has not yet given up
      await sink.apply(
        partition.batch({
          upserts: [upserts(shape, [{ id: 1n, title: 'y' }, v(2)], [{ id: 2n, title: 'z' }, v(2)])],
        }),
      );
      expect(await subject.rows(shape)).toEqual([
        { id: 1n, title: 'y' },
        { id: 2n, title: 'z' },
      ]);
    });

    test('a child before its parent is no fault, a child without one is', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const parent = subject.table('z_parent', { id: { kind: 'int', bits: 64 } }, ['id']);
      const child = subject.table(
        'a_child',
        { id: { kind: 'int', bits: 64 }, parent: { kind: 'int', bits: 64 } },
        ['id'],
      );
      await sink.ensureTable(parent);
      await sink.ensureTable(child);
      await subject.database.query(
        `ALTER TABLE ${subject.sql(child)} ADD CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES ${subject.sql(parent)} (id)`,
      );
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({
          upserts: [upserts(child, [{ id: 1n, parent: 10n }, v(1)]), upserts(parent, [{ id: 10n }, v(1)])],
        }),
      );
      const error = await rejected(
        sink,
        partition.batch({
          upserts: [
            upserts(child, [{ id: 2n, parent: 11n }, v(1)], [{ id: 3n, parent: 12n }, v(1)]),
            upserts(parent, [{ id: 11n }, v(1)]),
          ],
          deletes: [deletes(parent, [[10n], v(2)])],
        }),
      );
      expect(error.rejections.map(({ table, key }) => [table.id.name, key])).toEqual([
        ['z_parent', keyOf(parent, { id: 10n })],
        ['a_child', keyOf(child, { id: 3n })],
      ]);
      expect(error.rejections.map((each) => each.error.message).join()).toContain('of_parent');
      expect(error.rejections.map((each) => each.error.code)).toEqual([
        'AWAITS_REFERENCE',
        'AWAITS_REFERENCE',
      ]);
    });

    test('an incomplete row writes what it has, and is not inserted with holes', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({ upserts: [upserts(shape, [row(1, 'a', '5'), v(1)], [row(2, 'b', '6'), v(9)])] }),
      );
      await sink.apply(partition.batch({ deletes: [deletes(shape, [[3n], v(9)])] }));
      const part = (id: number): Row => ({ id: BigInt(id), title: 'part' });
      const partial = [1, 2, 3].map((id) => [part(id), v(2)] as const);
      const { withheld } = await sink.apply(partition.batch({ upserts: [upserts(shape, ...partial)] }));
      expect(withheld.map(({ key, reason }) => [key, reason])).toEqual([
        [keyOf(shape, row(2)), 'superseded'],
        [keyOf(shape, row(3)), 'superseded'],
      ]);
      expect(await subject.rows(shape)).toEqual([row(1, 'part', '5'), row(2, 'b', '6')]);
      const error = await rejected(
        sink,
        partition.batch({ upserts: [upserts(shape, [part(1), v(3)], [part(4), v(3)], [part(5), v(3)])] }),
      );
      expect(error.rejections.map((each) => [each.key, each.error.code])).toEqual([
        [keyOf(shape, row(4)), 'MISSING_BASE_ROW'],
        [keyOf(shape, row(5)), 'MISSING_BASE_ROW'],
      ]);
    });

    test('a row that comes whole and then incomplete in one batch is written in that order', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(
        partition.batch({
          upserts: [
            upserts(shape, [{ id: 1n, title: 'newer' }, v(2)]),
            upserts(shape, [{ id: 1n, amount: '9' }, v(3)]),
            upserts(shape, [row(1, 'whole', '5'), v(1)], [row(2), v(1)]),
          ],
        }),
      );
      expect(await subject.rows(shape)).toEqual([row(1, 'newer', '9'), row(2)]);
    });

    test('values that a column would round or cut are refused, never altered', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const { database } = subject;
      const shape = subject.table(
        'narrow',
        {
          id: { kind: 'int', bits: 64 },
          amount: { kind: 'decimal' },
          code: { kind: 'text' },
          at: { kind: 'timestamp', fraction: 6 },
          n: { kind: 'decimal' },
        },
        ['id'],
      );
      await sink.prepare();
      await database.query(
        `CREATE TABLE ${subject.sql(shape)} (id bigint PRIMARY KEY, amount decimal(6,2), code varchar(3),
         ${database.quote('at')} ${database.dialect === 'postgres' ? 'timestamp' : 'datetime'}(3), n integer)`,
      );
      const good = { id: 1n, amount: '1234.5600', code: '報𠮷b', at: '2024-01-02 03:04:05.123000', n: '7.0' };
      const bad: readonly [Row, string][] = [
        [{ ...good, id: 2n, amount: '1.005' }, 'amount'],
        [{ ...good, id: 3n, amount: '12345.00' }, 'amount'],
        [{ ...good, id: 4n, code: '報𠮷bc' }, 'code'],
        [{ ...good, id: 5n, code: 'abc ' }, 'code'],
        [{ ...good, id: 6n, at: '2024-12-31 23:59:59.9996' }, 'at'],
        [{ ...good, id: 7n, n: '7.5' }, 'column n'],
        [{ ...good, id: 8n, code: '\ud800' }, 'code'],
      ];
      const partition = await Partition.claimed(sink);
      const batch = partition.batch({
        upserts: [upserts(shape, [good, v(1)], ...bad.map(([each]) => [each, v(1)] as const))],
      });
      const error = await rejected(sink, batch);
      expect(error.rejections.map(({ key }) => key)).toEqual(bad.map(([each]) => keyOf(shape, each)));
      bad.forEach(([, column], at) => {
        expect(error.rejections[at]!.error.message).toContain(column);
      });
      await sink.apply({ ...batch, upserts: [upserts(shape, [good, v(1)])] });
      const fine = { ...good, amount: '1234.56', at: '2024-01-02 03:04:05.123', n: '7' };
      expect(await subject.rows(shape)).toEqual([fine]);
    });

    test('U+0000 in text is kept or refused, as the database can', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      const batch = partition.batch({ upserts: [upserts(shape, [row(1, 'a\0b'), v(1)], [row(2), v(1)])] });
      if (subject.dialect === 'mysql') {
        await sink.apply(batch);
        expect(await subject.rows(shape)).toEqual([row(1, 'a\0b'), row(2)]);
      } else {
        const error = await rejected(sink, batch);
        expect(error.rejections.map(({ key }) => key)).toEqual([keyOf(shape, row(1))]);
      }
    });

    test('what the database alone can judge is found as well', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.table(
        'judged',
        { id: { kind: 'int', bits: 64 }, small: { kind: 'int', bits: 16 }, day: { kind: 'date' } },
        ['id'],
      );
      const partition = await Partition.claimed(sink);
      const rows = [
        { id: 1n, small: 1, day: '2024-02-29' },
        { id: 2n, small: 40_000, day: '2024-02-29' },
        { id: 3n, small: 1, day: '2023-02-29' },
      ];
      const error = await rejected(
        sink,
        partition.batch({ upserts: [upserts(shape, ...rows.map((each) => [each, v(1)] as const))] }),
      );
      expect(error.rejections.map(({ key }) => key)).toEqual([
        keyOf(shape, rows[1]!),
        keyOf(shape, rows[2]!),
      ]);
      expectNoValues(error, ['40000', '2023-02-29']);
    });

    test('a null key is refused', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      const error = await rejected(
        sink,
        partition.batch({ upserts: [upserts(shape, [{ ...row(1), id: null }, v(1)])] }),
      );
      expect(error.rejections).toHaveLength(1);
    });
  });
}

/** An error as a log would show it, with everything that hangs on it but the keys. */
function expectNoValues(error: Error, values: readonly string[]): void {
  const fields = Object.entries(error).filter(([name]) => name !== 'rejections');
  const shown = [error.message, error.stack, String(error.cause), JSON.stringify(fields)].join('\n');
  for (const value of values) expect(shown).not.toContain(value);
}
