import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message, MessageShape } from '../../schemas/contract/message.ts';
import type {
  ChangedRow,
  DeleteGroup,
  RowGroups,
  RowRejection,
  UpsertGroup,
  Withheld,
} from '../../schemas/contract/ports.ts';
import { compareVersions } from '../../schemas/contract/position.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { RowRejectedError } from '../../schemas/contract/row-rejected.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { elementAt } from '../upsert/row-sets.ts';

export interface MessageRows {
  /** At most one per key, in the order of their changes. */
  readonly messages: readonly Message[];
  readonly withheld: readonly Withheld[];
}

export interface MessageRowsOptions {
  readonly shapeOf: (table: TableShape) => MessageShape;
  /** Whether a change was published before. */
  readonly isRepeat: (version: Version) => boolean;
}

/**
 * The messages that rows come to. A message says all that there is: a row without some of its values (large ones that did
 * not change are not sent) is completed by the rows before it in the batch, or rejected as MISSING_BASE_ROW.
 * Throws RowRejectedError.
 */
export function messagesOf(rows: RowGroups, { shapeOf, isRepeat }: MessageRowsOptions): MessageRows {
  refuseUnkeyed(rows);
  const messages = new Map<string, Message>();
  const withheld: Withheld[] = [];
  const rejections: RowRejection[] = [];

  for (const message of [...rows.deletes.flatMap(deletesOf), ...rows.upserts.flatMap(upsertsOf)]) {
    const { table, key, version } = message;
    const id = `${tableLabel(table.id)}\n${key}`;
    const row: ChangedRow = { table, key, version };
    if (isRepeat(version)) {
      withheld.push({ ...row, reason: 'duplicate' });
      continue;
    }
    const shape = shapeOf(table);
    if (message.cells === null) {
      messages.set(id, { shape, key, version, keyCells: message.keyCells, body: null });
      continue;
    }
    const cells = { ...messages.get(id)?.body?.cells, ...message.cells };
    if (table.columns.some(({ name }) => cells[name] === undefined)) {
      rejections.push({ ...row, error: incomplete(table) });
      continue;
    }
    const keyCells = table.key.map((name) => cells[name] ?? null);
    messages.set(id, { shape, key, version, keyCells, body: { cells, nested: {} } });
  }

  if (rejections.length > 0) throw new RowRejectedError(rejections);
  const ordered = [...messages.values()].sort((a, b) => compareVersions(a.version, b.version));
  return { messages: ordered, withheld };
}

function deletesOf({ table, keys, versions, keyCells }: DeleteGroup) {
  return keys.map((key, at) => ({
    ...{ table, key, version: elementAt(versions, at) },
    ...{ keyCells: elementAt(keyCells, at), cells: null },
  }));
}

function upsertsOf({ table, keys, versions, columns, rows }: UpsertGroup) {
  return keys.map((key, at) => {
    const row = elementAt(rows, at);
    const cells = Object.fromEntries(columns.map((name, index) => [name, elementAt(row, index)]));
    return { table, key, version: elementAt(versions, at), keyCells: [], cells };
  });
}

function incomplete({ id }: TableShape): CounterfoilError {
  return new CounterfoilError(
    'MISSING_BASE_ROW',
    `an incomplete row came for ${tableLabel(id)}, and a message has to be whole`,
    {
      remedy:
        'The next change that brings the row whole supersedes this letter: `counterfoil backfill <table> --where …` reads it again.',
    },
  );
}

/** Only mirrors have these, and the configuration lets none of them send messages. */
function refuseUnkeyed({ clears, occurrences }: RowGroups): void {
  if (clears.length + occurrences.length > 0)
    throw new CounterfoilError('INTERNAL', 'a message is about one row with a key, not about a whole table');
}
