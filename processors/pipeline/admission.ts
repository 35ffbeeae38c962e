import { isRowEvent } from '../../schemas/contract/change-event.ts';
import type { ChangeEvent, RowEvent } from '../../schemas/contract/change-event.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { compareVersions, standsBefore } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Watermark } from '../../schemas/contract/watermark.ts';

/** Whether it is a change of a table without a key. A truncate of any table has no key, and is none. */
export function isKeyless(event: ChangeEvent): event is RowEvent {
  return isRowEvent(event) && event.shape.key.length === 0;
}

/** What is to be done with a change of a table without a key. */
export interface Admission {
  /** `again`: it is applied already, and would double or take away a row. */
  readonly verdict: 'new' | 'again';
  /** A snapshot of the table begins with it: what the target holds of the table is of before. */
  readonly anew: boolean;
  readonly watermark: Watermark;
}

/**
 * Tells the changes of a table without a key that are new from those that come again. They come in the order of the log, in
 * one partition, so that it is enough to know how far it was applied:
 * - The same record again, for the position was set back: its offset tells, and its version; a topic that was made anew
 *   counts its offsets from 0, but has newer changes.
 * - The same change in another record, for the connector has gone back in the log: it stands before what is applied. Many
 *   changes may share the place of the newest one (a transaction of MariaDB, a COPY into PostgreSQL): once the connector
 *   has gone back, as many of them are old as were applied. Otherwise they are new: connectors publish exactly once, and
 *   begin within a transaction only where they had come to.
 * - All rows of a snapshot have one version. Another snapshot begins with a newer version; or, of a quiet source, with the
 *   same one, and then with a first row or after the last one of the snapshot before.
 *
 * Throws for what cannot be told apart: CONFIGURATION_INVALID for a record that is not in partition 0, and MAPPING_FAILED
 * for a row that was read beside the stream.
 */
export function admit(event: RowEvent, known: Watermark | null): Admission {
  refuseUnordered(event);
  const { at, source } = event;
  if (known === null) return admitted(event, null, source.snapshot);
  const order = compareVersions(source.version, known.version);
  if (at.offset <= known.offset && order <= 0) return { verdict: 'again', anew: false, watermark: known };
  if (standsBefore(source.connector, source.version, known.version)) return again(event, known, 0);
  const anew = source.snapshot && (order > 0 || source.snapshotRow === 'first' || !known.reading);
  if (anew || known.again === null || standsBefore(source.connector, known.version, source.version))
    return admitted(event, known, anew);
  return known.again < known.count ? again(event, known, known.again + 1) : admitted(event, known, false);
}

function again({ at }: RowEvent, known: Watermark, seen: number): Admission {
  return { verdict: 'again', anew: false, watermark: { ...known, offset: at.offset, again: seen } };
}

function admitted({ at, source }: RowEvent, known: Watermark | null, anew: boolean): Admission {
  const samePlace = known !== null && !anew && !standsBefore(source.connector, known.version, source.version);
  return {
    verdict: 'new',
    anew,
    watermark: {
      offset: at.offset,
      version:
        known === null || compareVersions(source.version, known.version) > 0 ? source.version : known.version,
      count: samePlace ? known.count + 1 : 1,
      again: null,
      reading: source.snapshot && source.snapshotRow !== 'last',
    },
  };
}

function refuseUnordered({ at, source, shape }: RowEvent): void {
  const label = tableLabel(shape.id);
  if (at.partition !== 0)
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${label} has no key, and a change of it is in partition ${at.partition} of ${at.topic}: changes in several partitions have no order`,
      {
        remedy:
          'Have its connector put them into one (`connectors apply`, with `connect.plugin: true`), delete the topic and snapshot the source again; or give the table a key, or name one in `keys`.',
      },
    );
  if (source.snapshotRow === 'incremental')
    throw new CounterfoilError(
      'MAPPING_FAILED',
      `${label} has no key, so a row that is read again cannot be told from a new one`,
      { remedy: 'Discard the letter; `counterfoil connectors resnapshot` reads the whole table again.' },
    );
}
