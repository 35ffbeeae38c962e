import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { createLineTopic, readLines } from '../../connectors/kafka/line-topic.ts';
import type { LineTopic } from '../../connectors/kafka/line-topic.ts';
import { createTopicReader } from '../../connectors/kafka/topics.ts';
import { anchorHash, sealAnchor } from '../../monitoring/audit/anchor.ts';
import { anchorsIn, lastOfEach } from '../../monitoring/audit/anchors.ts';
import { signingKeyOf, verifyingKeyOf } from '../../monitoring/audit/keys.ts';
import type { Logger } from '../../monitoring/metrics/log.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import type { ChainHead } from '../../schemas/contract/chain.ts';
import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { JournalConfig } from '../config/journal-schema.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { journalOf } from './journal.ts';

export interface AnchoringOptions {
  readonly config: Config;
  /** Of all targets that routes of this process write to, by name. */
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly kafka: Kafka;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
}

/** Puts the ends of the chains of journals down outside of their databases: signed, in a topic, and in a file if one is named. */
export interface Anchoring {
  /** Again and again until `signal` aborts. A failure is told, and tried again at the next time. */
  run(signal: AbortSignal): Promise<void>;
  /** Once more, when nothing is written any longer. */
  close(): Promise<void>;
}

/** The end waits so long for the last anchors: a Kafka or a database that is gone does not hold it up. */
const LAST_MS = 5_000;

export function createAnchoring(options: AnchoringOptions): Anchoring {
  const { config, kafka, sinks } = options;
  const { journal } = config;
  if (journal === undefined) return { run: () => Promise.resolve(), close: () => Promise.resolve() };
  const topic = createLineTopic(kafka, journal.topic, config.kafka.replicationFactor);
  const targets = [...sinks].flatMap(([name, sink]) => {
    const target = config.targets[name];
    return target !== undefined && isDatabase(target) ? [new Anchored(name, sink, journal, options)] : [];
  });
  const all = async () => {
    for (const target of targets) await target.anchor(topic);
  };
  return {
    run: async (signal) => {
      do await all();
      while (await pause(journal.anchorSeconds, signal));
    },
    close: async () => {
      await Promise.race([all(), sleep(LAST_MS, undefined, { ref: false })]);
      await topic.close();
    },
  };
}

/** Puts down the anchors of one target, each of which names the one before it. */
class Anchored {
  /** By chain, the last entry that is anchored. */
  readonly #anchored = new Map<string, bigint>();
  readonly #key: KeyObject;
  #writer = randomUUID();
  #number = 0;
  #isPrepared = false;
  /** Null until it is known what others have put down. */
  #after: readonly string[] | null = null;

  constructor(
    readonly name: string,
    readonly sink: Sink,
    readonly journal: JournalConfig,
    readonly options: AnchoringOptions,
  ) {
    this.#key = signingKeyOf(journal.signingKey);
  }

  async anchor(topic: LineTopic): Promise<void> {
    const { name, options } = this;
    try {
      // The routes do so as well: whoever comes first makes the tables.
      if (!this.#isPrepared) await this.sink.prepare();
      this.#isPrepared = true;
      const heads = await this.sink.journalHeads();
      const fresh = heads.filter(({ chain, sequence }) => this.#anchored.get(chainLabel(chain)) !== sequence);
      if (fresh.length > 0) await this.#putDown(fresh, topic);
      options.telemetry.emit({ type: 'journal-anchored', target: name, chains: heads.length });
    } catch (error) {
      const { code, message } = asCounterfoilError(error, 'INTERNAL', 'an anchor could not be put down');
      options.logger.warn({ target: name, code }, `the journal was not anchored: ${message}`);
    }
  }

  async #putDown(heads: readonly ChainHead[], topic: LineTopic): Promise<void> {
    const { name, journal } = this;
    const after = (this.#after ??= await this.#lastOfOthers());
    const about = { target: name, writer: this.#writer, number: this.#number + 1, after, at: Date.now() };
    const line = sealAnchor({ ...about, heads }, this.#key);
    try {
      await topic.append(name, line);
      // A line that a kill has cut short does not take this one with it.
      if (journal.file !== undefined) await appendFile(journal.file, `\n${line}\n`, { mode: 0o600 });
    } catch (error) {
      // It may or may not be there: a number is given once.
      this.#writer = randomUUID();
      this.#number = 0;
      throw error;
    }
    this.#number += 1;
    this.#after = [anchorHash(line)];
    for (const { chain, sequence } of heads) this.#anchored.set(chainLabel(chain), sequence);
  }

  async #lastOfOthers(): Promise<readonly string[]> {
    const { name, journal, options } = this;
    const lines = await linesInTopic(options.kafka, journal.topic, name, { last: RECENT });
    const recent = anchorsIn({ lines, unread: null }, name, verifyingKeyOf(journal.signingKey));
    return lastOfEach(recent.genuine);
  }
}

/** Lines of the topic in which a new writer looks for those before it. */
const RECENT = 200;

async function linesInTopic(
  kafka: Kafka,
  topic: string,
  target: string,
  { last, signal = new AbortController().signal }: { readonly last?: number; readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  const reader = createTopicReader(kafka);
  try {
    const groupId = `counterfoil.audit.${randomUUID()}`;
    return await readLines(kafka, reader, { topic, key: target, groupId, ...(last && { last }) }, signal);
  } finally {
    await reader.close();
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** Lines that were found, and why others perhaps were not. */
export interface AnchorLines {
  readonly lines: readonly string[];
  readonly unread: string | null;
}

/** All anchors of a target that were put down, in topic and file, as they were. What cannot be read of them is said. */
export async function anchorLines(
  target: string,
  config: Config,
  kafka: Kafka,
  signal: AbortSignal,
): Promise<AnchorLines> {
  const { topic, file } = journalOf(config);
  const places = [linesInTopic(kafka, topic, target, { signal })];
  if (file !== undefined) places.push(linesOf(file));
  const lines = new Set<string>();
  const unread: string[] = [];
  for (const place of await Promise.allSettled(places))
    if (place.status === 'fulfilled') for (const line of place.value) lines.add(line);
    else unread.push(asCounterfoilError(place.reason, 'INTERNAL', 'the anchors cannot be read').message);
  signal.throwIfAborted();
  return { lines: [...lines], unread: unread.length === 0 ? null : unread.join('; ') };
}

async function linesOf(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw new CounterfoilError('CONFIGURATION_INVALID', `the anchors in ${file} cannot be read`, {
      remedy: 'See that `journal.file` names the file, and that this user may read it.',
    });
  }
}
