import fc from 'fast-check';
import { RowRejectedError } from '../../../schemas/contract/row-rejected.ts';
import type { RowSet, Savepoint, TargetTransaction } from '../../../sinks/upsert/database.ts';
import { writeAtOnce, writeInIsolation } from '../../../sinks/upsert/strategies.ts';
import { TargetError } from '../../../sinks/upsert/target-error.ts';
import { idsOf, setOf } from './row-sets.ts';

/** The rules of a transaction without a database: rows that are refused fail the whole statement. */
class Transaction {
  readonly written = new Set<number>();
  statements = 0;
  readonly #atSavepoint = new Map<Savepoint, ReadonlySet<number>>();
  readonly #refused: (id: number, written: ReadonlySet<number>) => boolean;
  readonly chunk: { rows: number; bytes: number };

  constructor(refused: (id: number, written: ReadonlySet<number>) => boolean, rows = 100) {
    this.#refused = refused;
    this.chunk = { rows, bytes: 1 << 20 };
  }

  asTransaction(): TargetTransaction {
    const none = () => Promise.reject(new Error('not part of this test'));
    return {
      chunk: this.chunk,
      letters: {
        insert: none,
        parkedRows: none,
        list: none,
        record: none,
        summary: none,
        close: none,
        supersede: none,
        prune: none,
      },
      runs: {
        insert: none,
        lock: none,
        lockOpen: none,
        list: none,
        update: none,
        lend: none,
        remove: none,
        count: none,
      },
      accounts: {
        begin: none,
        end: none,
        keep: none,
        kept: none,
        revise: none,
        revision: none,
        take: none,
        transactions: none,
        put: none,
        close: none,
        settle: none,
        count: none,
        counts: none,
      },
      repairs: { insert: none, list: none, rows: none, update: none, updateRow: none },
      journal: { define: none, append: none, heads: none },
      write: (set: RowSet) => this.#write(set),
      savepoint: (name) => Promise.resolve(void this.#atSavepoint.set(name, new Set(this.written))),
      releaseSavepoint: () => Promise.resolve(),
      rollbackToSavepoint: (name) => {
        this.written.clear();
        for (const id of this.#atSavepoint.get(name) ?? []) this.written.add(id);
        return Promise.resolve();
      },
      noteUnwritten: none,
      checkConstraintsAtOnce: () => Promise.resolve(),
      clearedAt: none,
      clear: none,
      vacate: none,
      movePosition: none,
      readPosition: none,
      raiseEpochs: none,
      listPositions: none,
      setPosition: none,
      hasPositions: none,
      unjournaled: none,
      takeAsJournaled: none,
      commit: none,
      rollback: none,
      release: none,
    };
  }

  #write(set: RowSet): ReturnType<TargetTransaction['write']> {
    this.statements += 1;
    for (const id of idsOf(set)) {
      if (this.#refused(id, this.written)) return Promise.reject(new TargetError('ROW_REJECTED', 'refused'));
      this.written.add(id);
    }
    return Promise.resolve({ withheld: [], missing: [] });
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

async function rejectedIds(work: Promise<unknown>): Promise<string[]> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return [];
  expect(error).toBeInstanceOf(RowRejectedError);
  return (error as RowRejectedError).rejections.map(({ key }) => (JSON.parse(key) as string[])[0]!);
}

describe('writing in isolation', () => {
  test('names exactly the rows that are refused, wherever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (count, bad, chunkRows) => {
          const present = bad.filter((id) => id < count).sort((a, b) => a - b);
          const transaction = new Transaction((id) => bad.includes(id), chunkRows);
          const ids = await rejectedIds(
            writeInIsolation(transaction.asTransaction(), [setOf(numbers(count))]),
          );
          expect(ids.map(Number).sort((a, b) => a - b)).toEqual(present);
        },
      ),
    );
  });

  test('one bad row among 1,000 takes few statements', async () => {
    const transaction = new Transaction((id) => id === 700, 5_000);
    expect(await rejectedIds(writeInIsolation(transaction.asTransaction(), [setOf(numbers(1_000))]))).toEqual(
      ['700'],
    );
    expect(transaction.statements).toBeLessThan(30);
  });

  test('rows that others make acceptable are no faults, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(numbers(12), { minLength: 12 }), async (order) => {
        // each needs its predecessor
        const transaction = new Transaction((id, written) => id > 0 && !written.has(id - 1));
        await expect(writeInIsolation(transaction.asTransaction(), [setOf(order)])).resolves.toEqual([]);
        expect(transaction.written.size).toBe(12);
      }),
    );
  });

  test('an incomplete row whose base row heals is no fault', async () => {
    // 1 is refused until 2 is written; the incomplete row 1 needs the base row 1
    const transaction = new Transaction((id, written) => id === 1 && !written.has(2));
    const plain = transaction.asTransaction();
    const completed: number[] = [];
    const withUpdates: TargetTransaction = {
      ...plain,
      write: (set) => {
        if (set.kind !== 'update') return plain.write(set);
        const missing = idsOf(set).flatMap((id, at) => (transaction.written.has(id) ? [] : [at]));
        completed.push(...idsOf(set).filter((id) => transaction.written.has(id)));
        return Promise.resolve({ withheld: [], missing });
      },
    };
    const sets = [setOf([1, 2]), setOf([1], 'update')];
    await expect(writeInIsolation(withUpdates, sets)).resolves.toEqual([]);
    expect(completed).toEqual([1]);
    expect(await rejectedIds(writeInIsolation(withUpdates, [setOf([2]), setOf([9], 'update')]))).toEqual([
      '9',
    ]);
  });

  test('what is not a fault of a row ends it at once', async () => {
    const transaction = new Transaction(() => {
      throw new TargetError('TARGET_CONFLICT', 'deadlock');
    });
    await expect(writeInIsolation(transaction.asTransaction(), [setOf([1])])).rejects.toMatchObject({
      code: 'TARGET_CONFLICT',
    });
  });
});

describe('writing at once', () => {
  const reporting = (missing: readonly number[]): TargetTransaction => ({
    ...new Transaction(() => false, 2).asTransaction(),
    write: (set) =>
      Promise.resolve({
        withheld: [{ at: 0, reason: 'superseded' as const }],
        missing: idsOf(set).flatMap((id, at) => (missing.includes(id) ? [at] : [])),
      }),
  });

  test('reports withheld rows of all parts', async () => {
    const withheld = await writeAtOnce(reporting([]), [setOf([1, 2, 3])]);
    expect(withheld.map(({ key }) => key)).toEqual(['["1"]', '["3"]']);
  });

  test('names all rows that incomplete rows found missing', async () => {
    const failing = writeAtOnce(reporting([2, 3]), [setOf([1, 2, 3], 'update')]);
    await expect(failing).rejects.toMatchObject({
      rejections: [
        { key: '["2"]', error: { code: 'MISSING_BASE_ROW' } },
        { key: '["3"]', error: { code: 'MISSING_BASE_ROW' } },
      ],
    });
  });
});
