import type { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Cell, Row } from '../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import type { Message, MessageBody, MessageShape } from '../../schemas/contract/message.ts';
import type { Claim } from '../../schemas/contract/ports.ts';
import { nextOffset, offsetOf, versionOf } from '../../schemas/contract/position.ts';
import type { Offset } from '../../schemas/contract/position.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { imbalanceOf } from '../../schemas/feed/balance.ts';
import type { WholeDocument } from '../../schemas/feed/document.ts';
import type { QueuedMessage, QueuedMessages, Refusal } from '../../schemas/feed/store.ts';
import { cellOf } from '../postgres/cell-of-text.ts';
import type { Session } from '../postgres/connection.ts';
import { Positions } from '../postgres/positions.ts';
import { TargetError } from '../upsert/target-error.ts';
import { typeOf } from './columns.ts';
import type { FeedTables } from './definitions.ts';
import type { TextDocument, TextRow } from './read.ts';

const MESSAGES_AT_ONCE = 500;
/** As they are kept; but for a single one that is larger. */
const BYTES_AT_ONCE = 4 << 20;

interface OutboxRow {
  readonly sequence: string;
  readonly document: string;
  readonly key: readonly string[];
  readonly version: string;
  readonly body: TextDocument | null;
}

/** The oldest messages of the outbox; null when it is empty. */
export async function readOldest(
  session: Session,
  { outbox }: FeedTables,
  feed: string,
  documents: readonly WholeDocument[],
): Promise<QueuedMessages | null> {
  const known = new Map(documents.map((document) => [document.name, document]));
  // Ordered by the number: by its bare name PostgreSQL would order by its text, in which 10 comes before 9.
  const rows = await session.run<OutboxRow>(
    `SELECT sequence::text, document, document_key AS key, version, body FROM (
       SELECT *, sum(bytes) OVER (ORDER BY sequence) - bytes AS before FROM (
         SELECT * FROM ${outbox} WHERE feed = $1 AND document = ANY($2::text[]) ORDER BY sequence LIMIT ${MESSAGES_AT_ONCE}
       ) AS oldest
     ) AS weighed WHERE before < ${BYTES_AT_ONCE} ORDER BY weighed.sequence`,
    [feed, [...known.keys()]],
    'read the outbox',
  );
  const last = rows.at(-1);
  if (last === undefined) return null;
  const queued = rows.flatMap((row): readonly QueuedMessage[] => {
    const { document, key } = row;
    const declared = known.get(document);
    if (declared === undefined) return [];
    const message = messageOf(declared.shape, row);
    return [{ document, key, message, fault: faultOf(declared, message) }];
  });
  return { queued, next: nextOffset(offsetOf(last.sequence)) };
}

function faultOf({ balance }: WholeDocument, { body }: Message): CounterfoilError | null {
  return balance === null || body === null ? null : imbalanceOf(balance, body);
}

function messageOf(shape: MessageShape, { key, version, body }: OutboxRow): Message {
  const { table } = shape;
  const keyCells = table.key.map((name, at) => cellOf(key[at] ?? null, typeOf(table, name)));
  return {
    ...{ shape, key: rowKeyOf(keyCells), keyCells, version: versionOf(version) },
    body: body === null ? null : bodyOf(shape, body),
  };
}

function bodyOf(shape: MessageShape, { row, nested }: TextDocument): MessageBody {
  return {
    cells: cellsOf(shape.table, row),
    nested: Object.fromEntries(
      Object.entries(shape.nested).map(([as, { table }]) => [
        as,
        (nested[as] ?? []).map((each) => ({ cells: cellsOf(table, each), nested: {} })),
      ]),
    ),
  };
}

function cellsOf({ columns }: TableShape, row: TextRow): Row {
  return Object.fromEntries(
    columns.map(({ name, type }): [string, Cell] => [name, cellOf(row[name] ?? null, type)]),
  );
}

/** See {@link FeedStore.settle}. */
export async function settleOutbox(
  session: Session,
  { tables, positions }: { readonly tables: FeedTables; readonly positions: Positions },
  claim: Claim,
  next: Offset,
): Promise<void> {
  const first = claim.next ?? offsetOf(0);
  const move = { sourceVersion: null, sourceTime: null, recordTime: null, watermark: null, journaled: false };
  if (!(await positions.move(session, { ...move, claim, first, next })))
    throw new TargetError('STALE_WRITER', `${claim.route} was claimed by another process`);
  await session.run(
    `DELETE FROM ${tables.outbox} WHERE feed = $1 AND sequence < $2`,
    [claim.route, next.toString()],
    'clear the outbox',
  );
  // A receiver may know of more than a database that was restored.
  await session.run(
    `INSERT INTO ${tables.sequence} AS s VALUES ($1, $2) ON CONFLICT (feed) DO UPDATE SET next = greatest(s.next, $2)`,
    [claim.route, next.toString()],
    'number documents',
  );
}

/** See {@link FeedStore.refuse}. */
export async function refuseDocuments(
  session: Session,
  { outbox, told }: FeedTables,
  feed: string,
  refusals: readonly Refusal[],
): Promise<void> {
  for (const { document, key, message, error } of refusals) {
    const that = [feed, document, JSON.stringify(key), message.version];
    await session.run(
      `DELETE FROM ${outbox} WHERE feed = $1 AND document = $2 AND document_key = $3::jsonb AND version = $4`,
      that,
      'take documents out of the outbox',
    );
    await session.run(
      `UPDATE ${told} SET refusal = $5, refused_at = now()
       WHERE feed = $1 AND document = $2 AND document_key = $3::jsonb AND version = $4`,
      [...that, error.message],
      'write down what is refused',
    );
  }
}
