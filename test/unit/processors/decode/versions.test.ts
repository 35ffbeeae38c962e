import type { ChangeEvent } from '../../../../schemas/contract/change-event.ts';
import type { RawRecord, Decoder } from '../../../../schemas/contract/ports.ts';
import { offsetOf, postgresVersion } from '../../../../schemas/contract/position.ts';
import { POSTGRES, decoderOf, mariadb, mariadbRecord, postgres, postgresRecord, refused } from './claim.ts';

describe('transactions and versions', () => {
  const versionOf = async (decoder: Decoder, record: RawRecord) =>
    ((await decoder.decode(record)) as Extract<ChangeEvent, { source: unknown }>).source.version;
  const postgresDecoder = () => decoderOf(postgres, { sources: POSTGRES });

  test('the transaction block names the transaction before the source block does', async () => {
    const transaction = { id: '0-1-9', total_order: 1n, data_collection_order: 1n };
    const event = await decoderOf(mariadb).decode(mariadbRecord({ transaction }));
    expect(event).toMatchObject({ source: { transaction: '0-1-9' } });
  });

  test('MariaDB: changes of one transaction that the log gives one place are in the order of their offsets', async () => {
    const place = { source: { pos: 4_711n, row: 0 } };
    // A connector that is restarted in the middle of the transaction counts from 1 again.
    const changes = [
      { offset: 0n, order: 1n },
      { offset: 1n, order: 2n },
      { offset: 7n, order: 1n },
      { offset: 4_294_967_294n, order: 2n },
    ];
    const versions = await Promise.all(
      changes.map(({ offset, order }) =>
        versionOf(
          decoderOf(mariadb),
          mariadbRecord(
            { ...place, transaction: { id: '0-1-9', total_order: order, data_collection_order: 1n } },
            { offset: offsetOf(offset) },
          ),
        ),
      ),
    );
    expect(versions).toEqual([...versions].sort());
    expect(new Set(versions).size).toBe(4);
    const snapshot = { ...place.source, snapshot: 'last' };
    const read = await versionOf(decoderOf(mariadb), mariadbRecord({ op: 'r', source: snapshot }));
    expect(read < versions[0]!).toBe(true);
  });

  test('PostgreSQL: only the txid, for the LSN behind it differs on each event', async () => {
    const transaction = { id: '754:26595928', total_order: 1n, data_collection_order: 1n };
    expect(await postgresDecoder().decode(postgresRecord({ transaction }))).toMatchObject({
      source: { transaction: '754' },
    });
    expect(await postgresDecoder().decode(postgresRecord())).toMatchObject({ source: { transaction: '7' } });
  });

  test('PostgreSQL: last commit, then LSN', async () => {
    expect(await versionOf(postgresDecoder(), postgresRecord())).toBe(postgresVersion(100n, 200n));
  });

  test.each(['true', 'first', 'last', 'first_in_data_collection', 'last_in_data_collection', 'incremental'])(
    'PostgreSQL: a read of snapshot %s is older than what is streamed after the same commit',
    async (snapshot) => {
      const source = { snapshot, sequence: '["150","400"]', lsn: 400n };
      const event = await postgresDecoder().decode(postgresRecord({ op: 'r', source }));
      expect(event).toMatchObject({
        source: { version: postgresVersion(150n, 0n), snapshot: true, committedAt: null, transaction: null },
      });
    },
  );

  test('PostgreSQL: before the first commit a snapshot read has the LSN of the snapshot', async () => {
    const source = { snapshot: 'true', sequence: '[null,"400"]', lsn: 400n };
    expect(await versionOf(postgresDecoder(), postgresRecord({ op: 'r', source }))).toBe(
      postgresVersion(400n, 0n),
    );
  });

  test('PostgreSQL: a change streamed before the first commit is newer than the snapshot of its partition', async () => {
    const decoder = postgresDecoder();
    const snapshot = { op: 'r', source: { snapshot: 'last', sequence: '[null,"400"]', lsn: 400n } };
    const early = { source: { sequence: '[null,"390"]', lsn: 390n } };
    await decoder.decode(postgresRecord(snapshot));
    expect(await versionOf(decoder, postgresRecord(early))).toBe(postgresVersion(400n, 390n));
    expect(await versionOf(decoder, postgresRecord(early, { partition: 1 }))).toBe(
      postgresVersion(390n, 390n),
    );
  });

  test('PostgreSQL: the same after a restart, from the newest version that the target holds', async () => {
    const decoder = postgresDecoder();
    decoder.resume({ topic: 'oa.oa.claim', partition: 0 }, postgresVersion(400n, 0n));
    decoder.resume({ topic: 'oa.oa.claim', partition: 1 }, null);
    decoder.resume({ topic: 'hr.of.others', partition: 0 }, postgresVersion(400n, 0n));
    const early = { source: { sequence: '[null,"390"]', lsn: 390n } };
    expect(await versionOf(decoder, postgresRecord(early))).toBe(postgresVersion(400n, 390n));
    expect(await versionOf(decoder, postgresRecord(early, { partition: 1 }))).toBe(
      postgresVersion(390n, 390n),
    );
  });

  test('PostgreSQL: a read of an incremental snapshot has no LSN, and is newer than all that was streamed before', async () => {
    const decoder = postgresDecoder();
    const before = await versionOf(
      decoder,
      postgresRecord({ source: { sequence: '["100","140"]', lsn: 140n } }),
    );
    const source = { snapshot: 'incremental', sequence: '["150","150"]', lsn: null };
    const read = await versionOf(decoder, postgresRecord({ op: 'r', source }));
    const after = await versionOf(
      decoder,
      postgresRecord({ source: { sequence: '["150","160"]', lsn: 160n } }),
    );
    expect([before, read, after]).toEqual([before, read, after].sort());
    expect(read).toBe(postgresVersion(150n, 0n));
  });

  test('MariaDB: a read of an incremental snapshot is newer than the transaction before it', async () => {
    const transaction = { id: '0-1-9', total_order: 9n, data_collection_order: 9n };
    const before = await versionOf(
      decoderOf(mariadb),
      mariadbRecord({ source: { pos: 700n, row: 0 }, transaction }),
    );
    const source = { snapshot: 'incremental', pos: 800n, row: 0 };
    expect((await versionOf(decoderOf(mariadb), mariadbRecord({ op: 'r', source }))) > before).toBe(true);
  });

  test.each([
    ['PostgreSQL', postgres, 'postgresql', postgresRecord],
    ['MariaDB', mariadb, 'mariadb', mariadbRecord],
  ] as const)(
    '%s: an era is newer than the one before, and begins at its time',
    async (_, schema, connector, record) => {
      const decoder = (era: number) =>
        decoderOf(schema, { sources: new Map([['oa', { connector, era, eraSince: 5_000 }]]) });
      const late = (lsn: bigint) => ({ source: { pos: lsn, lsn, sequence: `["${lsn}","${lsn}"]` } });
      const old = await versionOf(decoder(1), record(late(900n), { timestamp: 4_999 }));
      const young = await versionOf(decoder(1), record(late(10n), { timestamp: 5_000 }));
      expect(young > old).toBe(true);
      expect(old).toBe(await versionOf(decoder(0), record(late(900n), { timestamp: 4_999 })));
    },
  );

  test('PostgreSQL: without an LSN there is no version', async () => {
    const error = await refused(postgresDecoder(), postgresRecord({ source: { lsn: null } }));
    expect(error.code).toBe('UNSUPPORTED_SCHEMA');
  });
});
