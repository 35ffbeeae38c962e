import { writeFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { inForce, lookup } from '../../schemas/dictionary/dictionary.ts';
import { LIST_NAMES, isListName } from '../../schemas/dictionary/lists.ts';
import { unknownName } from '../config/faults.ts';
import { SHIPPED_DICTIONARY, faultLine, inspectDictionary, loadDictionary } from '../dictionary/load.ts';
import { renderDictionary, shownCells, shownColumns } from '../dictionary/render.ts';
import { textTable } from '../text-table.ts';
import { EXIT, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

interface DictionaryOptions {
  readonly dictionary: string;
}

export function registerDictionary(program: Command, context: CliContext): void {
  const dictionary = program
    .command('dictionary')
    .description('the data dictionary: what the codes of OA and finance mean, and which account they lead to')
    .addOption(
      new Option('--dictionary <dir>', 'folder of the dictionary').default(
        SHIPPED_DICTIONARY,
        'that of the demo',
      ),
    );

  dictionary
    .command('check')
    .description('validate the dictionary; every fault is told with its file, line and column')
    .addHelpText('after', '\nExit codes: 0 the dictionary is valid, 3 it is not.')
    .action((_options: unknown, command: Command) => {
      const { dictionary: folder, json } = optionsOf(command);
      const { loaded, faults } = inspectDictionary(folder);
      const lists = Object.fromEntries(
        LIST_NAMES.map((list) => [list, loaded.dictionary.get(list)?.size ?? 0]),
      );
      if (json) context.say(JSON.stringify({ folder, codes: lists, faults }));
      else if (faults.length > 0) for (const fault of faults) context.say(faultLine(fault));
      else for (const [list, codes] of Object.entries(lists)) context.say(`${list}: ${codes} codes`);
      context.setExitCode(faults.length > 0 ? EXIT.usage : EXIT.ok);
    });

  dictionary
    .command('show')
    .description('what the codes of a list mean on a day')
    .argument('<list>', `one of ${LIST_NAMES.join(', ')}`)
    .argument('[code]', 'only this one')
    .option('--at <date>', 'the day, such as 2026-01-31; today by default', dayArgument)
    .addHelpText('after', '\nExit codes: 0 shown, 1 the code means nothing on that day, 3 no such list.')
    .action((list: string, code: string | undefined, options: { at?: CalendarDate }, command: Command) => {
      const { dictionary: folder, json } = optionsOf(command);
      if (!isListName(list))
        throw new CounterfoilError('CONFIGURATION_INVALID', `the list ${unknownName(list, LIST_NAMES)}`);
      const { dictionary: loaded } = loadDictionary(folder);
      const date = options.at ?? dayArgument(new Date().toISOString().slice(0, 10));
      const found = code === undefined ? null : lookup(loaded, list, code, date);
      if (found?.kind === 'not-mapped') {
        if (json) context.say(JSON.stringify(found));
        else context.say(`${list} ${found.code} means nothing on ${date}`);
        context.setExitCode(EXIT.failed);
        return;
      }
      const entries = inForce(loaded, list, date).filter(
        (entry) => code === undefined || entry.code === code,
      );
      if (json) context.say(JSON.stringify({ list, date, entries }));
      else {
        const table = textTable(shownColumns(list));
        table.push(...entries.map((entry) => [...shownCells(list, entry)]));
        context.say(table.toString());
      }
    });

  dictionary
    .command('render')
    .description('write the dictionary as a page of Markdown')
    .argument('[file]', 'where to; standard output by default')
    .action((file: string | undefined, _options: unknown, command: Command) => {
      const page = renderDictionary(loadDictionary(optionsOf(command).dictionary));
      if (file === undefined) context.say(page.trimEnd());
      else writeFileSync(file, page);
    });
}

function optionsOf(command: Command): DictionaryOptions & { readonly json: boolean } {
  const { dictionary } = command.optsWithGlobals<DictionaryOptions>();
  return { dictionary, json: globalOptions(command).json === true };
}

function dayArgument(text: string): CalendarDate {
  const date = calendarDate(text);
  if (date === null) throw new InvalidArgumentError('It must be a day that exists, such as 2026-01-31.');
  return date;
}
