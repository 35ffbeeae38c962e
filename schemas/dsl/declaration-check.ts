import { isDeepStrictEqual } from 'node:util';
import { VERSION_COLUMN, tableLabel } from '../contract/table.ts';
import { outcomeOf } from './apply-rule.ts';
import type { EntityDeclaration } from './entity.ts';
import { isMadeOf, lettersOf } from './picture.ts';
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

function checkRule(source: SourceTable, column: string, rule: Rule, refuse: Refuse): void {
  const { fields } = source;
  for (const input of inputsOf(rule)) {
    if (!(input in fields)) refuse(`${column} is made of ${input}, which is not declared`);
  }
  if (rule.kind === 'concat' && rule.from.length === 0) refuse(`${column} is put together from nothing`);
  if (rule.kind === 'lookup') {
    const missing = (fields[rule.from]?.codes ?? []).filter((code) => !(code in rule.table));
    if (missing.length > 0) refuse(`the lookup of ${column} has no entry for ${missing.join(', ')}`);
  }
  if (rule.kind === 'reshaped' && !isMadeOf(lettersOf(rule.result), lettersOf(rule.picture)))
    refuse(`the result of ${column} has digits that its picture has not`);
  if (rule.kind === 'when') {
    const { from, is, then, otherwise } = rule;
    if (typeof is === 'object' && fields[from]?.codes?.includes(is.code) === false)
      refuse(`${column} looks for ${is.code}, which is no code of ${from}`);
    for (const either of [then, otherwise]) checkRule(source, column, either, refuse);
    if (!isDeepStrictEqual(outcomeOf(then, fields).type, outcomeOf(otherwise, fields).type))
      refuse(`${column} is of one type or another`);
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
 * source rows could share one target row. Plain copies keep different keys different, and so do digits that are written
 * another way, as long as all of them are there.
 */
function checkKey(
  sourceKey: readonly string[],
  key: readonly string[],
  columns: Readonly<Record<string, Rule>>,
  refuse: Refuse,
): void {
  const kept = new Set<string>();
  const reshaped = new Map<string, { readonly picture: string; readonly results: string }>();
  for (const column of key) {
    const rule = columns[column] ?? refuse(`the key column ${column} is not among the columns`);
    if (rule.kind === 'constant') continue;
    if (rule.kind !== 'copy' && rule.kind !== 'padded' && rule.kind !== 'reshaped')
      return refuse(`the key column ${column} must be a copy, or padded or reshaped`);
    const { from } = rule;
    if (!sourceKey.includes(from)) refuse(`the key column ${column} is not made of the source's key`);
    if (rule.kind === 'reshaped')
      reshaped.set(from, {
        picture: rule.picture,
        results: (reshaped.get(from)?.results ?? '') + rule.result,
      });
    else kept.add(from);
  }
  for (const [from, { picture, results }] of reshaped)
    if (lettersOf(picture) === lettersOf(results)) kept.add(from);
  for (const column of sourceKey) {
    if (!kept.has(column)) refuse(`the source's key column ${column} is missing from the target's key`);
  }
}
