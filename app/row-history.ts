import type { ToldChange } from '../monitoring/audit/history.ts';
import { chainLabel } from '../schemas/contract/chain.ts';
import { printable } from '../schemas/contract/printable.ts';
import { unreachable } from '../schemas/contract/unreachable.ts';
import type { EntryKind } from '../schemas/journal/entry.ts';
import type { JournalOperation } from '../schemas/journal/record.ts';
import type { RowHistory } from './runtime/audits.ts';

/** What was done to a row, for people: a line for each change, and one for the target. */
export function historyLines({ target, changes }: RowHistory): readonly string[] {
  if (changes.length === 0) return [`${target}: the journal has never told of this row`];
  return [
    `${target}: ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`,
    ...changes.map((change) => printable(lineOf(change))),
  ];
}

function lineOf({ operation, version, entry, genuine }: ToldChange): string {
  const { chain, sequence, appliedAt, mappingVersion } = entry;
  const parts = [
    new Date(appliedAt).toISOString(),
    DONE[operation],
    `entry ${sequence} of ${chainLabel(chain)}`,
    originText(entry.kind, entry),
    ...(mappingVersion === '' ? [] : [`mapping ${mappingVersion}`]),
    `version ${version}`,
    ...(genuine ? [] : ['NOT AS IT WAS SIGNED']),
  ];
  return `  ${parts.join('  ')}`;
}

/** What an operation has done, in a word or two. */
export const DONE: Readonly<Record<JournalOperation, string>> = {
  ...{
    put: 'written',
    part: 'written in part',
    delete: 'deleted',
    clear: 'cleared',
    mark: 'marked as deleted',
  },
  ...{ add: 'added', remove: 'removed' },
};

function originText(kind: EntryKind, { first, next }: ToldChange['entry']): string {
  switch (kind) {
    case 'batch':
      return `offsets ${first} to ${next - 1n}`;
    case 'redrive':
      return `dead letter at offset ${first}`;
    case 'posting':
      return 'posted';
    // They tell of no row.
    case 'beginning':
    case 'resumption':
      return kind;
    case 'repair':
      return 'repaired';
    default:
      return unreachable(kind);
  }
}

/** The same for programs. Integers of 64 bits are texts. */
export function historyJson({ target, changes }: RowHistory) {
  return {
    target,
    changes: changes.map(({ operation, version, genuine, entry }) => ({
      ...{ operation, version, genuine, kind: entry.kind, ...entry.chain },
      ...{ sequence: entry.sequence.toString(), mappingVersion: entry.mappingVersion },
      ...{ firstOffset: entry.first.toString(), nextOffset: entry.next.toString() },
      appliedAt: new Date(entry.appliedAt).toISOString(),
    })),
  };
}
