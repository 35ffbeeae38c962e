import type { SinkPoint } from '../../../schemas/contract/ports.ts';
import { SeveringProxy } from '../../support/severing-proxy.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { deletes, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeFailures(current: () => Subject): void {
  describe('failures of the surroundings', () => {
    const row = { id: 1n, title: 'a', amount: '1' };

    test.each<SinkPoint>(['sink:transaction-begun', 'sink:position-written', 'sink:rows-written'])(
      'a connection killed at %s leaves nothing behind, and the batch can be applied again',
      async (fatal) => {
        const subject = current();
        let armed = true;
        const sink = await subject.readySink({
          reach: async (point) => {
            if (point !== fatal || !armed) return;
            armed = false;
            await subject.database.killSessions(subject.user);
          },
        });
        const shape = subject.claims();
        await sink.ensureTable(shape);
        const partition = await Partition.claimed(sink);
        const batch = partition.batch({
          upserts: [upserts(shape, [row, v(1)])],
          deletes: [deletes(shape, [[2n], v(1)])],
        });
        await expect(sink.apply(batch)).rejects.toMatchObject({
          code: 'TARGET_UNAVAILABLE',
          disposition: 'retry',
        });
        expect(await subject.rows(shape)).toEqual([]);
        expect((await sink.apply(batch)).withheld).toEqual([]);
        expect(await subject.rows(shape)).toEqual([row]);
      },
    );

    test.each(['severed', 'silent'] as const)(
      'a COMMIT whose answer is lost (%s) is found out to have happened',
      async (how) => {
        const subject = current();
        const proxy = await SeveringProxy.start(subject.database.address);
        try {
          const sink = await subject.readySink({
            host: '127.0.0.1',
            port: proxy.port,
            statementTimeout: 500,
            reach: (point) => {
              if (point === 'sink:rows-written') proxy.loseNextAnswer(how);
            },
          });
          const shape = subject.claims();
          const route = uniqueName('route');
          const partition = await Partition.claimed(sink, 'topic', route);
          const { withheld } = await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }));
          expect(withheld).toEqual([]);
          expect(await subject.rows(shape)).toEqual([row]);
          expect((await sink.positions(route)).map(({ next }) => next)).toEqual([10n]);
        } finally {
          await proxy.stop();
        }
      },
    );

    test('a server that cannot be reached is unavailable', async () => {
      const proxy = await SeveringProxy.start(current().database.address);
      const { port } = proxy;
      await proxy.stop();
      const sink = current().sink({ host: '127.0.0.1', port });
      await expect(sink.prepare()).rejects.toMatchObject({
        code: 'TARGET_UNAVAILABLE',
        disposition: 'retry',
      });
    });

    test('a wrong password is a matter for an operator, and is not repeated', async () => {
      const sink = current().sink({ password: 'not-the-password' });
      const error: unknown = await sink.prepare().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'TARGET_MISCONFIGURED', disposition: 'retry' });
      expect(String(error)).not.toContain('not-the-password');
    });

    test('waiting too long for a lock is a conflict', async () => {
      const subject = current();
      const patient = await subject.readySink();
      const topic = uniqueName('topic');
      const partition = await Partition.claimed(patient, topic);
      let code: unknown;
      const holder = await subject.readySink({
        reach: async (point) => {
          if (point !== 'sink:position-written') return;
          const impatient = subject.sink({ lockTimeout: 1_000 });
          code = await impatient.claim('route', [partition.claim]).catch((error: unknown) => error);
        },
      });
      await holder.apply(partition.batch({}));
      expect(code).toMatchObject({ code: 'TARGET_CONFLICT', disposition: 'retry' });
    });

    test('what a caller throws at a named point rolls back', async () => {
      const subject = current();
      const shape = subject.claims();
      const stop = new Error('stop here');
      const sink = await subject.readySink({
        reach: (point) => {
          if (point === 'sink:rows-written') throw stop;
        },
      });
      const partition = await Partition.claimed(sink);
      await expect(sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }))).rejects.toBe(
        stop,
      );
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('a table that vanishes is not made anew, for its rows would be missing', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }));
      subject.tampered.add(shape);
      await subject.database.query(`DROP TABLE ${subject.sql(shape)}`);
      const batch = partition.batch({ upserts: [upserts(shape, [{ ...row, id: 2n }, v(2)])] });
      await expect(sink.apply(batch)).rejects.toMatchObject({ code: 'TARGET_MISCONFIGURED' });
      await expect(sink.apply(batch)).rejects.toMatchObject({ code: 'TARGET_MISCONFIGURED' });
      await expect(subject.rows(shape)).rejects.toThrow();
    });

    test('nor is a column that vanishes; when it is back the route goes on', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const partition = await Partition.claimed(sink);
      await sink.apply(partition.batch({ upserts: [upserts(shape, [row, v(1)])] }));
      await subject.database.query(`ALTER TABLE ${subject.sql(shape)} RENAME COLUMN title TO lost`);
      const batch = partition.batch({ upserts: [upserts(shape, [{ ...row, title: 'b' }, v(2)])] });
      await expect(sink.apply(batch)).rejects.toMatchObject({ code: 'TARGET_MISCONFIGURED' });
      await expect(sink.apply(batch)).rejects.toMatchObject({ code: 'TARGET_MISCONFIGURED' });
      await subject.database.query(`ALTER TABLE ${subject.sql(shape)} RENAME COLUMN lost TO title`);
      await sink.apply(batch);
      expect(await subject.rows(shape)).toEqual([{ ...row, title: 'b' }]);
    });
  });
}
