import type { KeyObject } from 'node:crypto';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { Version } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import { entryDigest } from '../../schemas/journal/entry.ts';
import type { ChainedEntry } from '../../schemas/journal/entry.ts';
import { decodeRecords } from '../../schemas/journal/record.ts';
import type { JournalOperation } from '../../schemas/journal/record.ts';
import { cellOfNormal } from '../consistency/normal-cell.ts';
import { RowDigester } from '../consistency/digest.ts';
import { isSigned } from './keys.ts';
import { tableShapeOf } from './digests.ts';
import type { Evidence } from './evidence.ts';

/** What an entry of the journal tells of one row. */
export interface ToldChange {
  readonly operation: JournalOperation;
  readonly version: Version;
  readonly entry: Omit<ChainedEntry, 'body'>;
  /** Whether the entry says what was signed. */
  readonly genuine: boolean;
}

/** What a journal knows of the rows of a table. */
export interface TableHistory {
  /** Names of the key columns. */
  readonly key: readonly string[];
  /**
   * All that it tells of one row, the oldest first; topics that it cannot have come from need not be looked at. Throws
   * RangeError when the key has another number of parts.
   */
  of(key: readonly string[], notFrom?: readonly string[]): Promise<readonly ToldChange[]>;
}

/** Null when the journal has never told of such a table, or it has no key. `signedBy` is the public key of the journal. */
export async function tableHistory(
  evidence: Evidence,
  table: string,
  signedBy: KeyObject,
): Promise<TableHistory | null> {
  const all = [...(await evidence.shapes())].filter(([, shape]) => tableLabel(shape.table) === table);
  const ids = new Set(all.map(([id]) => id));
  // The last is as good as any: equal keys have equal texts, whatever the width of their columns.
  const shape = all.map((each) => each[1]).findLast(({ key }) => key.length > 0);
  if (shape === undefined) return null;
  const digester = new RowDigester(tableShapeOf(shape));

  function keyText(parts: readonly string[]): string {
    if (parts.length !== shape?.key.length)
      throw new RangeError(`the key of ${table} is ${shape?.key.join(', ') ?? ''}`);
    const cells = digester.keyColumns.map(({ type }, at): Cell => cellOfNormal(type, parts[at] ?? ''));
    return digester.keyOfKeyCells(cells);
  }

  return {
    key: shape.key,
    of: async (parts, notFrom) => {
      const key = keyText(parts);
      const told: ToldChange[] = [];
      for await (const chunk of evidence.entriesWith(framedKey(key), notFrom))
        for (const { body, ...entry } of chunk) {
          const genuine =
            entryDigest({ ...entry, body }).equals(entry.digest) &&
            isSigned(entry.digest, entry.signature, signedBy);
          for (const record of decodeRecords(body))
            if (record.key === key && ids.has(record.shape))
              told.push({ operation: record.operation, version: record.version, entry, genuine });
        }
      return told.sort((a, b) => a.entry.appliedAt - b.entry.appliedAt || (a.version < b.version ? -1 : 1));
    },
  };
}

/** A key as the bytes of an entry have it: behind its length. */
function framedKey(key: string): Buffer {
  const bytes = Buffer.from(key);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
