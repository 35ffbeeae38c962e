import type { UpsertEvent } from '../../../../schemas/contract/change-event.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';
import { decodeAll, recorded, recordedDecoder, recordsOf, rowEvents } from './recorded.ts';

const OA_TYPES = 'types_oa.all-types';
const FINANCE_TYPES = 'finance.all-types';

function typesOf({ shape }: UpsertEvent): Record<string, LogicalType> {
  return Object.fromEntries(shape.columns.map(({ name, type }) => [name, type]));
}

async function upserts(table: string): Promise<UpsertEvent[]> {
  const events = await decodeAll(recordsOf(table).filter((record) => record !== altered));
  return events.filter((event) => event.kind === 'upsert');
}

/** The last record has a UUID that the connector has altered. */
const [altered] = recordsOf(OA_TYPES).slice(-1);

test('every recorded record is decoded', async () => {
  const events = await decodeAll(recorded.filter((record) => record !== altered));
  expect(events).toHaveLength(28);
  expect(new Set(events.map(({ kind }) => kind))).toEqual(
    new Set(['upsert', 'delete', 'truncate', 'tombstone']),
  );
});

describe('MariaDB', () => {
  const extremes = {
    id: '18446744073709551615',
    ti: -128,
    tu: 255,
    b1: 1,
    si: -32768,
    su: 65535,
    mi: -8388608,
    mu: 16777215,
    i: -2147483648,
    iu: 4294967295n,
    bi: -9223372036854775808n,
    bu: '18446744073709551615',
    f: 1.5,
    d: 3.141592653589793,
    dec380: '99999999999999999999999999999999999999',
    dec6530: '12345678901234567890123456789012345.123456789012345678901234567890',
    dec50: '-12345',
    num: '-1234567890123456.78',
    bit1: true,
    bit9: '101010101',
    bit64: '1'.repeat(64),
    dt: '9999-12-31',
    t0: '23:59:59',
    t3: '12:34:56.789',
    t6: '00:00:00.000001',
    dt0: '2024-02-29 12:34:56',
    dt3: '2024-02-29 12:34:56.7',
    dt6: '9999-12-31 23:59:59.999999',
    ts0: '2024-02-29T04:34:56Z',
    ts3: '2024-02-29T04:34:56.7Z',
    ts6: '2024-02-29T04:34:56.000001Z',
    y: 2024,
    c: 'abc',
    vc: '值𠮷',
    tx: 'text',
    bin4: Buffer.from('00ff0000', 'hex'),
    vb: Buffer.from('00ff', 'hex'),
    bl: Buffer.from('deadbeef', 'hex'),
    js: '{"a": 12345678901234567890, "b": [1,2]}',
    en: 'b,c',
    se: 'x,y',
    uu: '123e4567-e89b-12d3-a456-4266141740f1',
    'deprecated-no': 'dep',
    中文列: '列',
    nn_dec: '12.30',
    nn_dt: '2021-01-01 00:00:00',
  };

  test('extreme values of every type, from a snapshot and from the binlog', async () => {
    const [, snapshot, update] = await upserts(OA_TYPES);
    expect(snapshot?.after).toEqual(extremes);
    expect(update?.after).toEqual({ ...extremes, vc: '改', bin4: Buffer.from('0aff0000', 'hex') });
    expect(snapshot?.key).toEqual(['18446744073709551615']);
  });

  test('nulls', async () => {
    const [nulls] = await upserts(OA_TYPES);
    const { id, nn_dec, nn_dt, ...others } = nulls!.after;
    expect([id, nn_dec, nn_dt]).toEqual(['1', '1.50', '2020-01-01 00:00:00']);
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
  });

  test('logical types, with lengths, precisions and fractions as declared in the source', async () => {
    const [event] = await upserts(OA_TYPES);
    expect(typesOf(event!)).toMatchObject({
      id: { kind: 'decimal', precision: 20, scale: 0 },
      ti: { kind: 'int', bits: 16 },
      tu: { kind: 'int', bits: 16 },
      su: { kind: 'int', bits: 32 },
      iu: { kind: 'int', bits: 64 },
      bu: { kind: 'decimal', precision: 20, scale: 0 },
      f: { kind: 'float', bits: 32 },
      d: { kind: 'float', bits: 64 },
      dec6530: { kind: 'decimal', precision: 65, scale: 30 },
      bit1: { kind: 'boolean' },
      bit9: { kind: 'bits', length: 9 },
      bit64: { kind: 'bits', length: 64 },
      dt: { kind: 'date' },
      t0: { kind: 'time', fraction: 0 },
      t3: { kind: 'time', fraction: 3 },
      dt0: { kind: 'timestamp', fraction: 0 },
      dt3: { kind: 'timestamp', fraction: 3 },
      dt6: { kind: 'timestamp', fraction: 6 },
      ts0: { kind: 'instant', fraction: 0 },
      ts6: { kind: 'instant', fraction: 6 },
      y: { kind: 'int', bits: 16 },
      c: { kind: 'text', maxLength: 10 },
      vc: { kind: 'text', maxLength: 50 },
      bin4: { kind: 'bytes', maxLength: 4 },
      bl: { kind: 'bytes' },
      en: { kind: 'enum', values: ['a', 'b,c', '中文'] },
      se: { kind: 'text' },
      uu: { kind: 'uuid' },
    });
    expect(typesOf(event!)['tx']).toEqual({ kind: 'text' });
    expect(event!.shape.columns.find(({ name }) => name === 'nn_dec')?.nullable).toBe(false);
    expect(event!.shape.columns.find(({ name }) => name === 'num')?.nullable).toBe(true);
  });

  test('the table keeps its names, whatever Avro and Kafka make of them', async () => {
    const [event] = await upserts(OA_TYPES);
    expect(tableLabel(event!.shape.id)).toBe('types_oa.all-types');
    expect(event!.shape.columns.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['deprecated-no', '中文列']),
    );
    expect(event!.shape.key).toEqual(['id']);
  });

  test('snapshot reads are older than all that the binlog brings, and versions grow per key', async () => {
    const events = rowEvents(await decodeAll(recordsOf('types_oa.department')));
    const [snapshot, ...streamed] = events;
    expect(snapshot?.source.snapshot).toBe(true);
    for (const event of streamed) expect(event.source.version > snapshot!.source.version).toBe(true);
    expect(growsPerKey(events)).toBe(true);
  });

  test('a changed key is a delete and an insert of the same transaction', async () => {
    const events = rowEvents(await decodeAll(recordsOf('types_oa.department'))).slice(3);
    expect(events.map(({ kind, key }) => [kind, key])).toEqual([
      ['delete', [2n]],
      ['upsert', [12n]],
      ['delete', [1n]],
      ['upsert', [11n]],
    ]);
    expect(new Set(events.map(({ source }) => source.transaction)).size).toBe(1);
    expect(events[0]?.source.transaction).toMatch(/^0-1-\d+$/);
  });

  test('a UUID whose zero bytes the connector has moved to the front is refused', () => {
    // 123e4567-e89b-12d3-a456-426614174000 in the table, 00123e45-67e8-9b12-d3a4-564266141740 in the event.
    return expect(decodeAll([altered!])).rejects.toMatchObject({
      code: 'UNDECODABLE_RECORD',
      message: expect.stringContaining('column uu') as string,
    });
  });

  test('a snapshot read has no commit time and no transaction', async () => {
    const [snapshot, , update] = await upserts(OA_TYPES);
    expect(snapshot?.source).toMatchObject({ committedAt: null, transaction: null, snapshot: true });
    expect(update?.source).toMatchObject({ committedAt: 1795520226000, snapshot: false });
    expect(update!.source.capturedAt).toBeGreaterThanOrEqual(1795520226000);
  });
});

describe('PostgreSQL', () => {
  const extremes = {
    id: '123e4567-e89b-12d3-a456-426614174000',
    b: true,
    si: -32768,
    i: 2147483647,
    bi: 9223372036854775807n,
    r: 1.5,
    d: 3.14,
    n: '1.5',
    n182: '-1234567890123456.78',
    n3830: '12345678.123456789012345678901234567890',
    n5: '12345',
    mo: '1234.50',
    dm: '9.99',
    c: 'ab   ',
    vc: 'vc',
    vcu: 'vcu',
    tx: 'tx',
    by: Buffer.from('deadbeef', 'hex'),
    js: '{"a":1}',
    jb: '{"a": 12345678901234567890}',
    x: '<a/>',
    dt: '0001-01-01',
    t: '24:00:00',
    t3: '12:34:56.789',
    ts: '9999-12-31 23:59:59.999999',
    ts0: '2024-02-29 12:34:56',
    ts3: '2024-02-29 12:34:56.7',
    tstz: '1900-01-01T00:00:00.000001Z',
    tstz3: '2024-02-29T04:34:56.7Z',
    iv: 'P1Y2M3DT4H5M6.789S',
    en: 'ok',
    bit1: true,
    bit9: '101010101',
    inet: '10.0.0.1',
    oid: 4294967295n,
    'deprecated-no': 'dep',
  };

  test('extreme values of every type', async () => {
    const [snapshot] = await upserts(FINANCE_TYPES);
    expect(snapshot?.after).toEqual(extremes);
  });

  test('logical types', async () => {
    const [event] = await upserts(FINANCE_TYPES);
    expect(typesOf(event!)).toMatchObject({
      si: { kind: 'int', bits: 16 },
      n182: { kind: 'decimal', precision: 18, scale: 2 },
      c: { kind: 'text', maxLength: 5 },
      vc: { kind: 'text', maxLength: 20 },
      t: { kind: 'time', fraction: 6 },
      t3: { kind: 'time', fraction: 3 },
      ts: { kind: 'timestamp', fraction: 6 },
      ts0: { kind: 'timestamp', fraction: 0 },
      tstz: { kind: 'instant', fraction: 6 },
      tstz3: { kind: 'instant', fraction: 3 },
      js: { kind: 'json' },
      en: { kind: 'enum' },
    });
    const types = typesOf(event!);
    // Neither a scale of its own nor a length: as declared.
    expect(types['n']).toEqual({ kind: 'decimal' });
    expect(types['mo']).toEqual({ kind: 'decimal', scale: 2 });
    expect(types['vcu']).toEqual({ kind: 'text' });
    expect(types['by']).toEqual({ kind: 'bytes' });
  });

  test('large values that did not change are not in the row: neither as placeholder nor as null', async () => {
    const [, , whole, partial] = await upserts(FINANCE_TYPES);
    expect(whole!.after['tx']).toHaveLength(3200);
    expect(whole!.after['by']).toHaveLength(3200);
    expect(Object.keys(partial!.after)).toEqual(
      Object.keys(extremes).filter((name) => name !== 'tx' && name !== 'by'),
    );
    expect(partial!.after).toMatchObject({ i: 7, 'deprecated-no': 'dep' });
    expect(partial!.shape).toBe(whole!.shape);
  });

  test('versions grow per key, and the txid alone names the transaction', async () => {
    const events = rowEvents(await decodeAll(recordsOf(FINANCE_TYPES)));
    expect(growsPerKey(events)).toBe(true);
    const changedKey = events.filter(({ source }) => source.transaction === '16097');
    expect(changedKey.map(({ kind }) => kind)).toEqual(['delete', 'upsert']);
    expect(
      events.every(({ source }) => source.transaction === null || /^\d+$/.test(source.transaction)),
    ).toBe(true);
  });

  test('the first transaction after the snapshot is newer than it, though it wrote before the snapshot', async () => {
    // Recorded with a transaction that was open while the slot was made: its row has an LSN below the snapshot's.
    const [snapshot, , first, second] = rowEvents(await decodeAll(recordsOf('finance.account')));
    expect([snapshot?.key, first?.key]).toEqual([['1001'], ['1001']]);
    const rowLsn = first!.source.version.slice(16);
    const snapshotLsn = snapshot!.source.version.slice(0, 16);
    expect(rowLsn < snapshotLsn).toBe(true);
    expect(first!.source.version > snapshot!.source.version).toBe(true);
    expect(second!.source.version > first!.source.version).toBe(true);
  });

  test('the same when decoding begins after the snapshot, at the position of the target', async () => {
    const records = recordsOf('finance.account');
    const [snapshot] = rowEvents(await decodeAll(records));
    const decoder = recordedDecoder();
    decoder.resume({ topic: records[0]!.topic, partition: 0 }, snapshot!.source.version);
    const [first] = rowEvents(await decodeAll(records.slice(2), decoder));
    expect(first!.source.version > snapshot!.source.version).toBe(true);
  });

  test('a truncate names its table', async () => {
    const truncate = (await decodeAll(recordsOf('finance.account'))).at(-1);
    expect(truncate).toMatchObject({
      kind: 'truncate',
      shape: { id: { namespace: 'finance', name: 'account' } },
    });
  });
});

function growsPerKey(events: ReturnType<typeof rowEvents>): boolean {
  const newest = new Map<string, string>();
  return events.every(({ key, source }) => {
    const id = key.join('/');
    const grows = (newest.get(id) ?? '') < source.version;
    newest.set(id, source.version);
    return grows;
  });
}
