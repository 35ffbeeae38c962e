import type { StoredLetter } from '../../schemas/contract/dead-letter.ts';
import type { RawRecord, Sink } from '../../schemas/contract/ports.ts';
import { storedKeyOf } from '../../schemas/contract/stored-key.ts';
import type { SyncRun } from '../../schemas/contract/sync-run.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { keeperReader } from '../runtime/targets.ts';
import type { Lineage, RouteStep } from './lineage.ts';
import type { TracedRow, TracedRows } from './rows.ts';

/** So many of the runs by hand of a route are looked through. */
const RUNS = 200;

/** What routes keep in their targets beside rows: dead letters, and the trail of their runs. */
export class Keepers {
  readonly #lineage: Lineage;
  readonly #sinks = new Map<string, Sink>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  /** The letters of a source row in a route. */
  async letters(
    { route, topic }: RouteStep,
    rows: TracedRows,
    row: TracedRow,
    limit: number,
  ): Promise<readonly StoredLetter[]> {
    const key = storedKeyOf(await rows.rowKey(row));
    return this.#sinkOf(route.config.target).letters.list(route.name, { topic, key, limit });
  }

  /** Byte for byte as it was set aside. */
  record({ route }: RouteStep, letter: StoredLetter): Promise<RawRecord | null> {
    return this.#sinkOf(route.config.target).letters.record(route.name, letter);
  }

  /** Runs that somebody ordered of rows of the table; whether the row was among those chosen by SQL is not known. */
  async runs({ route, from }: RouteStep): Promise<readonly SyncRun[]> {
    const runs = await this.#sinkOf(route.config.target).runs.list(route.name, {
      mode: 'manual',
      limit: RUNS,
    });
    return runs.filter(({ rows }) => rows?.table === tableLabel(from.id));
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#sinks.values()].map((sink) => sink.close()));
  }

  #sinkOf(target: string): Sink {
    const sink = this.#sinks.get(target) ?? keeperReader(this.#lineage.config, target);
    this.#sinks.set(target, sink);
    return sink;
  }
}
