import type { KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { newSigningKey, publicPemOf, verifyingKeyOf } from '../../monitoring/audit/keys.ts';
import { formatAudit } from '../../monitoring/audit/report.ts';
import type { AuditReport } from '../../monitoring/audit/report.ts';
import { worstVerdict } from '../../monitoring/consistency/report.ts';
import { printable } from '../../schemas/contract/printable.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { auditExport, auditTargets, exportTarget, journaledTargets, rowHistory } from '../runtime/audits.ts';
import { historyJson, historyLines } from '../row-history.ts';
import { auditKeyOf, journalOf } from '../runtime/journal.ts';
import { shownKeysOption, VERDICT_EXIT } from './check.ts';
import { chosen } from './chosen.ts';
import { EXIT, configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';
import { untilSignal } from './signals.ts';

interface VerifyFlags {
  readonly export?: string;
  readonly key?: string;
  readonly keys?: number;
}

export function registerAudit(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('show that nobody has altered what was written: rows, and the journal of them');
  const onProgress = (text: string) => {
    context.hint(printable(text));
  };
  const show = (command: Command, reports: readonly AuditReport[]) => {
    if (globalOptions(command).json) context.say(JSON.stringify(reports, bigintsAsText));
    else for (const report of reports) context.say(formatAudit(report));
    context.setExitCode(VERDICT_EXIT[worstVerdict(reports.map(({ verdict }) => verdict))]);
  };

  audit
    .command('verify')
    .description(
      'find rows and journal entries that were altered, added or removed behind the product’s back',
    )
    .argument('[targets...]', 'which; all databases of the configuration by default')
    .option('--export <folder>', 'look at an export instead of a database; needs no connection')
    .option('--key <file>', 'public key (PEM) of the journal; by default that of the configuration')
    .addOption(shownKeysOption())
    .addHelpText('after', '\nExit codes: 0 nothing was, 1 something was, 2 no verdict was possible.')
    .action(async (names: string[], options: VerifyFlags, command: Command) => {
      context.awaitVerdict();
      const run = {
        ...{ key: await keyOf(options.key, command, context), signal: untilSignal(), onProgress },
        ...(options.keys === undefined ? {} : { shownKeys: options.keys }),
      };
      if (options.export !== undefined) {
        show(command, [await auditExport(options.export, run)]);
        return;
      }
      const { config } = configOf(command, context);
      journalOf(config);
      const targets = chosen('target', journaledTargets(config), names).map(({ name }) => name);
      show(command, await auditTargets(config, targets, run));
    });

  audit
    .command('export')
    .description('write journal, anchors and rows of a target into a folder, to be verified elsewhere')
    .argument('<target>')
    .argument('<folder>', 'a new one; it will hold all values of the tables')
    .action(async (name: string, folder: string, _options: unknown, command: Command) => {
      const { config } = configOf(command, context);
      const [target] = chosen('target', journaledTargets(config), [name]);
      await exportTarget(config, target?.name ?? name, folder, { signal: untilSignal(), onProgress });
      context.say(globalOptions(command).json ? JSON.stringify({ folder }) : `written to ${folder}`);
    });

  audit
    .command('history')
    .description(
      'tell all that the journal knows of one row: what was done to it, when, and where it came from',
    )
    .argument('<table>', 'a target table, as namespace.table')
    .argument('<key...>', 'values of its key columns, in their order')
    .option('--target <name>', 'only this target')
    .addHelpText(
      'after',
      '\nRecords of the topics: `counterfoil topics tail`. Exit codes: 0, 1 when the journal has never told of the row.',
    )
    .action(async (table: string, key: string[], options: { target?: string }, command: Command) => {
      context.awaitVerdict();
      const { config } = configOf(command, context);
      journalOf(config);
      const names = options.target === undefined ? [] : [options.target];
      const targets = chosen('target', journaledTargets(config), names).map(({ name }) => name);
      const histories = await rowHistory(config, targets, table, key);
      if (globalOptions(command).json) context.say(JSON.stringify(histories.map(historyJson)));
      else for (const line of histories.flatMap(historyLines)) context.say(line);
      context.setExitCode(histories.some(({ changes }) => changes.length > 0) ? EXIT.ok : EXIT.failed);
    });

  audit
    .command('keygen')
    .description('make the pair of keys that a journal is signed and verified with')
    .argument('[name]', 'of the files: name.key is private, name.pub public', 'journal')
    .action(async (name: string, _options: unknown, command: Command) => {
      const files = { signingKey: `${name}.key`, verifyingKey: `${name}.pub` };
      const signingKey = newSigningKey();
      await writeNew(files.signingKey, signingKey, 0o600);
      await writeNew(files.verifyingKey, publicPemOf(signingKey), 0o644);
      if (globalOptions(command).json) context.say(JSON.stringify(files));
      else
        context.say(
          `${files.signingKey} (keep it from those who rule the databases) and ${files.verifyingKey}`,
        );
    });
}

/** What is named counts before what is configured, so that an export can be verified where there is no configuration. */
async function keyOf(file: string | undefined, command: Command, context: CliContext): Promise<KeyObject> {
  if (file === undefined) return auditKeyOf(configOf(command, context).config);
  const pem = await readFile(file, 'utf8').catch(() => null);
  if (pem !== null) return verifyingKeyOf(pem);
  throw new CounterfoilError('CONFIGURATION_INVALID', `the key ${file} cannot be read`);
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { mode, flag: 'wx' });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw new CounterfoilError('CONFIGURATION_INVALID', `${file} could not be written (${String(code)})`, {
      remedy: code === 'EEXIST' ? 'A key is never overwritten: give another name.' : 'Write elsewhere.',
    });
  }
}

function bigintsAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
