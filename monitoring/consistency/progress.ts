import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Comparison, Difference } from './compare.ts';

/** The fence behind which rows were compared. */
export interface PassedFence {
  /** Position of the source, as the source writes it. */
  readonly position: string;
  /** When it had been passed: ISO 8601. */
  readonly at: string;
}

/** The rows of a table from a key on were compared behind this fence. */
export interface ComparedPart extends PassedFence {
  /** Texts of the key; null is the beginning of the table. */
  readonly from: readonly string[] | null;
}

/** How far a table has been compared. */
export interface TableProgress {
  readonly parts: readonly ComparedPart[];
  readonly comparison: Comparison;
  readonly unplaced: number;
  /** Where to go on; null when all of the table has been compared. */
  readonly from: readonly string[] | null;
}

/** One line of the file; the differences are those since the line before. */
interface Step extends TableProgress {
  readonly table: string;
}

const SECOND = 1_000;

/**
 * How far a check has come, in a file that survives its process: one line for each step. The file holds keys and digests of
 * rows that differ, and is readable by this user only. It is of one check only, told by `check`; any other begins anew.
 */
export class Progress {
  private readonly tables = new Map<string, TableProgress>();
  private readonly written = new Map<string, number>();
  private readonly file: number;
  private last = performance.now();

  constructor(
    private readonly path: string,
    check: string,
  ) {
    const [header, ...steps] = linesOf(path);
    if (header === JSON.stringify({ check })) for (const step of steps) this.take(step);
    mkdirSync(dirname(path), { recursive: true });
    // Another file in its place: the last line may have been cut short, and who else is writing goes on with a file of its own.
    this.file = openSync(`${path}.new`, 'w', 0o600);
    const lines = [{ check }, ...[...this.tables].map(([table, progress]) => ({ table, ...progress }))];
    for (const line of lines) this.write(line);
    renameSync(`${path}.new`, path);
    for (const [table, { comparison }] of this.tables) this.written.set(table, comparison.differences.length);
  }

  of(table: string): TableProgress | null {
    return this.tables.get(table) ?? null;
  }

  /** Not each of many small steps is worth a line. */
  get isDue(): boolean {
    return performance.now() - this.last > SECOND;
  }

  save(table: string, progress: TableProgress): void {
    const { differences } = progress.comparison;
    const comparison = { ...progress.comparison, differences: differences.slice(this.written.get(table)) };
    this.write({ table, ...progress, comparison } satisfies Step);
    this.written.set(table, differences.length);
    this.last = performance.now();
  }

  /** The check is over: there is nothing to go on with. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  close(): void {
    closeSync(this.file);
  }

  private write(line: object): void {
    writeFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private take(line: string): void {
    const step = stepOf(line);
    if (step === null) return;
    const { table, ...progress } = step;
    const differences: Difference[] = [
      ...(this.tables.get(table)?.comparison.differences ?? []),
      ...progress.comparison.differences,
    ];
    this.tables.set(table, { ...progress, comparison: { ...progress.comparison, differences } });
  }
}

/**
 * Null without a folder. What was found with another mapping, of other tables or columns, or of some rows only, is of another
 * check: `check` is all that must be the same.
 */
export function openProgress(
  folder: string | undefined,
  route: string,
  check: readonly unknown[],
): Progress | null {
  if (folder === undefined) return null;
  const digest = createHash('sha256').update(JSON.stringify(check)).digest('hex');
  try {
    return new Progress(join(folder, `${route}.jsonl`), digest);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== 'string') throw error;
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `no notes can be kept in the folder ${folder} (${code})`,
      {
        remedy: 'Name a folder that this user may write to.',
      },
    );
  }
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null for the line that was being written when the process ended. */
function stepOf(line: string): Step | null {
  try {
    return JSON.parse(line) as Step;
  } catch {
    return null;
  }
}
