import { openMirrors, SYSTEMS } from '../integration/types/mirrors.ts';
import type { Direction, Mirrors, System } from '../integration/types/mirrors.ts';
import type { TypeCase } from '../integration/types/type-case.ts';
import { TYPE_CASES, createTypeTables, insertTypeValues } from '../integration/types/type-tables.ts';
import type { SourceTable } from '../integration/types/type-tables.ts';
import { alongside } from './alongside.ts';
import { ourTarget, peerTarget, sourceOf, topicOf } from './field.ts';
import type { Field } from './field.ts';
import { JdbcSink, openOperators } from './jdbc-sink.ts';
import { lettersOf } from './letters.ts';
import { openPeerTargets } from './peer-targets.ts';
import { outcomeOf, shownTables } from './type-outcome.ts';
import type { ShownTables, TableOutcome } from './type-outcome.ts';

/** What became of a column type on one way. */
export interface TypeOutcome {
  readonly each: TypeCase;
  readonly from: System;
  readonly to: System;
  readonly ours: TypeSinkOutcome;
  readonly jdbc: TypeSinkOutcome;
}

export interface TypeSinkOutcome extends TableOutcome {
  /** Why rows were refused: codes of dead letters, or causes for which the task has stopped. */
  readonly causes: readonly string[];
}

/** Most of the time each of them waits for Connect to commit its offsets. */
const AT_ONCE = 24;

/** Without `_`, which the other sink's driver takes for any letter; and no name is in both sources. */
const tableName = (system: System, { name }: TypeCase) => `${system[0]}${name.replaceAll('_', '')}`;

/** Writes every value of every type, to be read by a snapshot and from the log, and looks at what both sinks make of it. */
export async function compareTypes(
  name: string,
  say: (line: string) => void,
): Promise<readonly TypeOutcome[]> {
  const mirrors = await openMirrors(name);
  const operators = await openOperators();
  const field: Field = { mirrors, operators, peer: await openPeerTargets(name) };
  await writeValues(mirrors);
  say('types: mirrored');
  await mirrors.pipeline().kill('SIGTERM');
  const trials = mirrors.directions.flatMap((direction) => trialsOf(field, direction));
  // All its connectors in a worker share their types, and with them the dialect of the one that was started last.
  for (const system of SYSTEMS) {
    const some = trials.filter(({ direction }) => direction.to === system);
    await alongside(some, AT_ONCE, async ({ sink }) => {
      await sink.start();
      await sink.settle({ retries: 1 });
      await sink.remove();
    });
    say(`types: the JDBC sink has read all of it into ${system}`);
  }
  const outcomes: TypeOutcome[] = [];
  for (const direction of mirrors.directions)
    outcomes.push(
      ...(await outcomesOf(
        field,
        direction,
        trials.filter((trial) => trial.direction === direction),
      )),
    );
  await operators.close();
  await mirrors.close();
  return outcomes;
}

async function writeValues(mirrors: Mirrors): Promise<void> {
  const tableOf: SourceTable = (system, each) =>
    `${sourceOf(mirrors, system).namespace}.${tableName(system, each)}`;
  await createTypeTables(mirrors, tableOf);
  await insertTypeValues(mirrors, tableOf, 'snapshot');
  await mirrors.start();
  for (const { route } of mirrors.directions) await mirrors.check(route);
  await insertTypeValues(mirrors, tableOf, 'stream');
  for (const { route } of mirrors.directions) await mirrors.check(route);
}

/** A type on one way, and the connector of the other sink that reads it. */
interface Trial {
  readonly direction: Direction;
  readonly each: TypeCase;
  readonly table: string;
  readonly topic: string;
  readonly sink: JdbcSink;
}

function trialsOf({ mirrors, peer, operators }: Field, direction: Direction): readonly Trial[] {
  const { from, to } = direction;
  return TYPE_CASES[from].map((each) => {
    const table = tableName(from, each);
    const topic = topicOf(mirrors, from, table);
    const name = `${mirrors.name}-${from}-${to}-${table}`.replaceAll('_', '-');
    const settings = { 'errors.deadletterqueue.topic.name': `dlq.${mirrors.name}` };
    const sink = new JdbcSink({ name, to, topics: [topic], database: peer.name(from), settings }, operators);
    return { direction, each, table, topic, sink };
  });
}

async function outcomesOf(
  field: Field,
  direction: Direction,
  trials: readonly Trial[],
): Promise<readonly TypeOutcome[]> {
  const { mirrors } = field;
  const { from, to, route } = direction;
  const sources = await shownTables(sourceOf(mirrors, from));
  const ours = await shownTables(ourTarget(mirrors, direction));
  const theirs = await shownTables(peerTarget(field, direction));
  const outcomes: TypeOutcome[] = [];
  for (const { each, table, topic, sink } of trials) {
    const letters = await lettersOf(mirrors, to, route, topic);
    const of = (targets: ShownTables) => outcomeOf(each, table, sources, targets);
    outcomes.push({
      ...{ each, from, to },
      ours: { ...of(ours), causes: letters.map(({ code }) => code) },
      jdbc: { ...of(theirs), causes: [...new Set(sink.stopsAt([topic]).map(({ cause }) => cause))] },
    });
  }
  return outcomes;
}
