import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { Progress } from '../../../../monitoring/consistency/progress.ts';
import type { RawRows } from '../../../../monitoring/consistency/raw-rows.ts';
import type { RowCells } from '../../../../monitoring/consistency/reader.ts';
import type { CheckReport } from '../../../../monitoring/consistency/report.ts';
import { ClaimsBench } from './claims-bench.ts';
import { MemoryDatabase } from './memory-database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cf-progress-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

/** Each step is written, whenever it is. */
function writeEachStep(): void {
  jest.spyOn(Progress.prototype, 'isDue', 'get').mockReturnValue(true);
}

/** The source fails after so many chunks; `read` hears from which key on each look began. */
function failing(bench: ClaimsBench, chunks: number, read: (from: readonly string[] | null) => void): void {
  const { source } = bench;
  let left = chunks;
  source.snapshot = async () => {
    const view = await MemoryDatabase.prototype.snapshot.call(source);
    return {
      ...view,
      rawRows: async (shape, from) => {
        read(from);
        const rows: RawRows = await view.rawRows(shape, from);
        return {
          columns: rows.columns,
          next: () => {
            left -= 1;
            return left < 0 ? Promise.reject(new RangeError('the connection is lost')) : rows.next();
          },
        };
      },
    };
  };
}

const said = ({ verdict, tables }: CheckReport) => ({
  verdict,
  tables: tables.map((table) => ({ ...table, parts: null, keys: new Set(table.keys.map(({ key }) => key)) })),
});

describe('a check that was interrupted', () => {
  const fill = (rows: RowCells[], ids: readonly number[]) => {
    for (const id of ids) rows.push([BigInt(id), `${id.toString()}.00`, null]);
  };

  test('goes on where it was, and says as of when each part is', async () => {
    writeEachStep();
    const bench = new ClaimsBench();
    fill(bench.oa, [...Array(20).keys()]);
    fill(bench.ap, [...Array(19).keys()]);
    const from: (readonly string[] | null)[] = [];
    failing(bench, 4, (key) => from.push(key));
    const first = await bench.check({}, { progressFolder: folder });
    expect(first).toMatchObject({ verdict: 'inconclusive', reason: 'the connection is lost' });
    failing(bench, 1_000, (key) => from.push(key));
    const second = await bench.check({}, { progressFolder: folder });
    expect(second.tables[0]).toMatchObject({ verdict: 'mismatch', rowsCompared: 20, missing: 1 });
    expect(second.tables[0]?.keys.map(({ key }) => key)).toEqual(['["19"]']);
    expect(from[0]).toBeNull();
    expect(Number(from[1]?.[0])).toBeGreaterThan(5);
    expect(second.tables[0]?.parts?.map((part) => part.from)).toEqual([null, from[1]]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says in the end what one says that was not', async () => {
    writeEachStep();
    const ids = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(ids, ids, fc.array(fc.nat({ max: 5 }), { maxLength: 4 }), async (oa, ap, breaks) => {
        const bench = new ClaimsBench();
        fill(bench.oa, oa);
        fill(bench.ap, ap);
        const whole = await bench.check();
        for (const chunks of breaks) {
          failing(bench, chunks, () => undefined);
          const report = await bench.check({}, { progressFolder: folder });
          if (report.reason === null) return;
        }
        failing(bench, 1_000, () => undefined);
        expect(said(await bench.check({}, { progressFolder: folder }))).toEqual(said(whole));
      }),
      { numRuns: 30 },
    );
  });

  test('that is of other things begins anew', async () => {
    writeEachStep();
    const bench = new ClaimsBench();
    fill(bench.oa, [...Array(20).keys()]);
    fill(bench.ap, [...Array(20).keys()]);
    const from: unknown[] = [];
    failing(bench, 4, (key) => from.push(key));
    await bench.check({ databases: ['one'] }, { progressFolder: folder });
    await bench.check({ databases: ['another'] }, { progressFolder: folder });
    expect(from).toEqual([null, null]);
  });
});

describe('the file', () => {
  const comparison = { keys: 1, missing: 0, extra: 0, different: 0, ambiguous: 0, kept: 0, differences: [] };
  const step = { parts: [{ position: 'p', at: 't', from: null }], comparison, unplaced: 0, from: ['7'] };

  test('that ends in half a line holds what was before it', () => {
    const path = join(folder, 'r.jsonl');
    const progress = new Progress(path, 'check');
    progress.save('a.b', step);
    appendFileSync(path, '{"table":"a.b","from":["9"');
    expect(new Progress(path, 'check').of('a.b')).toEqual(step);
    expect(new Progress(path, 'check').of('a.b')).toEqual(step);
  });

  test('that two write at once is that of the later one', () => {
    const path = join(folder, 'r.jsonl');
    const [first, second] = [new Progress(path, 'check'), new Progress(path, 'check')];
    second.save('a.b', step);
    first.save('a.c', step);
    const third = new Progress(path, 'check');
    expect(third.of('a.b')).toEqual(step);
    expect(third.of('a.c')).toBeNull();
    for (const each of [first, second, third]) each.close();
  });

  test('of another check is not read', () => {
    const path = join(folder, 'r.jsonl');
    new Progress(path, 'check').save('a.b', step);
    const other = new Progress(path, 'another');
    expect(other.of('a.b')).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe('{"check":"another"}\n');
    other.remove();
    expect(existsSync(path)).toBe(false);
  });
});
