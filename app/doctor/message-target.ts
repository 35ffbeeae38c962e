import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Config } from '../config/schema.ts';
import { createSink } from '../runtime/targets.ts';
import type { Finding } from './finding.ts';
import { someOf } from './names.ts';
import type { Subject } from './subject.ts';
import type { WantedTables } from './wanted-tables.ts';

/** A target that is sent messages: whether what it was promised of them still holds. */
export function messageTargetSubject(name: string, config: Config, { tables }: WantedTables): Subject {
  return {
    where: `target ${name}: messages`,
    async look(find) {
      const sink = await createSink(config, name, { poolSize: 1 });
      const findings: Finding[] = [];
      const ready: string[] = [];
      try {
        for (const table of tables) {
          const label = tableLabel(table.id);
          try {
            const changes = await sink.planTable(table);
            if (changes.length === 0) ready.push(label);
            else findings.push(find.ok(`the place for ${label} is made with its first message`));
          } catch (error) {
            if (!(error instanceof CounterfoilError) || error.disposition === 'retry') throw error;
            findings.push(find.error(error.message, error.remedy ?? 'Correct the declaration.'));
          }
        }
      } finally {
        await sink.close();
      }
      if (ready.length === 0) return findings;
      return [find.ok(`messages are as promised for ${someOf(ready)}`), ...findings];
    },
  };
}
