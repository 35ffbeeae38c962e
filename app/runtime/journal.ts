import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { createLineTopic, readLines } from '../../connectors/kafka/line-topic.ts';
import type { LineTopic } from '../../connectors/kafka/line-topic.ts';
import type { TopicReader } from '../../connectors/kafka/topics.ts';
import { sealAnchor, signBytes, signingKeyOf, verifyingKeyOf } from '../../monitoring/audit/anchor.ts';
import { journalDigests } from '../../monitoring/audit/digests.ts';
import type { Logger } from '../../monitoring/metrics/log.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import { asCounterfoilError, CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { Telemetry } from '../../schemas/contract/telemetry.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import type { JournalConfig } from '../config/journal-schema.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';

/** What sinks need to keep a journal; undefined when none is configured. */
export function journalTools({ journal }: Config): JournalTools | undefined {
  if (journal === undefined) return undefined;
  const key = signingKeyOf(journal.signingKey);
  return { digestsOf: journalDigests, sign: (digest) => signBytes(digest, key) };
}

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

/** The journal of one target. */
class Anchored {
  /** By chain, the last entry that is anchored. */
  readonly #anchored = new Map<string, bigint>();
  readonly #key: KeyObject;

  constructor(
    readonly name: string,
    readonly sink: Sink,
    readonly journal: JournalConfig,
    readonly options: AnchoringOptions,
  ) {
    this.#key = signingKeyOf(journal.signingKey);
  }

  async anchor(topic: LineTopic): Promise<void> {
    const { name, journal, options } = this;
    try {
      const heads = await this.sink.journalHeads();
      const fresh = heads.filter(({ chain, sequence }) => this.#anchored.get(chainLabel(chain)) !== sequence);
      if (fresh.length > 0) {
        const line = sealAnchor({ target: name, at: Date.now(), heads: fresh }, this.#key);
        await topic.append(name, line);
        if (journal.file !== undefined) await appendFile(journal.file, `${line}\n`, { mode: 0o600 });
        for (const { chain, sequence } of fresh) this.#anchored.set(chainLabel(chain), sequence);
      }
      options.telemetry.emit({ type: 'journal-anchored', target: name, chains: heads.length });
    } catch (error) {
      const { code, message } = asCounterfoilError(error, 'INTERNAL', 'an anchor could not be put down');
      options.logger.warn({ target: name, code }, `the journal was not anchored: ${message}`);
    }
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** Where anchors are read from for an audit. */
export interface AnchorSources {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly signal: AbortSignal;
}

/** All anchors of a target that were put down, in topic and file, as they were. */
export async function anchorLines(
  target: string,
  config: Config,
  { kafka, reader, signal }: AnchorSources,
): Promise<readonly string[]> {
  const { topic, file } = journalOf(config);
  const groupId = `counterfoil.audit.${randomUUID()}`;
  const inTopic = await readLines(kafka, reader, { topic, key: target, groupId }, signal);
  return [...new Set([...inTopic, ...(file === undefined ? [] : await linesOf(file))])];
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

/** The key that entries and anchors must be signed with. */
export function auditKeyOf(config: Config): KeyObject {
  const { verifyingKey, signingKey } = journalOf(config);
  return verifyingKeyOf(verifyingKey ?? signingKey);
}

export function journalOf({ journal }: Config): JournalConfig {
  if (journal !== undefined) return journal;
  throw new CounterfoilError('CONFIGURATION_INVALID', 'no journal is kept', {
    remedy: 'Add a section `journal` to the configuration, see docs/audit.md.',
  });
}
