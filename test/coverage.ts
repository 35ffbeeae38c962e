import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript';

interface Summary {
  readonly lines: { readonly total: number; readonly covered: number };
}

/** Lines of product code that the tests ran, as jest counted them. */
export interface Coverage {
  readonly covered: number;
  readonly total: number;
  readonly folders: readonly { readonly folder: string; readonly covered: number; readonly total: number }[];
}

/**
 * Reads what jest's `json-summary` reporter wrote. Files that hold nothing but types are left out: nothing of them is
 * there to be run. Processes that tests start (the pipeline, the command line) are not counted.
 */
export function readCoverage(folder: string): Coverage {
  const summary = JSON.parse(readFileSync(resolve(folder, 'coverage-summary.json'), 'utf8')) as Record<
    string,
    Summary
  >;
  const folders = new Map<string, { covered: number; total: number }>();
  for (const [file, { lines }] of Object.entries(summary)) {
    if (file === 'total' || isTypesOnly(file)) continue;
    const [name = ''] = relative(process.cwd(), file).split('/');
    const sum = folders.get(name) ?? { covered: 0, total: 0 };
    folders.set(name, { covered: sum.covered + lines.covered, total: sum.total + lines.total });
  }
  const all = [...folders].map(([name, sum]) => ({ folder: name, ...sum }));
  return {
    covered: all.reduce((sum, { covered }) => sum + covered, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
    folders: all.sort((a, b) => (a.folder < b.folder ? -1 : 1)),
  };
}

function isTypesOnly(file: string): boolean {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, removeComments: true },
  });
  return outputText.trim() === 'export {};';
}

export function percent({ covered, total }: { readonly covered: number; readonly total: number }): string {
  return `${((100 * covered) / Math.max(1, total)).toFixed(1)} %`;
}
