import { offsetOf } from '../../../schemas/contract/position.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { blockedOrDone, Gate, Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeFencing(current: () => Subject): void {
  describe('fencing', () => {
    const row = (id: number) => ({ id: BigInt(id), title: 'a', amount: '1' });

    test('after a claim by another, the elder can write nothing', async () => {
      const subject = current();
      const [elder, younger] = [await subject.readySink(), await subject.readySink()];
      const shape = subject.claims();
      const topic = uniqueName('topic');
      const mine = await Partition.claimed(elder, topic);
      await elder.apply(mine.batch({ upserts: [upserts(shape, [row(1), v(1)])] }));
      const theirs = await Partition.claimed(younger, topic);
      expect(theirs.claim).toMatchObject({ epoch: 2n, next: 10n });
      await expect(
        elder.apply(mine.batch({ upserts: [upserts(shape, [row(2), v(1)])] })),
      ).rejects.toMatchObject({ code: 'STALE_WRITER', disposition: 'stop' });
      await expect(elder.advance(mine.claim, offsetOf(50))).rejects.toMatchObject({ code: 'STALE_WRITER' });
      expect(await subject.rows(shape)).toEqual([row(1)]);
      await younger.apply(theirs.batch({ upserts: [upserts(shape, [row(3), v(1)])] }));
      expect(await subject.rows(shape)).toEqual([row(1), row(3)]);
    });

    test('a claim waits for the transaction that is open, and sees what it did', async () => {
      const subject = current();
      const gate = new Gate('sink:rows-written');
      const [elder, younger] = [await subject.readySink({ reach: gate.reach }), await subject.readySink()];
      const shape = subject.claims();
      const topic = uniqueName('topic');
      const mine = await Partition.claimed(elder, topic);
      const applying = elder.apply(mine.batch({ upserts: [upserts(shape, [row(1), v(1)])] }));
      await gate.reached;
      const claiming = Partition.claimed(younger, topic);
      await blockedOrDone(subject, claiming);
      gate.open();
      await applying;
      expect((await claiming).claim).toMatchObject({ epoch: 2n, next: 10n });
      await expect(elder.apply(mine.batch({}))).rejects.toMatchObject({ code: 'STALE_WRITER' });
    });

    test('a transaction that began before the claim and writes after it fails', async () => {
      const subject = current();
      const gate = new Gate('sink:transaction-begun');
      const [elder, younger] = [await subject.readySink({ reach: gate.reach }), await subject.readySink()];
      const shape = subject.claims();
      const topic = uniqueName('topic');
      const mine = await Partition.claimed(elder, topic);
      const applying = elder.apply(mine.batch({ upserts: [upserts(shape, [row(1), v(1)])] }));
      await gate.reached;
      await Partition.claimed(younger, topic);
      gate.open();
      await expect(applying).rejects.toMatchObject({ code: 'STALE_WRITER' });
      expect(await subject.rows(shape)).toEqual([]);
    });

    test('claims of many at once give each an epoch of its own', async () => {
      const subject = current();
      const sink = await subject.readySink({ poolSize: 8 });
      const route = uniqueName('route');
      const partitions = [0, 1, 2].map((partition) => ({ topic: 'topic', partition }));
      const rounds = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          sink.claim(route, n % 2 === 0 ? partitions : [...partitions].reverse()),
        ),
      );
      for (const partition of [0, 1, 2]) {
        const epochs = rounds.map((claims) => claims.find((claim) => claim.partition === partition)!.epoch);
        expect(epochs.sort((a, b) => Number(a - b))).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
      }
    });
  });
}
