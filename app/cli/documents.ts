import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { FeedStore, FeedSummary, RefusedDocument } from '../../schemas/feed/store.ts';
import { unknownName } from '../config/faults.ts';
import type { FeedConfig } from '../config/feed-schema.ts';
import type { Config } from '../config/schema.ts';
import { feedStoreOf } from '../runtime/feeds.ts';
import { textTable } from '../text-table.ts';
import { chosen, named } from './chosen.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { positiveInteger } from './stack.ts';

export interface Shown extends FeedSummary {
  readonly feed: string;
  readonly documents: readonly RefusedDocument[];
}

export function registerDocuments(program: Command, context: CliContext): void {
  const documents = program
    .command('documents')
    .description(
      'whole documents that feeds tell topics and endpoints: how they stand, and telling them again',
    );

  documents
    .command('status')
    .description('count the documents that are not told, and list those that are refused')
    .argument('[feeds...]', 'which; all of the configuration by default')
    .option('--limit <number>', 'list at most so many of each', positiveInteger, 20)
    .addHelpText('after', '\nExit codes: 0 no document is refused, 1 some are.')
    .action(async (names: string[], { limit }: { limit: number }, command: Command) => {
      const { config } = configOf(command, context);
      const shown: Shown[] = [];
      for (const feed of chosen('feed', config.feeds, names))
        shown.push(
          await withStore(feed, config, async (store) => ({
            feed: feed.name,
            ...(await store.summary()),
            documents: await store.refused(limit),
          })),
        );
      if (globalOptions(command).json) context.say(JSON.stringify(shown.map(asJson)));
      else context.say(shown.length === 0 ? 'no feeds are configured' : shown.map(textOf).join('\n'));
      context.setExitCode(shown.some(({ refused }) => refused > 0) ? EXIT.failed : EXIT.ok);
    });

  documents
    .command('publish')
    .description('tell documents again, whether or not they have changed; of a running feed, within seconds')
    .argument('<feed>', 'which feed')
    .argument('[documents...]', 'which kinds of documents; all of the feed by default')
    .option(
      '--key <key>',
      'only the document with this key; parts of a key by commas (repeatable)',
      collect,
      [],
    )
    .action(async (name: string, kinds: string[], { key }: { key: string[] }, command: Command) => {
      const { config } = configOf(command, context);
      const feed = named('feed', config.feeds, name);
      const keys = key.length === 0 ? null : key.map((each) => each.split(','));
      const noted = await withStore(feed, config, async (store) => {
        let count = 0;
        for (const document of kindsOf(feed, kinds)) count += await store.tellAgain(document, keys);
        return count;
      });
      if (noted === 0 && keys !== null)
        throw new CounterfoilError('CONFIGURATION_INVALID', 'there is no document with this key');
      say(command, context, { feed: name, noted }, toldAgain(noted));
    });

  documents
    .command('retry')
    .description('tell documents again that were refused')
    .argument('<feed>', 'which feed')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const noted = await withStore(named('feed', config.feeds, name), config, (store) => store.retry());
      say(command, context, { feed: name, noted }, toldAgain(noted));
    });
}

function say(command: Command, context: CliContext, result: object, text: string): void {
  context.say(globalOptions(command).json ? JSON.stringify(result) : text);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function kindsOf({ documents }: FeedConfig, kinds: readonly string[]): readonly string[] {
  const known: readonly string[] = documents;
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown !== undefined)
    throw new CounterfoilError('CONFIGURATION_INVALID', `document ${unknownName(unknown, known)}`);
  return kinds.length === 0 ? known : kinds;
}

async function withStore<T>(
  feed: FeedConfig,
  config: Config,
  work: (store: FeedStore) => Promise<T>,
): Promise<T> {
  const store = await feedStoreOf(feed, config);
  try {
    await store.prepare();
    return await work(store);
  } finally {
    await store.close();
  }
}

function asJson({ oldest, documents, ...shown }: Shown) {
  return {
    ...shown,
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
    documents: documents.map((each) => ({ ...each, since: new Date(each.since).toISOString() })),
  };
}

function toldAgain(noted: number): string {
  return noted === 1 ? '1 document is told again' : `${noted} documents are told again`;
}

/** How a feed stands, to read. */
export function textOf({ feed, pending, oldest, refused, documents }: Shown): string {
  const waiting = oldest === null ? '' : ` (the first since ${new Date(oldest).toISOString()})`;
  const head = `${feed}: ${pending} to be told${waiting}, ${refused} refused`;
  if (documents.length === 0) return head;
  const table = textTable(['document', 'key', 'since', 'why']);
  for (const { document, key, since, reason } of documents)
    table.push([document, key.join(','), new Date(since).toISOString(), reason]);
  return `${head}\n${table.toString()}`;
}
