import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { importPack, packFolder, shippedPacks } from '../packs/load.ts';
import { textTable } from '../text-table.ts';
import { globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerPacks(program: Command, context: CliContext): void {
  const packs = program
    .command('packs')
    .description('ready-made documents and entities of systems of others, such as e-cology');

  packs
    .command('list')
    .description('the packs that come with the product')
    .action(async (_options: unknown, command: Command) => {
      const shown = await Promise.all(
        shippedPacks().map(async (name) => ({
          name,
          about: (await importPack(name, packFolder(name))).about,
        })),
      );
      if (globalOptions(command).json) {
        context.say(JSON.stringify(shown));
        return;
      }
      const table = textTable(['pack', 'about']);
      for (const { name, about } of shown) table.push([name, about]);
      context.say(table.toString());
    });

  packs
    .command('show')
    .description('what a pack reads, its settings, and what to mind')
    .argument('<pack>', 'its name, or the folder of your own')
    .option('--example', 'print its example of a configuration instead')
    .action((name: string, { example = false }: { example?: boolean }, command: Command) => {
      const text = readFileSync(join(packFolder(name), example ? 'counterfoil.yaml' : 'README.md'), 'utf8');
      context.say(globalOptions(command).json ? JSON.stringify({ name, text }) : text.trimEnd());
    });
}
