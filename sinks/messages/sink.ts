import type { LetterLedger } from '../../schemas/contract/dead-letter.ts';
import type { MessageShape } from '../../schemas/contract/message.ts';
import type { Claim, MappedRows, Sink, SinkBatch } from '../../schemas/contract/ports.ts';
import type { TopicPartition } from '../../schemas/contract/position.ts';
import type { Publication, Publisher } from '../../schemas/contract/publisher.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { messagesOf } from './message-rows.ts';
import { Repeats } from './repeats.ts';

export interface MessageSinkOptions {
  readonly publisher: Publisher;
  /** The database that has positions and dead letters of the routes: its sink writes these, and no rows. */
  readonly keeper: Sink;
  /** What messages of the rows of a table look like. */
  readonly shapeOf: (table: TableShape) => MessageShape;
}

const NO_ROWS: MappedRows = {
  ...{ mappingVersion: '', clears: [], occurrences: [], upserts: [], deletes: [], passed: [] },
};

/**
 * A sink that sends messages instead of writing rows. A receiver and a database have no transaction in common, so that a
 * batch goes in three steps, each fenced, and none done twice:
 *
 * 1. Letters are kept, and superseded ones closed, without moving the position. After a crash they are kept again, which
 *    changes nothing.
 * 2. The messages are published; a transactional receiver keeps how far that goes together with them.
 * 3. The position moves. After a crash before it, the next claim learns from the receiver how far it has come.
 */
export function createMessageSink({ publisher, keeper, shapeOf }: MessageSinkOptions): Sink {
  const partitions = new Map<string, Repeats>();
  const repeatsOf = (claim: Claim) => {
    const repeats = partitions.get(labelOf(claim)) ?? new Repeats();
    partitions.set(labelOf(claim), repeats);
    return repeats;
  };

  async function adopt(claim: Claim, publication: Publication | undefined): Promise<Claim> {
    if (publication === undefined) return claim;
    const { next, recordTime } = publication;
    await keeper.apply({ ...publication, ...NO_ROWS, claim, first: next, letters: [], freed: [] });
    return { ...claim, next, recordTime: recordTime ?? claim.recordTime };
  }

  async function keepLetters({ tally: _later, ...batch }: SinkBatch): Promise<void> {
    if (batch.letters.length + batch.freed.length === 0) return;
    const nothingPassed = { sourceVersion: null, sourceTime: null, recordTime: null, watermark: null };
    await keeper.apply({ ...batch, ...NO_ROWS, ...nothingPassed, next: batch.first });
  }

  return {
    prepare: async () => {
      await keeper.prepare();
      await publisher.prepare();
    },
    ensureTable: (table) => publisher.ensure(shapeOf(table)),
    planTable: (table) => publisher.plan(shapeOf(table)),
    claim: async (route, wanted) => {
      const claims = await keeper.claim(route, wanted);
      const publications = await publisher.claim(claims);
      const adopted: Claim[] = [];
      for (const claim of claims)
        adopted.push(
          await adopt(
            claim,
            publications.find((each) => isSamePartition(each, claim)),
          ),
        );
      const positions = await keeper.positions(route);
      for (const claim of claims) {
        const position = positions.find((each) => isSamePartition(each, claim));
        partitions.delete(labelOf(claim));
        repeatsOf(claim).passed(position?.sourceVersion ?? null);
      }
      return adopted;
    },
    apply: async (batch) => {
      const repeats = repeatsOf(batch.claim);
      const isRepeat = repeats.has.bind(repeats);
      const { messages, withheld } = messagesOf(batch, { shapeOf, isRepeat });
      await keepLetters(batch);
      await publisher.publish({ ...batch, messages });
      const { tally } = batch;
      await keeper.apply({
        ...{ ...batch, ...NO_ROWS, letters: [], freed: [] },
        // The keeper writes no rows, and keeps none out.
        ...(tally === undefined ? {} : { tally: { ...tally, outcomes: () => tally.outcomes(withheld) } }),
      });
      repeats.passed(batch.sourceVersion);
      return { withheld };
    },
    advance: (claim, next) => keeper.advance(claim, next),
    positions: (route) => keeper.positions(route),
    rewind: async (route, to) => {
      await publisher.rewind(route, to);
      await keeper.rewind(route, to);
    },
    letters: messageLetters({ publisher, keeper, shapeOf }),
    runs: keeper.runs,
    accounts: null,
    repairs: keeper.repairs,
    journalHeads: () => keeper.journalHeads(),
    close: async () => {
      await Promise.allSettled([publisher.close(), keeper.close()]);
    },
  };
}

/** The keeper's letters. One is redriven by publishing its messages, and closed after that. */
function messageLetters({ publisher, keeper: { letters }, shapeOf }: MessageSinkOptions): LetterLedger {
  return {
    ...letters,
    redrive: async (letter, rows, by) => {
      const { topic, partition, offset } = letter;
      // A letter is redriven because it was not published: what came after it in its partition does not matter.
      const { messages } = messagesOf(rows, { shapeOf, isRepeat: () => false });
      const open = await letters.list(letter.route, { status: 'open', topic, partition, offset });
      if (open.length === 0) return null;
      await publisher.redrive(letter, messages);
      return letters.redrive(letter, NO_ROWS, by);
    },
  };
}

function isSamePartition(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}

function labelOf({ route, topic, partition }: Claim): string {
  return `${route}/${topic}/${partition}`;
}
