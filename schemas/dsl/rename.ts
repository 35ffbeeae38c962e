import type { TableId } from '../contract/table.ts';

/** `from` is a pattern of `namespace.table`; `to` is `table` or `namespace.table`. See {@link renamer}. */
export interface RenameRule {
  readonly from: string;
  readonly to: string;
}

/**
 * Gives each source table its name in the target. The first rule whose `from` matches decides; in its `to` the first `*`
 * stands for what the first `*` of `from` matched, and so on; `{2}` stands for what its second `*` matched, wherever it
 * stands. A `to` without a dot, and a table that no rule matches, go into `namespace`, in which a `*` stands for the
 * namespace of the source table.
 */
export function renamer(rules: readonly RenameRule[], namespace: string): (source: TableId) => TableId {
  const prepared = rules.map((rule) => prepareRule(rule));
  return (source) => {
    const home = namespace.replace('*', () => source.namespace);
    const label = `${source.namespace}.${source.name}`;
    for (const { pattern, into, name } of prepared) {
      const match = pattern.exec(label);
      if (match === null) continue;
      const captures = match.slice(1);
      const filled = fill(into === null ? [name] : [into, name], captures);
      return filled.length === 1
        ? { namespace: home, name: filled[0] ?? '' }
        : { namespace: filled[0] ?? '', name: filled[1] ?? '' };
    }
    return { namespace: home, name: source.name };
  };
}

/** What is wrong with a rule, or null. */
export function renameFault({ from, to }: RenameRule): string | null {
  const captures = from.split('*').length - 1;
  const stars = to.split('*').length - 1;
  if (stars > captures) return `has ${stars} times *, but "${from}" has ${captures}`;
  const wrong = [...to.matchAll(REFERENCE)].find(([, number]) => Number(number) > captures || number === '0');
  if (wrong !== undefined) return `refers to ${wrong[0]}, but "${from}" has ${captures} times *`;
  return /^\.|\.$/.test(to) ? 'must be table or namespace.table' : null;
}

const REFERENCE = /\{(\d+)\}/g;

interface PreparedRule {
  readonly pattern: RegExp;
  readonly into: string | null;
  readonly name: string;
}

/** Stars match as little as they can, so that of `oa.a_b_c` the pattern `*.*_*` gives oa, a and b_c. */
function prepareRule({ from, to }: RenameRule): PreparedRule {
  const literal = from.split('*').map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const dot = to.indexOf('.');
  return {
    pattern: new RegExp(`^${literal.join('(.*?)')}$`, 'su'),
    into: dot < 0 ? null : to.slice(0, dot),
    name: to.slice(dot + 1),
  };
}

/** Stars are counted over all parts, from the left. */
function fill(parts: readonly string[], captures: readonly string[]): readonly string[] {
  let next = 0;
  return parts.map((part) =>
    part.replace(/\*|\{(\d+)\}/g, (_, number?: string) =>
      number === undefined ? (captures[next++] ?? '') : (captures[Number(number) - 1] ?? ''),
    ),
  );
}
