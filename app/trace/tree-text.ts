import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Standing } from './standing.ts';
import type { By, Facts } from './steps.ts';
import type { Branch } from './tree.ts';

export type Direction = 'on' | 'back';

/** A tree to read, a row a line. Rows of one kind that stand alike are put together. */
export function treeLines(branches: readonly Branch[], direction: Direction, indent = ''): readonly string[] {
  const groups = alike(branches);
  return groups.flatMap(([first, ...others], at) => {
    if (first === undefined) return [];
    const isLast = at === groups.length - 1;
    const more =
      others.length === 0 ? '' : `  (and ${others.length.toString()} more like it: ${keysOf(others)})`;
    return [
      `${indent}${isLast ? '└─' : '├─'} ${branchText(first, direction)}${more}`,
      ...treeLines(first.next, direction, `${indent}${isLast ? '   ' : '│  '}`),
    ];
  });
}

/** Entries of a voucher, lines of a claim: what differs in nothing but its key, and of which nothing else is known. */
function alike(branches: readonly Branch[]): readonly (readonly Branch[])[] {
  const groups: Branch[][] = [];
  for (const branch of branches) {
    const last = groups.at(-1);
    if (isPlain(branch) && last?.[0] !== undefined && likeness(last[0]) === likeness(branch))
      last.push(branch);
    else groups.push([branch]);
  }
  return groups;
}

function isPlain({ facts, next }: Branch): boolean {
  return Object.keys(facts).length === 0 && next.every(isPlain);
}

function likeness({ by, in: place, table, standing, again, next }: Branch): string {
  return JSON.stringify([by, place, table, standing?.state, again, next.map(likeness)]);
}

function keysOf(branches: readonly Branch[]): string {
  const shown = branches.slice(0, 5).map(({ key }) => Object.values(key).join('/'));
  return `${shown.join(', ')}${branches.length > shown.length ? ', …' : ''}`;
}

function branchText(branch: Branch, direction: Direction): string {
  const { by, in: place, table, key, standing, facts, again } = branch;
  const state = [
    ...(standing === null || (standing.state === 'there' && standing.place === null && direction === 'on')
      ? []
      : [standingText(standing)]),
    ...(Object.keys(facts).length === 0 ? [] : [factsText(facts)]),
    ...(again ? ['see above'] : []),
  ];
  const said = state.length === 0 ? '' : `: ${state.join('; ')}`;
  return `${table} ${keyText(key)} in ${place}${said}  [${byText(by, direction)}]`;
}

export function keyText(key: Readonly<Record<string, string>>): string {
  return Object.entries(key)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ');
}

export function standingText({ state, place, deletedAt }: Standing): string {
  const since = deletedAt === null ? '' : ` at ${deletedAt}`;
  const as = place === null ? '' : `, as of ${place}`;
  switch (state) {
    case 'there':
      return `there${as}`;
    case 'marked':
      return `there, marked as deleted${since}${as}`;
    case 'deleted':
      return `removed${since}${as}`;
    case 'cleared':
      return `not there; the table was cleared${since}${as}`;
    case 'absent':
      return 'not there';
    default:
      return unreachable(state);
  }
}

export function factsText(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, text]) => `${name.replaceAll('_', ' ')} ${text}`)
    .join(', ');
}

function byText({ kind, name }: By, direction: Direction): string {
  switch (kind) {
    case 'route':
    case 'posting':
    case 'feed':
      return `${kind} ${name ?? ''}`;
    case 'payment':
      return direction === 'on' ? 'pays it' : 'is paid by it';
    case 'part':
      return direction === 'on' ? 'part of it' : 'has it as a part';
    default:
      return unreachable(kind);
  }
}
