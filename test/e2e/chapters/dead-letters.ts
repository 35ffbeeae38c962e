import type pg from 'pg';
import { Pipeline } from '../../support/pipeline.ts';
import { ALL_MATCH, PATIENCE_MS, verdictsOf } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

export function describeDeadLetters(story: () => Story): void {
  test(
    'a poison row is set aside, its later changes wait behind it in order, and a redrive drains them',
    async () => {
      const { oa, finance } = story();
      const pipeline = new Pipeline(story().office.configFile);
      // Of a table that only the mirror carries.
      const [[before]] = (await oa.query(
        'SELECT id, action FROM operation_log ORDER BY id LIMIT 1',
      )) as unknown as [[{ id: string; action: string }]];
      const { id } = before;
      const rename = (action: string) =>
        oa.execute('UPDATE operation_log SET action = ? WHERE id = ?', [action, id]);

      await rename('nul \0 is no text for PostgreSQL');
      await story().lettersUntil('oa-mirror', (letters) => letters.length === 1);
      await rename('first');
      await rename('second');
      const letters = await story().lettersUntil('oa-mirror', (found) => found.length === 3);
      expect(letters.map(({ code }) => code)).toEqual(['ROW_REJECTED', 'PARKED', 'PARKED']);
      expect(await mirroredAction(finance, id)).toBe(before.action);

      const again = await story().dlq('redrive', 'oa-mirror', '--all');
      expect(again.exitCode).toBe(1);
      expect(again.lines.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'waiting', 'waiting']);
      expect((await story().dlq('discard', 'oa-mirror', letters[0]!.id)).exitCode).toBe(3);
      expect((await story().dlq('discard', 'oa-mirror', letters[0]!.id, '--reason', 'typo')).exitCode).toBe(
        0,
      );
      const drained = await story().dlq('redrive', 'oa-mirror', '--all');
      expect([drained.exitCode, drained.lines.map(({ outcome }) => outcome.kind)]).toEqual([
        0,
        ['redriven', 'redriven'],
      ]);
      expect(await mirroredAction(finance, id)).toBe('second');

      await rename(before.action);
      const { reports } = await story().check();
      expect(verdictsOf(reports)).toEqual(ALL_MATCH);
      expect(await story().openLetters('oa-mirror')).toEqual([]);
      await pipeline.drain();
    },
    PATIENCE_MS,
  );
}

async function mirroredAction(finance: pg.Client, id: string): Promise<string | undefined> {
  const { rows } = await finance.query<{ action: string }>(
    'SELECT action FROM oa_mirror.operation_log WHERE id = $1',
    [id],
  );
  return rows[0]?.action;
}
