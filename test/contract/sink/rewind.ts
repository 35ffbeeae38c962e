import { offsetOf } from '../../../schemas/contract/position.ts';
import { uniqueName } from '../../support/stack-file.ts';
import { Partition, upserts, v } from './subject.ts';
import type { Subject } from './subject.ts';

export function describeRewind(current: () => Subject): void {
  describe('setting positions back', () => {
    const row = (id: number, title: string) => ({ id: BigInt(id), title, amount: '1' });

    test('the next claim begins there, and what is read again changes nothing', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const shape = subject.claims();
      const [topic, route] = [uniqueName('topic'), uniqueName('route')];
      const first = await Partition.claimed(sink, topic, route);
      const batch = first.batch({ upserts: [upserts(shape, [row(1, 'a'), v(5)], [row(2, 'b'), v(6)])] });
      await sink.apply(batch);
      const before = await subject.rows(shape);
      await sink.rewind(route, [{ topic, partition: 0, next: offsetOf(0) }]);
      const again = await Partition.claimed(sink, topic, route);
      expect(again.claim).toMatchObject({ next: 0n, epoch: 3n });
      const [stored] = await sink.positions(route);
      expect(stored?.sourceVersion).toBeNull();
      const { withheld } = await sink.apply({ ...batch, claim: again.claim });
      expect(withheld.map(({ reason }) => reason)).toEqual(['duplicate', 'duplicate']);
      expect(await subject.rows(shape)).toEqual(before);
    });

    test('whoever runs the route is fenced, in its other partitions as well', async () => {
      const subject = current();
      const [runner, operator] = [await subject.readySink(), await subject.readySink()];
      const [one, other, route] = [uniqueName('topic'), uniqueName('topic'), uniqueName('route')];
      const rewound = await Partition.claimed(runner, one, route);
      const quiet = await Partition.claimed(runner, other, route);
      await runner.apply(rewound.batch({}));
      await runner.apply(quiet.batch({}));
      await operator.rewind(route, [{ topic: one, partition: 0, next: offsetOf(3) }]);
      await expect(runner.advance(rewound.claim, offsetOf(50))).rejects.toMatchObject({
        code: 'STALE_WRITER',
      });
      await expect(runner.advance(quiet.claim, offsetOf(50))).rejects.toMatchObject({ code: 'STALE_WRITER' });
      expect((await Partition.claimed(runner, other, route)).claim.next).toBe(10n);
    });

    test('forward, or where nothing was applied, is refused as a whole', async () => {
      const subject = current();
      const sink = await subject.readySink();
      const [one, other, route] = [uniqueName('topic'), uniqueName('topic'), uniqueName('route')];
      const mine = await Partition.claimed(sink, one, route);
      await sink.apply(mine.batch({}));
      for (const bad of [
        { topic: one, partition: 0, next: offsetOf(11) },
        { topic: other, partition: 0, next: offsetOf(0) },
      ]) {
        const good = { topic: one, partition: 0, next: offsetOf(1) };
        await expect(sink.rewind(route, [good, bad])).rejects.toMatchObject({
          code: 'CONFIGURATION_INVALID',
        });
      }
      expect((await sink.positions(route)).map(({ next }) => next)).toEqual([10n]);
      await sink.advance(mine.claim, offsetOf(20));
    });
  });
}
