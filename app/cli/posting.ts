import type { Command } from 'commander';
import type { PostingSummary, WaitingDocument } from '../../schemas/posting/store.ts';
import { kindsOf } from '../config/posting-schema.ts';
import type { PostingConfig } from '../config/posting-schema.ts';
import type { Config } from '../config/schema.ts';
import { booksOf, preparePostings, routeOf } from '../runtime/posting-books.ts';
import { routesOf } from '../runtime/routes.ts';
import { chosen } from './chosen.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { positiveInteger } from './stack.ts';
import { textTable } from '../text-table.ts';

interface Shown extends PostingSummary {
  readonly posting: string;
  readonly documents: readonly WaitingDocument[];
}

export function registerPosting(program: Command, context: CliContext): void {
  const posting = program
    .command('posting')
    .description('documents that become vouchers: where they stand, and what waits for whom');

  posting
    .command('status')
    .description('count the documents by where they stand, and list those that wait')
    .argument('[postings...]', 'which; all of the configuration by default')
    .option('--limit <number>', 'list at most so many of each', positiveInteger, 20)
    .addHelpText('after', '\nExit codes: 0 no document waits for anybody, 1 some are parked or refused.')
    .action(async (names: string[], options: { limit: number }, command: Command) => {
      const { config } = configOf(command, context);
      const shown: Shown[] = [];
      for (const each of chosen('posting', config.postings, names))
        shown.push(await look(each, config, options.limit));
      if (globalOptions(command).json) context.say(JSON.stringify(shown.map(asJson)));
      else context.say(shown.length === 0 ? 'no postings are configured' : shown.map(textOf).join('\n'));
      context.setExitCode(shown.some(({ documents }) => documents.length > 0) ? EXIT.failed : EXIT.ok);
    });

  posting
    .command('prepare')
    .description('create the tables of the books where they are missing, before they are captured')
    .action(async (_options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      await preparePostings(config, await routesOf(config));
      const prepared = config.postings.map(({ name }) => name);
      context.say(globalOptions(command).json ? JSON.stringify({ prepared }) : `${prepared.length} prepared`);
    });
}

async function look(posting: PostingConfig, config: Config, limit: number): Promise<Shown> {
  const store = booksOf(posting, routeOf(posting, await routesOf(config)), config);
  const { name } = posting;
  const kinds = kindsOf(posting);
  try {
    await store.prepare();
    const summary = await store.summary(kinds);
    return { posting: name, ...summary, documents: await store.waiting(kinds, limit) };
  } finally {
    await store.close();
  }
}

function asJson({ documents, ...shown }: Shown) {
  return {
    ...shown,
    documents: documents.map((each) => ({
      ...each,
      since: new Date(each.since).toISOString(),
    })),
  };
}

function textOf({ posting, pending, waiting: counts, documents }: Shown): string {
  const head = `${posting}: ${counts.parked} parked, ${counts.refused} refused; ${pending} to be looked at`;
  if (documents.length === 0) return head;
  const table = textTable(['document', 'number', 'state', 'since', 'why']);
  for (const { kind, id, number, state, since, reason } of documents)
    table.push([`${kind}/${id}`, number ?? '', state, new Date(since).toISOString(), reason]);
  return `${head}\n${table.toString()}`;
}
