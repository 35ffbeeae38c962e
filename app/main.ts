#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { CounterfoilError } from '../schemas/contract/errors.ts';
import { registerAccounting } from './cli/accounting.ts';
import { registerAudit } from './cli/audit.ts';
import { registerBackfill } from './cli/backfill.ts';
import { registerCheck } from './cli/check.ts';
import { registerConfig } from './cli/config.ts';
import { registerConnectors } from './cli/connectors.ts';
import { EXIT, addGlobalOptions, createContext } from './cli/context.ts';
import { registerDemo } from './cli/demo.ts';
import { registerDictionary } from './cli/dictionary.ts';
import { registerDlq } from './cli/dlq.ts';
import { registerDocuments } from './cli/documents.ts';
import { registerDoctor } from './cli/doctor.ts';
import { registerInit } from './cli/init.ts';
import { registerInvariants } from './cli/invariants.ts';
import { registerPacks } from './cli/packs.ts';
import { registerPosting } from './cli/posting.ts';
import { registerRepair } from './cli/repair.ts';
import { registerReplay } from './cli/replay.ts';
import { registerRun } from './cli/run.ts';
import { Interrupted } from './cli/signals.ts';
import { registerSchema } from './cli/schema.ts';
import { registerStack } from './cli/stack.ts';
import { registerSync } from './cli/sync.ts';
import { registerTopics } from './cli/topics.ts';
import { registerTrace } from './cli/trace.ts';
import { productVersion } from './config/version.ts';

const context = createContext();
const program = new Command('counterfoil')
  .description('Streams changes between OA and finance databases, and proves every row.')
  .version(productVersion())
  .showHelpAfterError('(add --help for the options)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 done, or every check matched; 1 failed, or a mismatch; 2 a check was inconclusive; 3 wrong usage.
Start with:  counterfoil demo`,
  );
addGlobalOptions(program, context);
for (const register of [
  registerDemo,
  registerStack,
  registerInit,
  registerConfig,
  registerDoctor,
  registerConnectors,
  registerRun,
  registerCheck,
  registerAccounting,
  registerInvariants,
  registerAudit,
  registerTrace,
  registerDlq,
  registerSchema,
  registerDictionary,
  registerPosting,
  registerPacks,
  registerSync,
  registerRepair,
  registerDocuments,
  registerBackfill,
  registerReplay,
  registerTopics,
])
  register(program, context);

try {
  await program.parseAsync();
} catch (thrown) {
  // What waits for something ends with an error of its own, and the signal is its cause.
  const error = thrown instanceof Error && thrown.cause instanceof Interrupted ? thrown.cause : thrown;
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof CounterfoilError) {
    context.hint(`${pc.red(error.code)} ${error.message}`);
    if (error.remedy !== undefined) context.hint(error.remedy);
    process.exitCode = error.disposition === 'usage' ? EXIT.usage : (process.exitCode ?? EXIT.failed);
  } else if (error instanceof Interrupted) {
    context.hint(error.message);
    process.exitCode = error.exitCode;
  } else {
    context.hint(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode ??= EXIT.failed;
  }
}
