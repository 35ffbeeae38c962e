import type { EachMessagePayload } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { SYSTEMS } from '../integration/types/mirrors.ts';
import type { Direction, Mirrors, System } from '../integration/types/mirrors.ts';
import { counterfoil } from '../support/pipeline.ts';
import { testStack } from '../support/stack-file.ts';
import { alongside } from './alongside.ts';
import { EVENT_KINDS, statementsOf } from './event-kinds.ts';
import type { EventKind, Statements } from './event-kinds.ts';
import { differenceOf } from './event-outcome.ts';
import type { Place } from './event-outcome.ts';
import { ourTarget, peerTarget, sourceOf, topicOf } from './field.ts';
import type { Field } from './field.ts';
import { JdbcSink } from './jdbc-sink.ts';
import { lettersOf } from './letters.ts';
import type { LetterCount } from './letters.ts';

/** What became of an event kind on one way. */
export interface EventOutcome {
  readonly title: string;
  readonly from: System;
  readonly to: System;
  readonly ours: SinkOutcome;
  readonly jdbc: SinkOutcome;
}

export interface SinkOutcome {
  /** How the target differs from the source; null when it does not. */
  readonly difference: string | null;
  /** What the sink said of it, and what an operator did. */
  readonly said: string;
}

const AT_ONCE = 8;
/** Which of two topics is read first is chance: a row whose parent has come may still be the first. */
export const RETRIES = 3;
const isOf = ({ only }: EventKind, system: System) => only === undefined || only === system;

async function run(
  { database, system, namespace }: Place,
  statements: Statements | undefined,
): Promise<void> {
  for (const statement of statementsOf(statements, system))
    await database.query(statement.replaceAll('@', namespace));
}

/** Makes the tables of sources, and those that targets have beforehand. */
export async function createEventTables(field: Field): Promise<void> {
  const { mirrors } = field;
  for (const kind of EVENT_KINDS) {
    for (const system of SYSTEMS)
      if (isOf(kind, system)) {
        await run(sourceOf(mirrors, system), kind.create);
        await run(sourceOf(mirrors, system), kind.before);
      }
    if (kind.targets === undefined) continue;
    for (const direction of mirrors.directions) {
      const ours = ourTarget(mirrors, direction);
      if (ours.system === 'postgres')
        await ours.database.query(`CREATE SCHEMA IF NOT EXISTS ${ours.namespace}`);
      else await ours.database.query(`CREATE DATABASE IF NOT EXISTS ${ours.namespace} CHARACTER SET utf8mb4`);
      for (const place of [ours, peerTarget(field, direction)]) await run(place, kind.targets);
    }
  }
}

/** Runs every kind of event while both sinks read, and looks at what they have made of it. */
export async function compareEvents(
  field: Field,
  say: (line: string) => void,
): Promise<readonly EventOutcome[]> {
  const { mirrors } = field;
  const trials = mirrors.directions.flatMap((direction) => trialsOf(field, direction));
  await alongside(trials, AT_ONCE, ({ sink }) => sink.start());
  await untilRead(field, trials);
  const steps = Math.max(...EVENT_KINDS.map((kind) => kind.steps.length));
  for (let at = 0; at < steps; at += 1) {
    say(`events: step ${at + 1} of ${steps}`);
    for (const system of SYSTEMS)
      for (const kind of EVENT_KINDS.filter((each) => isOf(each, system)))
        await run(sourceOf(mirrors, system), kind.steps[at]);
    await untilRead(field, trials);
    if (at === 0) await deliverAgain(mirrors);
  }
  await settle(field, trials);
  const outcomes: EventOutcome[] = [];
  for (const trial of trials) outcomes.push(await outcomeOf(field, trial));
  await alongside(trials, AT_ONCE, ({ sink }) => sink.remove());
  const order = EVENT_KINDS.map(({ title }) => title);
  return outcomes.sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title));
}

/** A kind on one way, and the connector of the other sink that reads it: one that stops holds up no other. */
interface Trial {
  readonly direction: Direction;
  readonly kind: EventKind;
  readonly sink: JdbcSink;
}

function trialsOf({ mirrors, peer, operators }: Field, direction: Direction): readonly Trial[] {
  const { from, to } = direction;
  return EVENT_KINDS.filter((kind) => isOf(kind, from)).map((kind, at) => ({
    direction,
    kind,
    sink: new JdbcSink(
      {
        ...{ name: `${mirrors.name}-${from}-${to}-events-${at}`.replaceAll('_', '-'), to },
        topics: kind.tables.map((table) => topicOf(mirrors, from, table)),
        database: peer.name(from),
        settings: kind.settings ?? {},
      },
      operators,
    ),
  }));
}

async function untilRead({ mirrors }: Field, trials: readonly Trial[]): Promise<void> {
  for (const { route } of mirrors.directions) await mirrors.check(route);
  await Promise.all(trials.map(({ sink }) => sink.untilReadOrStopped()));
}

/** Writes the first record of the topics to them once more, byte for byte. */
async function deliverAgain(mirrors: Mirrors): Promise<void> {
  const kafka = createKafka({ brokers: [testStack().kafka.bootstrap], clientId: 'comparison' });
  const producer = kafka.producer();
  await producer.connect();
  for (const kind of EVENT_KINDS.filter(({ again }) => again))
    for (const system of SYSTEMS) {
      const topic = topicOf(mirrors, system, kind.tables[0] ?? '');
      const consumer = kafka.consumer({ groupId: `comparison-${topic}` });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const first = await new Promise<{ key: Buffer | null; value: Buffer | null }>((resolve, reject) => {
        const eachMessage = ({ message }: EachMessagePayload) => {
          resolve(message);
          return Promise.resolve();
        };
        consumer.run({ eachMessage }).catch(reject);
      });
      await consumer.disconnect();
      await producer.send({ topic, messages: [{ key: first.key, value: first.value }] });
    }
  await producer.disconnect();
}

/** What operators of both do in the end: mend the targets, go on with what was set aside, start again what has stopped. */
async function settle(field: Field, trials: readonly Trial[]): Promise<void> {
  const { mirrors } = field;
  for (const { mend } of EVENT_KINDS)
    for (const direction of mirrors.directions)
      for (const place of [ourTarget(mirrors, direction), peerTarget(field, direction)])
        await run(place, mend);
  for (const { route } of mirrors.directions)
    await counterfoil('dlq', 'redrive', route, '--all', '--config', mirrors.configFile);
  await alongside(trials, AT_ONCE, ({ sink }) => sink.settle({ retries: RETRIES }));
  await untilRead(field, trials);
}

async function outcomeOf(field: Field, { direction, kind, sink }: Trial): Promise<EventOutcome> {
  const { mirrors } = field;
  const { from, to, route } = direction;
  const source = sourceOf(mirrors, from);
  const differences = async (target: Place) => {
    const all = await Promise.all(kind.tables.map((table) => differenceOf(table, source, target)));
    const some = all.filter((each) => each !== null);
    return some.length === 0 ? null : some.join('; ');
  };
  const topics = kind.tables.map((table) => topicOf(mirrors, from, table));
  const letters = (await Promise.all(topics.map((topic) => lettersOf(mirrors, to, route, topic)))).flat();
  return {
    ...{ title: kind.title, from, to },
    ours: {
      difference: await differences(ourTarget(mirrors, direction)),
      said: letters.length === 0 ? '' : `dead letters: ${letters.map(letterText).join(', ')}`,
    },
    jdbc: { difference: await differences(peerTarget(field, direction)), said: saidBy(sink, topics) },
  };
}

const letterText = ({ code, status, number }: LetterCount) => `${number} ${code} (${status})`;

function saidBy(sink: JdbcSink, topics: readonly string[]): string {
  const stops = sink.stopsAt(topics);
  if (stops.length === 0) return '';
  const causes = [...new Set(stops.map(({ cause }) => cause))];
  const skipped = stops.filter((stop) => stop.skipped).length;
  return `task stopped (${causes.join('; ')}); ${skipped === 0 ? 'went on when started again' : `${skipped} record${skipped === 1 ? '' : 's'} skipped by hand`}`;
}
