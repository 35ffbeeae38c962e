import { Option } from 'commander';
import type { Command } from 'commander';
import { join, resolve } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import type { EnvironmentSettings } from '../config/environment.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';

/** What a command ends with; `usage` is for what the person at the keyboard can mend. */
export const EXIT = { ok: 0, mismatch: 1, failed: 1, inconclusive: 2, usage: 3 } as const;

export interface GlobalOptions {
  readonly config?: string;
  readonly stack: string;
  readonly json?: boolean;
  readonly logLevel: string;
}

/** What every command gets: where to write, and what was said on the command line and in the environment. */
export interface CliContext {
  readonly environment: EnvironmentSettings;
  /** Writes a line for a person to standard output. */
  readonly say: (line: string) => void;
  /** Writes a line to standard error: progress, hints, what is no result. */
  readonly hint: (line: string) => void;
  /** Set before the work is done, it is the exit code of its failure as well. */
  readonly setExitCode: (code: number) => void;
  /** For commands whose exit code 1 says that something was found: their failure is no finding. */
  readonly awaitVerdict: () => void;
}

export function createContext(): CliContext {
  return {
    environment: readEnvironment(),
    say: (line) => process.stdout.write(`${line}\n`),
    hint: (line) => process.stderr.write(`${line}\n`),
    setExitCode: (code) => {
      process.exitCode = code;
    },
    awaitVerdict: () => {
      process.exitCode = EXIT.inconclusive;
    },
  };
}

export function addGlobalOptions(program: Command, { environment }: CliContext): void {
  program
    .option(
      '-c, --config <file>',
      'configuration file (default: ./counterfoil.yaml, else that of the local stack)',
    )
    .option('--stack <name>', 'name of the local stack', 'demo')
    .option('--json', 'write results as JSON')
    .addOption(
      new Option('--log-level <level>', 'what to log')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default(environment.logLevel),
    );
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** The folder of the local stack that the command line names. */
export function stackFolder(options: GlobalOptions, { environment }: CliContext): string {
  return resolve(join(environment.stateFolder, options.stack));
}

export function configOf(
  command: Command,
  context: CliContext,
): { readonly file: string; readonly config: Config } {
  const file = configFileOf(command, context);
  return { file, config: loadConfig(file) };
}

/** The configuration file that the command line, the environment or the current folder names. */
export function configFileOf(command: Command, context: CliContext): string {
  const options = globalOptions(command);
  return findConfig(options.config, stackFolder(options, context));
}
