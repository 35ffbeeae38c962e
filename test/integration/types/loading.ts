import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/**
 * Where schemas made by others lie: beside the checkout, or as COUNTERFOIL_SHARED_SCHEMAS says. They are never copied into
 * the repository; null where there are none.
 */
export function sharedFolder(): string | null {
  const folder = process.env['COUNTERFOIL_SHARED_SCHEMAS'] ?? resolve('../shared/schemas');
  return existsSync(folder) ? folder : null;
}

/** One file of statements. */
export interface SchemaFile {
  readonly name: string;
  readonly statements: readonly string[];
}

/** Statements that make databases and users of their own, which a test keeps to itself. */
const OUTSIDE =
  /^\s*(CREATE DATABASE|DROP DATABASE|USE|GRANT|CREATE USER|FLUSH|DROP SCHEMA|SET\s+PASSWORD)\b/i;

export function schemaFiles(folder: string, subfolders: readonly string[]): readonly SchemaFile[] {
  return subfolders.flatMap((subfolder) =>
    readdirSync(join(folder, subfolder))
      .filter((file) => /\.(sql|ddl)$/.test(file))
      .map((file) => ({
        name: `${subfolder}/${basename(file)}`,
        statements: statementsOf(readFileSync(join(folder, subfolder, file), 'utf8')),
      })),
  );
}

function statementsOf(text: string): readonly string[] {
  return text
    .replace(/^\s*(--|#).*$/gm, '')
    .split(/;\s*(?:--.*)?$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '' && !OUTSIDE.test(statement));
}
