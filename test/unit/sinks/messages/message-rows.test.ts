import { RowRejectedError } from '../../../../schemas/contract/row-rejected.ts';
import { binlogVersion } from '../../../../schemas/contract/position.ts';
import { messagesOf } from '../../../../sinks/messages/message-rows.ts';
import { Repeats } from '../../../../sinks/messages/repeats.ts';
import { batch, change, deletes, shapeOf, upserts } from './claims.ts';

const options = { shapeOf, isRepeat: () => false };

describe('rows become messages', () => {
  test('one for each key, in the order of their changes', () => {
    const { messages } = messagesOf(
      batch(0, 9, {
        upserts: [
          upserts([
            [change(3), 1n, 'paid', null],
            [change(1), 2n, 'open', 'x'],
          ]),
        ],
        deletes: [deletes([[change(2), 3n]])],
      }),
      options,
    );
    expect(messages.map(({ keyCells, body }) => [keyCells, body?.cells ?? null])).toEqual([
      [[2n], { id: 2n, state: 'open', remark: 'x' }],
      [[3n], null],
      [[1n], { id: 1n, state: 'paid', remark: null }],
    ]);
  });

  test('a row that lacks a large value is completed by the row before it in the batch', () => {
    const { messages } = messagesOf(
      batch(0, 9, {
        upserts: [
          upserts([[change(1), 1n, 'open', 'long']]),
          upserts([[change(2), 1n, 'paid']], ['id', 'state']),
        ],
      }),
      options,
    );
    expect(messages).toMatchObject([
      { version: change(2), body: { cells: { id: 1n, state: 'paid', remark: 'long' } } },
    ]);
  });

  test('without one it is rejected, and so it is after a delete', () => {
    const incomplete = [upserts([[change(2), 1n, 'paid']], ['id', 'state'])];
    for (const before of [{}, { deletes: [deletes([[change(1), 1n]])] }])
      expect(
        rejectionsOf(() => messagesOf(batch(0, 9, { ...before, upserts: incomplete }), options)),
      ).toEqual([['MISSING_BASE_ROW', '["1"]', change(2)]]);
  });

  test('what was published before is withheld, also where it could not be a message', () => {
    const repeats = new Repeats();
    repeats.passed(change(5));
    const { messages, withheld } = messagesOf(
      batch(0, 9, { upserts: [upserts([[change(2), 1n, 'paid']], ['id', 'state'])] }),
      { shapeOf, isRepeat: (version) => repeats.has(version) },
    );
    expect(messages).toEqual([]);
    expect(withheld).toMatchObject([{ key: '["1"]', version: change(2), reason: 'duplicate' }]);
  });
});

describe('changes that come again', () => {
  const read = (place: number) => binlogVersion(0, 1, BigInt(place), 0);
  const repeats = new Repeats();
  repeats.passed(change(5));

  test('are those before the newest', () => {
    expect([4, 5, 6].map((place) => repeats.has(change(place)))).toEqual([true, false, false]);
  });

  test('are none of those in the transaction of the newest, whose order is not certain', () => {
    expect(repeats.has(binlogVersion(0, 1, 5n, 7))).toBe(false);
  });

  test('are no rows that were read to mend something, and these hide no change', () => {
    expect(repeats.has(read(2))).toBe(false);
    repeats.passed(read(9));
    expect(repeats.has(change(8))).toBe(false);
  });
});

function rejectionsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof RowRejectedError)
      return error.rejections.map(({ error: { code }, key, version }) => [code, key, version]);
    throw error;
  }
  return [];
}
