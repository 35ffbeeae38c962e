import { planGroups } from '../../../../monitoring/consistency/plan.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { Mapping } from '../../../../schemas/contract/mapping.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { mirrorInto } from '../fixtures.ts';

function table(namespace: string, name: string, columns: readonly string[] = ['id']): TableShape {
  return {
    id: { namespace, name },
    columns: columns.map((column) => ({ name: column, type: { kind: 'text' }, nullable: false })),
    key: ['id'],
  };
}

function mappingTo(targets: Readonly<Record<string, readonly string[]>>): Mapping {
  return mirrorInto('ap', {
    accepts: ({ name }) => name in targets,
    targets: ({ id }) => (targets[id.name] ?? []).map((name) => table('ap', name, ['id', `of_${id.name}`])),
  });
}

const labels = ({ groups }: ReturnType<typeof planGroups>) =>
  groups.map(({ sources, targets }) => [
    sources.map(({ id }) => id.name).sort(),
    targets.map(({ id }) => id.name).sort(),
  ]);

describe('planGroups', () => {
  test('tables that share no target are compared apart', () => {
    const plan = planGroups(mirrorInto('ap'), [table('oa', 'a'), table('oa', 'b')]);
    expect(labels(plan)).toEqual([
      [['a'], ['a']],
      [['b'], ['b']],
    ]);
  });

  test('tables that share targets, even through others, are compared as a whole', () => {
    const mapping = mappingTo({ a: ['x'], b: ['y'], c: ['x', 'y'], d: ['z'] });
    const plan = planGroups(
      mapping,
      ['a', 'b', 'c', 'd'].map((name) => table('oa', name)),
    );
    expect(labels(plan)).toEqual([
      [
        ['a', 'b', 'c'],
        ['x', 'y'],
      ],
      [['d'], ['z']],
    ]);
    expect(
      plan.groups[0]?.targets.find(({ id }) => id.name === 'x')?.columns.map(({ name }) => name),
    ).toEqual(['id', 'of_a', 'of_c']);
  });

  test('tables that the mapping does not accept, or that go nowhere, are left out', () => {
    const mapping = mappingTo({ a: ['x'], b: [] });
    expect(
      labels(
        planGroups(
          mapping,
          ['a', 'b', 'c'].map((name) => table('oa', name)),
        ),
      ),
    ).toEqual([[['a'], ['x']]]);
  });

  test('can be limited to tables of either side', () => {
    const sources = [table('oa', 'a'), table('oa', 'b')];
    expect(labels(planGroups(mirrorInto('ap'), sources, ['oa.a']))).toEqual([[['a'], ['a']]]);
    expect(
      labels(planGroups(mirrorInto('ap'), sources, [tableLabel({ namespace: 'ap', name: 'b' })])),
    ).toEqual([[['b'], ['b']]]);
    expect(planGroups(mirrorInto('ap'), sources, ['oa.c', 'oa.a', 'ap.b'])).toMatchObject({
      groups: { length: 2 },
      unknown: ['oa.c'],
    });
  });

  test('tables that the mapping refuses are named, unless others are asked for', () => {
    const error = new CounterfoilError('UNSUPPORTED_SCHEMA', 'oa.a has no key');
    const mapping = mirrorInto('ap', {
      targets: (source) => {
        if (source.id.name === 'a') throw error;
        return [source];
      },
    });
    const sources = [table('oa', 'a'), table('oa', 'b')];
    expect(planGroups(mapping, sources).refused).toEqual([{ table: 'oa.a', error }]);
    expect(planGroups(mapping, sources, ['oa.b']).refused).toEqual([]);
    expect(labels(planGroups(mapping, sources))).toEqual([[['b'], ['b']]]);
  });
});
