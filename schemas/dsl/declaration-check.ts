import { VERSION_COLUMN, tableLabel } from '../contract/table.ts';
import type { EntityDeclaration } from './entity.ts';
import { inputsOf } from './rule.ts';
import type { Rule } from './rule.ts';
import type { SourceTable, TargetTable } from './source-table.ts';
import { misdeclared } from './violation.ts';
import { offsetMinutes } from './wall-clock.ts';

/**
 * What the compiler cannot see in a declaration. Throws CounterfoilError CONFIGURATION_INVALID naming the entity and
 * what is wrong with it.
 */
export function checkDeclaration(declaration: EntityDeclaration): void {
  const { name, source, targets } = declaration;
  const refuse = (what: string): never => {
    throw misdeclared(name, what);
  };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) refuse('the name must be lower case with hyphens');
  checkSource(source, refuse);
  if (targets.length === 0) refuse('it has no target');
  const labels = targets.map(({ id }) => tableLabel(id));
  if (new Set(labels).size < labels.length) refuse('two targets are the same table');
  for (const target of targets) checkTarget(source, target, refuse);
}

type Refuse = (what: string) => never;

function checkSource({ id, key, fields }: SourceTable, refuse: Refuse): void {
  if (id.namespace === '' || id.name === '') refuse('the source must be named as namespace.table');
  if (key.length === 0) refuse('the source has no key');
  for (const column of key) {
    const field = fields[column] ?? refuse(`the key column ${column} of the source is not declared`);
    if (!field.required) refuse(`the key column ${column} of the source is declared as optional`);
  }
}

function checkTarget(source: SourceTable, target: TargetTable, refuse: Refuse): void {
  const { id, key, columns, only } = target;
  if (id.namespace === '' || id.name === '') refuse('a target must be named as namespace.table');
  if (VERSION_COLUMN in columns) refuse(`the column name ${VERSION_COLUMN} is reserved`);
  for (const [column, rule] of Object.entries(columns)) checkRule(source, column, rule, refuse);
  for (const column of Object.keys(only)) {
    if (!(column in source.fields)) refuse(`the condition on ${column} is on no declared column`);
  }
  checkKey(source.key, key, columns, refuse);
}

function checkRule({ fields }: SourceTable, column: string, rule: Rule, refuse: Refuse): void {
  for (const input of inputsOf(rule)) {
    if (!(input in fields)) refuse(`${column} is made of ${input}, which is not declared`);
  }
  if (rule.kind === 'concat' && rule.from.length === 0) refuse(`${column} is put together from nothing`);
  if (rule.kind === 'lookup') {
    const missing = (fields[rule.from]?.codes ?? []).filter((code) => !(code in rule.table));
    if (missing.length > 0) refuse(`the lookup of ${column} has no entry for ${missing.join(', ')}`);
  }
  if ('offset' in rule) {
    try {
      offsetMinutes(rule.offset);
    } catch {
      refuse(`the offset of ${column} is not written ±HH:MM`);
    }
  }
}

/**
 * A delete brings the source's key and nothing else, so the target's key must be made of that; and of all of it, or two
 * source rows could share one target row. Only plain copies keep different keys different.
 */
function checkKey(
  sourceKey: readonly string[],
  key: readonly string[],
  columns: Readonly<Record<string, Rule>>,
  refuse: Refuse,
): void {
  const copied = key.map((column) => {
    const rule = columns[column] ?? refuse(`the key column ${column} is not among the columns`);
    if (rule.kind !== 'copy') return refuse(`the key column ${column} must be a copy`);
    if (!sourceKey.includes(rule.from)) refuse(`the key column ${column} is not made of the source's key`);
    return rule.from;
  });
  for (const column of sourceKey) {
    if (!copied.includes(column))
      refuse(`the source's key column ${column} is missing from the target's key`);
  }
}
