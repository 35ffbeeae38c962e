import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addGlobalOptions } from '../../../../app/cli/context.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import { registerDictionary } from '../../../../app/cli/dictionary.ts';
import { readEnvironment } from '../../../../app/config/environment.ts';
import { SHIPPED_DICTIONARY } from '../../../../app/dictionary/load.ts';

/** What a command says, and what it ends with. */
async function run(...args: readonly string[]): Promise<{ said: string; exitCode: number }> {
  const lines: string[] = [];
  let exitCode = 0;
  const context: CliContext = {
    environment: readEnvironment(),
    say: (line) => void lines.push(line),
    hint: () => undefined,
    setExitCode: (code) => {
      exitCode = code;
    },
    awaitVerdict: () => undefined,
  };
  const program = new Command('counterfoil').exitOverride().configureOutput({ writeErr: () => undefined });
  addGlobalOptions(program, context);
  registerDictionary(program, context);
  await program.parseAsync(['dictionary', ...args], { from: 'user' });
  return { said: lines.join('\n'), exitCode };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dictionary-'));
  cpSync(SHIPPED_DICTIONARY, folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('check says how many codes each list of the shipped dictionary has', async () => {
  const { said, exitCode } = await run('check');
  expect(said).toMatch(/^department: 19 codes$/m);
  expect(exitCode).toBe(0);
});

test("check of a company's own dictionary tells its faults, as text or as JSON, and ends as wrong usage", async () => {
  const file = join(folder, 'currency.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('base: yes', 'base: true'));
  const text = await run('check', '--dictionary', folder);
  expect(text).toEqual({ said: `${file}:7:93: base must be yes or no`, exitCode: 3 });
  const json = await run('check', '--dictionary', folder, '--json');
  expect(json.exitCode).toBe(3);
  expect(JSON.parse(json.said)).toMatchObject({
    folder,
    faults: [{ file, place: { line: 7, column: 93 }, message: 'base must be yes or no' }],
  });
  await expect(run('show', 'currency', '--dictionary', folder)).rejects.toThrow('base must be yes or no');
});

test('show prints a list as it is on a day, or one code', async () => {
  const file = join(folder, 'exchange-rate.yaml');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}  - { code: USD, version: 2, from: 2026-02-01, zh: 美元, en: dollar, rate: 7.20 }\n`,
  );
  const at = async (date: string) =>
    JSON.parse(
      (await run('show', 'exchange-rate', 'USD', '--at', date, '--json', '--dictionary', folder)).said,
    ) as unknown;
  expect(await at('2026-01-31')).toMatchObject({
    list: 'exchange-rate',
    date: '2026-01-31',
    entries: [{ code: 'USD', version: 1, to: '2026-01-31', value: { rate: '7.185' } }],
  });
  expect(await at('2026-02-01')).toMatchObject({
    entries: [{ version: 2, to: null, value: { rate: '7.20' } }],
  });
  const table = await run('show', 'exchange-rate', '--at', '2026-02-01', '--dictionary', folder);
  expect(table.said).toMatch(/USD .* 7\.20 .* 2026-02-01/);
  expect(table.said).toContain('HKD');
});

test('show of a code that means nothing on the day says so and fails', async () => {
  expect(await run('show', 'exchange-rate', 'EUR', '--at', '2026-01-31')).toEqual({
    said: 'exchange-rate EUR means nothing on 2026-01-31',
    exitCode: 1,
  });
  const json = await run('show', 'department', 'D0001', '--at', '2024-12-31', '--json');
  expect(JSON.parse(json.said)).toEqual({
    kind: 'not-mapped',
    list: 'department',
    code: 'D0001',
    date: '2024-12-31',
  });
});

test('show of a list that there is not, or at no day, is wrong usage', async () => {
  await expect(run('show', 'departments')).rejects.toThrow('did you mean department?');
  await expect(run('show', 'department', '--at', '2026-02-30')).rejects.toThrow('a day that exists');
  await expect(run('check', '--dictionary', join(folder, 'nowhere'))).rejects.toThrow('cannot be read');
});

test('render writes the page to a file or to standard output', async () => {
  const file = join(folder, 'page.md');
  expect(await run('render', file)).toEqual({ said: '', exitCode: 0 });
  const page = readFileSync(file, 'utf8');
  expect((await run('render')).said).toBe(page.trimEnd());
  expect(page).toContain('| USD | 美元兑人民币 | US dollar in renminbi | 7.185 | 2025-01-01 |  | 1 |');
});
