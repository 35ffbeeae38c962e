import { normalizerOf } from '../../monitoring/consistency/normal-cell.ts';
import { isDatabase } from '../config/target-schema.ts';
import { targetOf } from '../runtime/targets.ts';
import { messageTable, sameTable } from './lineage.ts';
import type { Fed, Lineage } from './lineage.ts';
import type { TracedRow, TracedRows } from './rows.ts';
import type { Facts, Step } from './steps.ts';

/** The whole documents that a row is told in. */
export async function tellingsOf(
  lineage: Lineage,
  rows: TracedRows,
  row: TracedRow,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const fed of lineage.fed) {
    const { root, shape } = fed.document;
    const table = messageTable(lineage.config, fed.target, shape.table.id);
    for (const key of await keysOf(fed, rows, row)) {
      const facts = await standingOf(fed, lineage, rows, key);
      const named = Object.fromEntries(root.key.map((name, at) => [name, key[at] ?? '']));
      steps.push({
        by: { kind: 'feed', name: fed.feed },
        sent: { target: fed.target, table, key: named, facts },
      });
    }
  }
  return steps;
}

/** Of the documents that the row is the root of, or nested in. */
async function keysOf(
  { database, document: { root, nested } }: Fed,
  rows: TracedRows,
  row: TracedRow,
): Promise<readonly (readonly string[])[]> {
  if (sameTable(row.table, { database, id: root.id })) return [row.key];
  const keys: string[][] = [];
  for (const { table, by, where } of nested) {
    if (!sameTable(row.table, { database, id: table.id })) continue;
    const values = await rows.row(row, [...by, ...Object.keys(where)]);
    const key = by.map((name) => values?.[name] ?? null);
    const isIn = Object.entries(where).every(([name, text]) => values?.[name] === text);
    if (isIn && key.every((text) => text !== null)) keys.push(key);
  }
  return keys;
}

async function standingOf(
  { feed, database, document }: Fed,
  { config }: Lineage,
  rows: TracedRows,
  key: readonly string[],
): Promise<Facts> {
  const keeper = database.targets.map((name) => targetOf(config, name)).find(isDatabase);
  if (keeper === undefined) return {};
  const own = (name: string) => ({ database, id: { namespace: keeper.namespace, name } });
  const by = ['feed', 'document', 'document_key'];
  const values = [[feed, document.name, normalizerOf({ kind: 'json' })(JSON.stringify(key))]];
  const [told] = await rows.find(own('feed_document'), by, values, ['refusal', 'refused_at']);
  const [queued] = await rows.find(own('feed_outbox'), by, values, ['since']);
  if (queued !== undefined) return { state: 'to be told', since: queued['since'] ?? '' };
  if (told === undefined) return { state: 'never told' };
  const { refusal, refused_at: since } = told;
  return refusal == null ? { state: 'told' } : { state: 'refused', since: since ?? '', reason: refusal };
}
