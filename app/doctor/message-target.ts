import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { MessageShape } from '../../schemas/contract/message.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { fedDocuments } from '../runtime/feeds.ts';
import { entityMessageShapes } from '../runtime/message-shapes.ts';
import { createPublisher, targetOf } from '../runtime/targets.ts';
import type { Finding } from './finding.ts';
import { someOf } from './names.ts';
import type { Subject } from './subject.ts';
import type { WantedTables } from './wanted-tables.ts';

/** A target that is sent messages: whether what it was promised of them still holds. */
export function messageTargetSubject(name: string, config: Config, wanted: WantedTables): Subject {
  return {
    where: `target ${name}: messages`,
    async look(find) {
      const target = targetOf(config, name);
      if (isDatabase(target)) throw new CounterfoilError('INTERNAL', `${name} takes no messages`);
      const shapes = await shapesFor(name, config, wanted);
      const publisher = createPublisher(config, name, target);
      const findings: Finding[] = [];
      const ready: string[] = [];
      try {
        for (const shape of shapes) {
          const label = tableLabel(shape.table.id);
          try {
            const changes = await publisher.plan(shape);
            if (changes.length === 0) ready.push(label);
            else findings.push(find.ok(`the place for ${label} is made with its first message`));
          } catch (error) {
            if (!(error instanceof CounterfoilError) || error.disposition === 'retry') throw error;
            findings.push(find.error(error.message, error.remedy ?? 'Correct the declaration.'));
          }
        }
      } finally {
        await publisher.close();
      }
      if (ready.length === 0) return findings;
      return [find.ok(`messages are as promised for ${someOf(ready)}`), ...findings];
    },
  };
}

/** What messages there are to be: of rows that routes bring, and of the documents of feeds. */
async function shapesFor(
  name: string,
  config: Config,
  { tables }: WantedTables,
): Promise<readonly MessageShape[]> {
  const catalogue = await loadCatalogue(config);
  const shapeOf = entityMessageShapes(catalogue.entities.values());
  const feeds = config.feeds.filter(({ target }) => target === name);
  const documents = feeds.map((feed) => fedDocuments(feed, config, catalogue));
  return [...tables.map(shapeOf), ...documents.flat().map(({ shape }) => shape)];
}
