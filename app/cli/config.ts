import type { Command } from 'commander';
import { stringify } from 'yaml';
import { hiddenConfig } from '../config/hidden.ts';
import { configSchemaText } from '../config/json-schema.ts';
import { loadConfigFile } from '../config/load.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { fedDocuments } from '../runtime/feeds.ts';
import { postedDocuments, routeOf } from '../runtime/posting-books.ts';
import { routesOf } from '../runtime/routes.ts';
import { configFileOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerConfig(program: Command, context: CliContext): void {
  const config = program.command('config').description('the configuration file: check it, or its schema');

  config
    .command('check')
    .description('validate the file and print what it comes to, defaults filled in and secrets hidden')
    .action(async (_options: unknown, command: Command) => {
      const { json } = globalOptions(command);
      const file = configFileOf(command, context);
      const loaded = loadConfigFile(file);
      const routes = await routesOf(loaded.config);
      const catalogue = await loadCatalogue(loaded.config);
      for (const posting of loaded.config.postings)
        postedDocuments(posting, routeOf(posting, routes), catalogue);
      for (const feed of loaded.config.feeds) fedDocuments(feed, loaded.config, catalogue);
      const shown = hiddenConfig(loaded);
      context.say(
        json ? JSON.stringify({ file, config: shown }) : `# ${file}\n${stringify(shown).trimEnd()}`,
      );
    });

  config
    .command('schema')
    .description('print the JSON Schema of configuration files, for editors')
    .action(() => {
      context.say(configSchemaText().trimEnd());
    });
}
