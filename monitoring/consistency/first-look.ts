import type { ComparedGroup, OrderedPair } from './compared-group.ts';
import { compareSpools, MARKED } from './compare.ts';
import type { Comparison } from './compare.ts';
import { hexOf } from './digest.ts';
import type { NormalTexts } from './digest.ts';
import { isCounted, isMarked } from './expected-rows.ts';
import type { ComparedTable, ExpectedRows } from './expected-rows.ts';
import { OrderedLook } from './ordered-look.ts';
import type { Pace } from './pace.ts';
import type { ComparedPart, PassedFence, Progress } from './progress.ts';
import type { DatabaseSnapshot, RowCells } from './reader.ts';
import { Spool } from './spool.ts';
import type { SpoolOptions } from './spool.ts';

/** The views of one look. The target's must be older, so that rows that are on their way count as missing, not as extra. */
export interface Snapshots {
  readonly source: DatabaseSnapshot;
  readonly target: DatabaseSnapshot;
}

export interface FirstLook {
  readonly table: ComparedTable;
  readonly comparison: Comparison;
  /** Source rows that the mapping refused without a target key to look under. */
  readonly unplaced: number;
  /** Behind which fences the rows were compared; more than one when the check goes on with an earlier one. */
  readonly parts: readonly ComparedPart[];
}

/** What a look is taken with. */
export interface LookTools {
  /** Differences that are kept for another look, per table. */
  readonly differences: number;
  readonly spool: SpoolOptions;
  readonly pace: Pace;
  readonly fence: PassedFence;
  readonly progress: Progress | null;
}

/**
 * Reads every row of both sides of a group once and compares them; what an earlier check has compared is not read again.
 * Throws what the readers throw, and the signal's reason.
 */
export async function firstLook(
  group: ComparedGroup,
  snapshots: Snapshots,
  tools: LookTools,
  { signal, where }: { readonly signal: AbortSignal; readonly where?: string },
): Promise<readonly FirstLook[]> {
  const known = [...group.targets.values()].map((table) => earlierLook(table, tools.progress));
  if (known.every((look) => look !== null)) return known;
  const looks =
    group.ordered !== null && where === undefined
      ? [await lookInOrder(group.ordered, snapshots, tools)]
      : await lookByDigest(group, snapshots, tools, { signal, ...(where === undefined ? {} : { where }) });
  for (const { table, ...look } of looks) tools.progress?.save(table.label, { ...look, from: null });
  return looks;
}

function earlierLook(table: ComparedTable, progress: Progress | null): FirstLook | null {
  const earlier = progress?.of(table.label) ?? null;
  return earlier === null || earlier.from !== null ? null : { table, ...earlier };
}

async function lookInOrder(
  { source, table }: OrderedPair,
  snapshots: Snapshots,
  { differences, pace, fence, progress }: LookTools,
): Promise<FirstLook> {
  const earlier = progress?.of(table.label) ?? null;
  const from = earlier?.from ?? null;
  const parts = [...(earlier?.parts ?? []), { ...fence, from }];
  const target = await snapshots.target.rawRows(table.shape, from);
  const sides = { target, source: await snapshots.source.rawRows(source.source.shape, from) };
  const look = new OrderedLook(source, table, sides, { limit: differences, pace, earlier });
  while (await look.step())
    if (progress?.isDue === true && look.position !== null)
      progress.save(table.label, {
        ...{ parts, unplaced: 0 },
        comparison: look.comparison,
        from: look.position,
      });
  return { table, comparison: look.comparison, unplaced: 0, parts };
}

/** Rows in any order: their keys and digests are collected, and compared when both sides have been read. */
async function lookByDigest(
  group: ComparedGroup,
  snapshots: Snapshots,
  { differences, spool: options, pace, fence }: LookTools,
  { signal, where }: { readonly signal: AbortSignal; readonly where?: string },
): Promise<readonly FirstLook[]> {
  const expected = new Map<ComparedTable, Spool>();
  const spools: Spool[] = [];
  const open = () => {
    const spool = new Spool(options);
    spools.push(spool);
    return spool;
  };
  try {
    for (const table of group.targets.values()) expected.set(table, open());
    const wanted = where === undefined ? null : new WantedRows(group, snapshots.target, open);
    let unplaced = 0;
    for (const [number, source] of group.sources.entries()) {
      const rows = paced(snapshots.source.rows(source.source.shape, where), 'source', pace);
      unplaced += await spoolExpected(source, number, rows, expected, wanted, signal);
    }
    const looks: FirstLook[] = [];
    for (const [table, spool] of expected) {
      const actual = wanted?.spoolOf(table) ?? open();
      if (wanted === null && group.existing.has(table.label))
        await spoolActual(
          table,
          paced(snapshots.target.normalRows(table.shape), 'target', pace),
          actual,
          signal,
        );
      looks.push({
        table,
        comparison: await compareSpools(
          spool,
          actual,
          differences,
          isCounted(table) ? 'counted' : table.kept,
        ),
        unplaced,
        parts: [{ ...fence, from: null }],
      });
      actual.close();
      spool.close();
    }
    return looks;
  } finally {
    for (const spool of spools) spool.close();
  }
}

async function* paced<T>(
  chunks: AsyncIterable<readonly T[]>,
  side: 'source' | 'target',
  pace: Pace,
): AsyncGenerator<readonly T[]> {
  for await (const chunk of chunks) {
    yield chunk;
    await pace.after(side, chunk.length);
  }
}

async function spoolExpected(
  source: ExpectedRows,
  number: number,
  chunks: AsyncIterable<readonly RowCells[]>,
  spools: ReadonlyMap<ComparedTable, Spool>,
  wanted: WantedRows | null,
  signal: AbortSignal,
): Promise<number> {
  let unplaced = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    for (const cells of chunk) {
      const rows = source.of(cells);
      if (rows === null) {
        unplaced += 1;
        continue;
      }
      const origin = source.source.digester.key(cells);
      for (const { table, key, digest } of rows) {
        spools.get(table)?.add(key, digest, origin, number);
        wanted?.want(table, key);
      }
    }
    await wanted?.read();
    for (const spool of spools.values()) await spool.settle();
  }
  return unplaced;
}

/** The target rows that some source rows lead to, read as the source rows come. Rows without a key cannot be. */
class WantedRows {
  private readonly spools = new Map<ComparedTable, Spool>();
  private readonly keys = new Map<ComparedTable, Set<string>>();

  constructor(
    private readonly group: ComparedGroup,
    private readonly snapshot: DatabaseSnapshot,
    open: () => Spool,
  ) {
    for (const table of group.targets.values()) this.spools.set(table, open());
  }

  spoolOf(table: ComparedTable): Spool | undefined {
    return this.spools.get(table);
  }

  want(table: ComparedTable, key: string): void {
    const keys = this.keys.get(table);
    if (keys === undefined) this.keys.set(table, new Set([key]));
    else keys.add(key);
  }

  async read(): Promise<void> {
    for (const [table, keys] of this.keys) {
      const spool = this.spools.get(table);
      if (spool === undefined || !this.group.existing.has(table.label)) continue;
      const { digester, shape } = table;
      const cells = [...keys].map((key) => digester.keyCells(key));
      for (const row of await this.snapshot.rowsByKey(shape, cells)) {
        const key = digester.key(row);
        if (keys.has(key)) spool.add(key, digester.digest(row), '', isMarked(table, row) ? MARKED : 0);
      }
      await spool.settle();
    }
    this.keys.clear();
  }
}

async function spoolActual(
  table: ComparedTable,
  chunks: AsyncIterable<readonly NormalTexts[]>,
  spool: Spool,
  signal: AbortSignal,
): Promise<void> {
  const { digester } = table;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    for (const texts of chunk) {
      const digest = digester.digestOfTexts(texts);
      const key = isCounted(table) ? hexOf(digest) : digester.keyOfTexts(texts);
      spool.add(key, digest, '', isMarked(table, texts) ? MARKED : 0);
    }
    await spool.settle();
  }
}
