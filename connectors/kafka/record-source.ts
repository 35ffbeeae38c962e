import type { Kafka } from 'kafkajs';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { BatchHandler, RecordSource, SessionEnd } from '../../schemas/contract/ports.ts';
import { ConsumerSession } from './consumer-session.ts';
import { membersOf } from './group-members.ts';
import { topicChange } from './topic-change.ts';
import type { TopicReader } from './topics.ts';

export interface RecordSourceOptions {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly groupId: string;
  /** What the members of the group have in common, see {@link membersOf}. */
  readonly identity: string;
  /** Which of the cluster's topics are read. Asked again every `refreshMs`: topics come with the tables. */
  readonly accepts: (topic: string) => boolean;
  readonly partitionsAtOnce?: number;
  readonly maxBytesPerPartition?: number;
  /** How long the group waits for a member that died without a word. */
  readonly sessionTimeoutMs?: number;
  /** How long the group waits in a rebalance for a member that is busy with a batch, before it goes on without. */
  readonly rebalanceTimeoutMs?: number;
  readonly refreshMs?: number;
  /** No progress for so long in spite of lag ends the session (kafkajs consumers have been seen to stop silently). */
  readonly stallMs?: number;
  readonly onLag?: (partition: TopicPartition, messages: number) => void;
}

/** A {@link RecordSource} on kafkajs; each run is a consumer of its own. */
export function createRecordSource(options: RecordSourceOptions): RecordSource {
  const refreshMs = options.refreshMs ?? 2_000;
  const stallMs = options.stallMs ?? 60_000;

  async function topics(): Promise<string[]> {
    return (await options.reader.list()).filter(options.accepts).sort();
  }

  async function waitForTopics(signal: AbortSignal): Promise<SessionEnd> {
    await pause(refreshMs, signal);
    return signal.aborted ? 'stopped' : 'topics-changed';
  }

  async function run(handler: BatchHandler, signal: AbortSignal): Promise<SessionEnd> {
    const subscribed = await topics();
    if (subscribed.length === 0) return waitForTopics(signal);
    if (signal.aborted) return 'stopped';
    const session = new ConsumerSession({
      consumer: options.kafka.consumer({
        groupId: options.groupId,
        partitionAssigners: [membersOf(options.identity)],
        sessionTimeout: options.sessionTimeoutMs ?? 10_000,
        rebalanceTimeout: options.rebalanceTimeoutMs ?? 60_000,
        heartbeatInterval: 1_000,
        maxBytesPerPartition: options.maxBytesPerPartition ?? 2 * 1024 * 1024,
        maxBytes: 16 * 1024 * 1024,
        maxWaitTimeInMs: 250,
        readUncommitted: false,
        retry: { initialRetryTime: 100, retries: 6, restartOnFailure: () => Promise.resolve(false) },
      }),
      groupId: options.groupId,
      topics: subscribed,
      reader: options.reader,
      handler,
      partitionsAtOnce: options.partitionsAtOnce ?? 4,
      heartbeatMs: 1_000,
      onLag: options.onLag ?? (() => undefined),
    });

    const onAbort = () => {
      session.end('stopped');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const watch = watchSession(session, subscribed);
    try {
      return await session.run();
    } finally {
      signal.removeEventListener('abort', onAbort);
      watch.stop();
    }
  }

  /** Looks at the topics and the lag until it is stopped; a look takes a tenth of the time at most. */
  function watchSession(session: ConsumerSession, subscribed: readonly string[]): { stop(): void } {
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const change = topicChange(subscribed);

    async function look(): Promise<void> {
      const current = await topics();
      if (stopped) return;
      if (change.isDue(current, Date.now())) session.end('topics-changed');
      else if (session.stalledFor(await session.measureLag()) > stallMs) session.end('stalled');
    }
    function schedule(pauseMs: number): void {
      timer = setTimeout(() => {
        const began = Date.now();
        look()
          .catch((error: unknown) => {
            if (!stopped) session.fail(error as Error);
          })
          .finally(() => {
            if (!stopped) schedule(Math.max(refreshMs, 9 * (Date.now() - began)));
          });
      }, pauseMs);
    }
    schedule(refreshMs);
    return {
      stop() {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  return { run };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
