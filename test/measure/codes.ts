import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** Claims with such lines cannot be posted while finance has no account for them. */
export const MISSING_CODE = 'exam';
/** Finance has it, for departments that are new. */
const COST_CENTER = 'CC-0510';

interface CodeList {
  readonly entries: readonly { readonly code: string }[];
}

/** The dictionary of the run: finance adds codes of departments as they are founded, and of an expense type at the end. */
export class Codes {
  readonly #departments = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly expenseTypes: string,
  ) {}

  /** Without the code that is to be missing. */
  static async open(folder: string): Promise<Codes> {
    const codes = new Codes(folder, await readFile(join(folder, 'expense-type.yaml'), 'utf8'));
    const list = parse(codes.expenseTypes) as CodeList;
    const entries = list.entries.filter(({ code }) => code !== MISSING_CODE);
    await codes.#write('expense-type.yaml', stringify({ ...list, entries }));
    for (const { code } of (await codes.#list('department.yaml')).entries) codes.#departments.add(code);
    return codes;
  }

  /** How many there are that were not there before. */
  async addDepartments(departments: readonly string[]): Promise<number> {
    const added = departments.filter((code) => !this.#departments.has(code));
    if (added.length === 0) return 0;
    const list = await this.#list('department.yaml');
    const entries = added.map((code) => ({
      ...{ code, version: 1, from: '2025-01-01', zh: '新部门', en: 'New department' },
      cost_center: COST_CENTER,
    }));
    await this.#write('department.yaml', stringify({ ...list, entries: [...list.entries, ...entries] }));
    for (const code of added) this.#departments.add(code);
    return added.length;
  }

  async addMissing(): Promise<void> {
    await this.#write('expense-type.yaml', this.expenseTypes);
  }

  async #list(name: string): Promise<CodeList> {
    return parse(await readFile(join(this.folder, name), 'utf8')) as CodeList;
  }

  /** Whoever reads it meanwhile finds the one or the other. */
  async #write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }
}
