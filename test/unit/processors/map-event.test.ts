import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { ChangeEvent } from '../../../schemas/contract/change-event.ts';
import type { Mapping } from '../../../schemas/contract/mapping.ts';
import { offsetOf, postgresVersion } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import { mirrorOf } from '../../../schemas/dsl/mirror.ts';
import { mapEvent } from '../../../processors/map/map-event.ts';

const shape: TableShape = {
  id: { namespace: 'oa', name: 'claim' },
  columns: [{ name: 'id', type: { kind: 'int', bits: 64 }, nullable: false }],
  key: ['id'],
};
const version = postgresVersion(1n, 2n);
const base = {
  at: { topic: 'oa.oa.claim', partition: 0, offset: offsetOf(1) },
  publishedAt: 0,
  shape,
  source: {
    connector: 'mariadb',
    name: 'oa',
    version,
    committedAt: null,
    capturedAt: 0,
    transaction: null,
    place: null,
    snapshot: false,
    snapshotRow: null,
  },
} as const;
const upsert: ChangeEvent = {
  ...base,
  kind: 'upsert',
  operation: 'insert',
  key: [7n],
  before: null,
  after: { id: 7n },
};
const mapping = mirrorOf({
  name: 'm',
  targetNamespace: 'copy',
  accepts: ({ namespace }) => namespace === 'oa',
});
const table = { ...shape, id: { namespace: 'copy', name: 'claim' } };

test('a change carries the version of its event', () => {
  expect(mapEvent(upsert, mapping)).toEqual({
    kind: 'changes',
    changes: [{ kind: 'upsert', table, key: rowKeyOf([7n]), cells: { id: 7n }, version }],
  });
  expect(mapEvent({ ...base, kind: 'delete', key: [7n], before: null }, mapping)).toEqual({
    kind: 'changes',
    changes: [{ kind: 'delete', table, key: rowKeyOf([7n]), keyCells: [7n], version }],
  });
});

test.each<[string, ChangeEvent, Mapping]>([
  ['tombstone', { kind: 'tombstone', at: base.at, publishedAt: 0 }, mapping],
  ['other-table', upsert, { ...mapping, accepts: () => false }],
  ['other-table', { ...base, kind: 'truncate' }, { ...mapping, accepts: () => false }],
  ['no-rows', upsert, { ...mapping, upsert: () => [] }],
])('what has no consequence is filtered by a rule with a name: %s', (rule, event, by) => {
  expect(mapEvent(event, by)).toEqual({ kind: 'filtered', rule });
});

test('a soft delete marks the row with the time of its commit, and a row that comes back is alive', () => {
  const soft = mirrorOf({
    name: 'm',
    targetNamespace: 'copy',
    accepts: () => true,
    policy: { delete: 'soft', truncate: 'ignore' },
  });
  const source = { ...base.source, committedAt: Date.UTC(2024, 1, 29, 8, 0, 0, 120) };
  expect(mapEvent({ ...base, source, kind: 'delete', key: [7n], before: null }, soft)).toMatchObject({
    kind: 'changes',
    changes: [
      {
        kind: 'upsert',
        key: rowKeyOf([7n]),
        cells: { id: 7n, cf_deleted_at: '2024-02-29T08:00:00.12Z' },
        version,
      },
    ],
  });
  expect(mapEvent(upsert, soft)).toMatchObject({ changes: [{ cells: { id: 7n, cf_deleted_at: null } }] });
  const whole = { ...base.source, committedAt: Date.UTC(2024, 1, 29, 8, 0, 10) };
  expect(mapEvent({ ...base, source: whole, kind: 'delete', key: [7n], before: null }, soft)).toMatchObject({
    changes: [{ cells: { cf_deleted_at: '2024-02-29T08:00:10Z' } }],
  });
});

test('deletes and truncates that the policy ignores are filtered by rules of their own', () => {
  const ignoring = { ...mapping, policy: () => ({ delete: 'ignore', truncate: 'ignore' }) as const };
  expect(mapEvent({ ...base, kind: 'delete', key: [7n], before: null }, ignoring)).toEqual({
    kind: 'filtered',
    rule: 'delete-ignored',
  });
  expect(mapEvent({ ...base, kind: 'truncate' }, ignoring)).toEqual({
    kind: 'filtered',
    rule: 'truncate-ignored',
  });
});

test('a truncate of a mapped table is denied', () => {
  expect(() => mapEvent({ ...base, kind: 'truncate' }, mapping)).toThrow(
    expect.objectContaining({
      code: 'TRUNCATE_DENIED',
      message: 'oa.claim was truncated at the source',
    }) as Error,
  );
});
