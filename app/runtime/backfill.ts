import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backfill } from '../../connectors/debezium/backfill-progress.ts';
import { readAgainSignal, stopSignal } from '../../connectors/debezium/backfill-signal.ts';
import type { SignalRow } from '../../connectors/debezium/backfill-signal.ts';
import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { PartitionRange } from '../../schemas/contract/position.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/source-schema.ts';
import { assertReadableAgain } from './backfill-table.ts';
import { connectOf } from './connect.ts';
import { kafkaOf } from './kafka.ts';
import { followBackfills, knownBackfills } from './notifications.ts';
import type { Route } from './routes.ts';
import { withSource } from './source-session.ts';
import { keeperReader } from './targets.ts';

const POLL_MS = 500;
/** How long to wait before asking again whether the backfill of somebody else is over. */
const BUSY_POLL_MS = 2_000;

/** A backfill as it is shown: `lost` when the connector has been made to forget it (its offsets were reset). */
export type ShownBackfill = Omit<Backfill, 'state'> & {
  readonly source: string;
  readonly state: Backfill['state'] | 'lost';
};

/**
 * Asks the connector of a source to read a table again; answers with the id of the backfill. The order waits in the source
 * until the connector comes by. Throws CONFIGURATION_INVALID for what cannot be read again, or while another one runs.
 */
export async function startBackfill(
  config: Config,
  name: string,
  table: TableId,
  where: string | null,
  id = newBackfillId(),
): Promise<string> {
  const source = sourceOf(config, name);
  await assertReadableAgain(name, source, table, where);
  const running = (await listBackfills(config, name)).find(({ state }) => state === 'running');
  if (running !== undefined) {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `source ${name} is reading ${running.tables.join(', ')} again (${running.id}), and a connector does one backfill at a time`,
      { remedy: 'Wait for it (`counterfoil backfill status`), or end it (`counterfoil backfill cancel`).' },
    );
  }
  await signal(name, source, readAgainSignal(id, source.kind, table, where));
  return id;
}

/** Asks the connector to end what it reads again. Harmless when it reads nothing. */
export async function cancelBackfill(config: Config, name: string): Promise<void> {
  await signal(name, sourceOf(config, name), stopSignal(newBackfillId()));
}

/** The backfills of a source that its connector has told of, the oldest first. */
export async function listBackfills(config: Config, name: string): Promise<readonly ShownBackfill[]> {
  const known = await knownBackfills(config, name);
  const remembered = known.some(({ state }) => state === 'running')
    ? await connectOf(config).offset(name)
    : null;
  return known.map((backfill) => ({
    ...backfill,
    source: name,
    state:
      backfill.state === 'running' && remembered?.['incremental_snapshot_correlation_id'] !== backfill.id
        ? 'lost'
        : backfill.state,
  }));
}

/** Resolves when the connector of a source reads nothing again. Throws the signal's reason. */
export async function untilIdle(config: Config, name: string, signal: AbortSignal): Promise<void> {
  while ((await listBackfills(config, name)).some(({ state }) => state === 'running'))
    await sleep(BUSY_POLL_MS, undefined, { signal });
}

/** Resolves with how it ended; null when `until` aborted first. `onProgress` is called at each chunk. */
export async function awaitBackfill(
  config: Config,
  name: string,
  id: string,
  until: AbortSignal,
  onProgress: (backfill: Backfill) => void,
): Promise<Backfill | null> {
  let end: Backfill | null = null;
  await followBackfills(
    config,
    name,
    (backfills) => {
      const mine = backfills.find((backfill) => backfill.id === id);
      if (mine === undefined) return false;
      if (mine.state === 'running') onProgress(mine);
      else end = mine;
      return end !== null;
    },
    until,
  );
  return end;
}

/** How many rows of the table wait behind dead letters of these routes. */
export async function waitingRows(
  config: Config,
  routes: readonly Route[],
  source: string,
  table: TableId,
): Promise<number> {
  const topic = topicOf(config, source, table);
  let waiting = 0;
  for (const route of routes) {
    const parked = await withRouteSink(config, route, ({ letters }) => letters.parkedRows(route.name));
    waiting += parked.filter((row) => row.topic === topic).length;
  }
  return waiting;
}

/**
 * Resolves when these routes have applied all that the topic of the table holds by now; false when `until` aborts first.
 */
export async function untilApplied(
  config: Config,
  routes: readonly Route[],
  source: string,
  table: TableId,
  until: AbortSignal,
): Promise<boolean> {
  const topic = topicOf(config, source, table);
  const reader = createTopicReader(kafkaOf(config, 'backfill'));
  const ends = await reader.ranges(topic).finally(() => reader.close());
  for (const route of routes) {
    if (!route.accepts(topic)) continue;
    if (!(await untilPassed(config, route, topic, ends, until))) return false;
  }
  return true;
}

async function untilPassed(
  config: Config,
  route: Route,
  topic: string,
  ends: readonly PartitionRange[],
  until: AbortSignal,
): Promise<boolean> {
  return withRouteSink(config, route, async (sink) => {
    for (;;) {
      const reached = new Map<number, bigint>();
      for (const position of await sink.positions(route.name))
        if (position.topic === topic) reached.set(position.partition, position.next);
      if (ends.every(({ partition, low, high }) => low === high || (reached.get(partition) ?? low) >= high))
        return true;
      await sleep(POLL_MS, undefined, { signal: until }).catch(() => undefined);
      if (until.aborted) return false;
    }
  });
}

/** Looks where positions and letters of a route are, as the user who may only read it. */
async function withRouteSink<T>(
  config: Config,
  route: Route,
  use: (sink: Pick<Sink, 'positions' | 'letters'>) => Promise<T>,
): Promise<T> {
  const sink = keeperReader(config, route.config.target);
  try {
    return await use(sink);
  } finally {
    await sink.close();
  }
}

function topicOf(config: Config, source: string, table: TableId): string {
  return topicNameOf(source, table, sourceOf(config, source).naming);
}

export function sourceOf(config: Config, name: string): SourceConfig {
  const source = config.sources[name];
  if (source !== undefined) return source;
  const known = Object.keys(config.sources).join(', ');
  throw new CounterfoilError('CONFIGURATION_INVALID', `there is no source "${name}"; there are ${known}`);
}

async function signal(name: string, source: SourceConfig, { id, type, data }: SignalRow): Promise<void> {
  if (source.signals === undefined) {
    throw new CounterfoilError('CONFIGURATION_INVALID', `source ${name} has no table of signals`, {
      remedy: 'Create one and set `signals.table` of the source, see docs/operations.md.',
    });
  }
  const table = tableIdOf(source.signals.table);
  await withSource(name, source, 'capture', (session) => {
    const into = `${session.quote(table.namespace)}.${session.quote(table.name)}`;
    return session.run(`INSERT INTO ${into} (id, type, data) VALUES (?, ?, ?)`, [id, type, data]);
  });
}

/** Sortable by time, and unlike any other. */
export function newBackfillId(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
