import type { Command } from 'commander';
import { tableLabel } from '../../schemas/contract/table.ts';
import { databaseName } from '../trace/lineage.ts';
import type { TracedTable } from '../trace/lineage.ts';
import { isKnown, traceRow } from '../trace/trace.ts';
import type { TraceOptions } from '../trace/trace.ts';
import { traceJson } from '../trace/trace-json.ts';
import { traceLines } from '../trace/trace-text.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';
import { positiveInteger } from './stack.ts';

type Options = Pick<TraceOptions, 'source' | 'target' | 'route' | 'limit'> & { readonly values?: boolean };

export function registerTrace(program: Command, context: CliContext): void {
  program
    .command('trace')
    .description(
      'tell where a row came from and what it became: records, transactions, vouchers, write-backs',
    )
    .argument('<name>', 'a table of a source or a target, as namespace.table, or an entity')
    .argument('<key...>', 'values of its key columns in their order, or column=value of each')
    .option('--source <name>', 'only a table of this source')
    .option('--target <name>', 'only a table of this target')
    .option('--route <name>', 'only a table that this route reads or writes')
    .option('--limit <number>', 'tell so many changes at most', positiveInteger, 20)
    .option('--values', 'show the values of the row as well')
    .addHelpText(
      'after',
      '\nExit codes: 0 told, 1 nothing is known of the row, 2 the name means several tables, or not all could be answered.',
    )
    .action(async (name: string, key: string[], options: Options, command: Command) => {
      context.awaitVerdict();
      const { config } = configOf(command, context);
      const json = globalOptions(command).json === true;
      const traced = await traceRow(config, name, key, {
        ...options,
        onProgress: (text) => {
          context.hint(text);
        },
        signal: untilSignal(),
      });
      if (traced.kind === 'ambiguous') {
        const tables = traced.tables.map(candidateOf);
        if (json) context.say(JSON.stringify({ ambiguous: tables }));
        else context.say(ambiguityText(name, tables));
        context.setExitCode(EXIT.inconclusive);
        return;
      }
      const { trace } = traced;
      const withValues = options.values === true;
      if (json) context.say(JSON.stringify(traceJson(trace, withValues)));
      else for (const line of traceLines(trace, withValues)) context.say(line);
      const answered = isKnown(trace) ? EXIT.ok : EXIT.failed;
      context.setExitCode(trace.unanswered.length > 0 ? EXIT.inconclusive : answered);
    });
}

function candidateOf({ database, id }: TracedTable) {
  const { sources, targets } = database;
  return { table: tableLabel(id), database: databaseName(database), sources, targets };
}

function ambiguityText(name: string, tables: readonly ReturnType<typeof candidateOf>[]): string {
  return [
    `${name} means several tables:`,
    ...tables.map(({ table, sources, targets }) => {
      const options = [
        ...sources.map((each) => `--source ${each}`),
        ...targets.map((each) => `--target ${each}`),
      ];
      return `  ${table}  (${options.join(', ')})`;
    }),
    'Give the whole name, or one of the options.',
  ].join('\n');
}
