// `npm test`: everything that must hold before a change is shared, on the real stack, in one command.
//   npm test                      all of it
//   npm test -- unit              static checks and unit tests, no stack
//   npm test -- contract sinks    only test files whose path matches a word; the stack is started when one needs it
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import pc from 'picocolors';
import { percent, readCoverage } from './coverage.ts';
import { startTestStack } from './support/test-stack.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
  testResults: FileResult[];
}

interface FileResult {
  name: string;
  startTime: number;
  endTime: number;
  /** Why the file as a whole could not be run. */
  message: string;
  assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
}

const STATIC_CHECKS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['format', 'prettier', ['--check', '--log-level=warn', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['lint', 'eslint', ['.', '--max-warnings=0']],
];

const LINES_OF_A_FAILURE = 16;

const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = resolve('.counterfoil/test-results');

async function staticChecks(): Promise<Count> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command, args] of STATIC_CHECKS) {
    const started = Date.now();
    const { exitCode, all } = await execa(command, args, { preferLocal: true, reject: false, all: true });
    const passed = exitCode === 0;
    count[passed ? 'passed' : 'failed'] += 1;
    say(`${passed ? pc.green('✓') : pc.red('✗')} ${name} (${seconds(started)} s)`);
    if (!passed) say(all);
  }
  return count;
}

async function jest(words: readonly string[], stackFile: string | null, coverage: boolean): Promise<Count> {
  const output = resolve(folder, 'jest.json');
  rmSync(output, { force: true });
  const args = [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  args.push('--json', `--outputFile=${output}`, '--maxWorkers=2', '--forceExit', ...words);
  if (coverage) args.push('--coverage', '--coverageReporters=json-summary', '--coverageReporters=lcov');
  await execa('node', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    reject: false,
    env: stackFile === null ? {} : { COUNTERFOIL_TEST_STACK: stackFile },
  });
  const results = JSON.parse(readFileSync(output, 'utf8')) as JestResults;
  const slowest = results.testResults
    .map((file) => ({
      name: shortName(file),
      ms: file.endTime - file.startTime,
    }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 8);
  if (coverage) sayCoverage();
  say(
    `\nslowest test files: ${slowest.map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', ')}`,
  );
  results.testResults.forEach(sayFailures);
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const shortName = ({ name }: FileResult) => name.slice(name.indexOf('/test/') + 1);

/** Once more at the end, where whoever reads only the last lines of a long log finds it. */
function sayFailures(file: FileResult): void {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  for (const { fullName, failureMessages } of failed) {
    const why = stripVTControlCharacters(failureMessages[0] ?? '').split('\n', LINES_OF_A_FAILURE);
    say(`\n${pc.red('✗')} ${shortName(file)}: ${fullName}\n${why.join('\n')}`);
  }
  if (failed.length === 0 && file.message !== '')
    say(`\n${pc.red('✗')} ${shortName(file)}\n${stripVTControlCharacters(file.message)}`);
}

function sayCoverage(): void {
  const coverage = readCoverage('coverage');
  const folders = coverage.folders.map((each) => `${each.folder} ${percent(each)}`).join(', ');
  say(`\ncoverage of lines, processes that tests start not counted: ${percent(coverage)} (${folders})`);
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const all = words.length === 0;
  const needsStack = all || !words.every((word) => word.startsWith('unit'));
  mkdirSync(folder, { recursive: true });
  const started = Date.now();

  // The stack starts (and on a fresh machine fetches its parts) while the static checks run.
  const stack = needsStack ? startTestStack(say) : null;
  stack?.catch(() => undefined);
  let total: Count;
  try {
    const checks =
      all || words.includes('unit') ? await staticChecks() : { passed: 0, failed: 0, skipped: 0 };
    const tests = await jest(words, stack === null ? null : (await stack).file, all);
    total = {
      passed: checks.passed + tests.passed,
      failed: checks.failed + tests.failed,
      skipped: checks.skipped + tests.skipped,
    };
  } finally {
    await (await stack)?.stop();
  }
  say(`\n${seconds(started)} s`);
  say(
    `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  say(pc.red(error instanceof Error ? error.message : String(error)));
  say('0 passed, 1 failed');
  return 1;
});
