import type { RowKey } from '../../schemas/contract/cell.ts';
import type { ChangeEvent } from '../../schemas/contract/change-event.ts';
import type { RawRecord } from '../../schemas/contract/ports.ts';
import type { Outcome } from '../../schemas/contract/telemetry.ts';
import { bringsWhole } from './parked-rows.ts';
import type { ParkedRows } from './parked-rows.ts';

/** What is known of one record of the batch. */
export interface Entry {
  readonly record: RawRecord;
  event: ChangeEvent | null;
  /** The key of the source row; null when the record is about none, or does not tell. */
  key: RowKey | null;
  outcome: Outcome | null;
  /** Why it was filtered; null when it was not. */
  rule: string | null;
}

/** Whether the change has to wait behind a letter of its row. */
export function isBehind({ record, key, outcome }: Entry, parked: ParkedRows): boolean {
  return key !== null && outcome === null && parked.has(record.topic, key);
}

/** Whether the row of the change waits for nothing but a change such as this. */
export function frees({ record, key, event, outcome }: Entry, parked: ParkedRows): boolean {
  return (
    key !== null &&
    event !== null &&
    outcome === null &&
    parked.awaitsWhole(record.topic, key) &&
    bringsWhole(event)
  );
}
