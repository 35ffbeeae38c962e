import { describeClears } from './sink/clears.ts';
import { describeCounted } from './sink/counted.ts';
import { describeDefinitions } from './sink/definitions.ts';
import { describeEffects } from './sink/effects.ts';
import { describeEvolution } from './sink/evolution.ts';
import { describeFailures } from './sink/failures.ts';
import { describeFencing } from './sink/fencing.ts';
import { describeInterleavings } from './sink/interleavings.ts';
import { describeDeceivedAudit } from './sink/deceived.ts';
import { describeUnjournaled } from './sink/unjournaled.ts';
import { describeJournal, describeJournalOfAll } from './sink/journal.ts';
import { describeLetters } from './sink/letters.ts';
import { describeMarks } from './sink/marks.ts';
import { describePositions } from './sink/positions.ts';
import { describeRejections } from './sink/rejections.ts';
import { describeRepairs } from './sink/repairs.ts';
import { describeRewind } from './sink/rewind.ts';
import { describeAccounts } from './sink/accounts.ts';
import { describeRuns } from './sink/runs.ts';
import { Subject } from './sink/subject.ts';
import type { Dialect } from './sink/subject.ts';
import { describeUniqueValues } from './sink/unique-values.ts';
import { describeValues } from './sink/values.ts';
import { describeVersionGuard } from './sink/version-guard.ts';

/**
 * How every sink behaves, on a real database. A new sink passes this suite as it is; `more` adds what only its
 * database knows.
 */
export function describeSink(dialect: Dialect, more: (current: () => Subject) => void): void {
  describe(`the sink for ${dialect.name}`, () => {
    let subject: Subject | undefined;
    beforeAll(async () => {
      subject = await Subject.open(dialect);
    });
    afterAll(async () => {
      await subject?.close();
    });
    const current = (): Subject => {
      if (!subject) throw new Error('the database is not open yet');
      return subject;
    };
    describeVersionGuard(current);
    describeMarks(current);
    describeClears(current);
    describeCounted(current);
    describePositions(current);
    describeFencing(current);
    describeRewind(current);
    describeFailures(current);
    describeEffects(current);
    describeRejections(current);
    describeLetters(current);
    describeJournal(current);
    describeDeceivedAudit(current);
    describeUnjournaled(current);
    describeRuns(current);
    describeAccounts(current);
    describeRepairs(current);
    describeUniqueValues(current);
    describeValues(current);
    describeDefinitions(current);
    describeEvolution(current);
    describeInterleavings(current);
    describe('what only this database knows', () => {
      more(current);
    });
    describeJournalOfAll(current);
  });
}
