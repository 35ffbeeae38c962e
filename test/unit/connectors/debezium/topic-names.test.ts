import fc from 'fast-check';
import { findCollisions, topicNameOf } from '../../../../connectors/debezium/topic-names.ts';
import { binlogSource } from './sources.ts';
import { wantedTopics } from '../../../../connectors/debezium/topic-plan.ts';

const namings = fc.constantFrom('underscore' as const, 'unicode' as const);
const legal = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);

describe('the topic of a table', () => {
  test('is made of prefix, namespace and table', () => {
    expect(topicNameOf('oa', { namespace: 'oa', name: 'expense_claim' }, 'underscore')).toBe(
      'oa.oa.expense_claim',
    );
  });

  test.each([
    ['account_invoice-account_move_line', 'p.s.account_invoice-account_move_line'],
    ['deprecated$table', 'p.s.deprecated_table'],
    ['a b', 'p.s.a_b'],
    ['合同', 'p.s.__'],
    // One character of two UTF-16 units: Debezium replaces each unit.
    ['𠮷', 'p.s.__'],
    ['x'.repeat(300), `p.s.${'x'.repeat(245)}`],
  ])('of %p is %p, as Debezium sanitises it', (name, topic) => {
    expect(topicNameOf('p', { namespace: 's', name }, 'underscore')).toBe(topic);
  });

  test('keeps names that Kafka allows, and differs where they differ', () => {
    fc.assert(
      fc.property(legal, legal, legal, (prefix, namespace, name) => {
        expect(topicNameOf(prefix, { namespace, name }, 'underscore')).toBe(`${prefix}.${namespace}.${name}`);
      }),
    );
  });

  test('is a name that Kafka takes, whatever the table is called', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(text, text, namings, (namespace, name, naming) => {
        const topic = topicNameOf('oa', { namespace, name }, naming);
        expect(topic).toMatch(/^[A-Za-z0-9._-]{1,249}$/);
        expect(['.', '..']).not.toContain(topic);
      }),
    );
  });
});

describe('with unicode in place of underscores', () => {
  test.each([
    ['expense_claim', 'p.s.expense_u005fclaim'],
    ['报销-单 A', 'p.s._u62a5_u9500-_u5355_u0020A'],
    ['é', 'p.s._u00e9'],
    // Three digits, as Debezium writes them.
    ['ő', 'p.s._u151'],
  ])('the topic of %p is %p, as Debezium writes it', (name, topic) => {
    expect(topicNameOf('p', { namespace: 's', name }, 'unicode')).toBe(topic);
  });

  test('tables of one schema never collide while their names are of a sensible length', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const topics = names.map((each) => topicNameOf('p', { namespace: 's', name: each }, 'unicode'));
        expect(new Set(topics).size).toBe(names.length);
      }),
    );
  });
});

describe('collisions', () => {
  const table = (namespace: string, name: string) => ({ namespace, name });

  test('are found between names that become the same', () => {
    const found = findCollisions(
      'oa',
      [table('oa', 'a b'), table('oa', 'a$b'), table('oa', 'ab')],
      'underscore',
    );
    expect(found).toEqual([{ topics: ['oa.oa.a_b'], tables: ['oa.a b', 'oa.a$b'] }]);
  });

  test('are found between names that differ in dot and underscore only, which Kafka refuses', () => {
    const found = findCollisions('oa', [table('a', 'b_c'), table('a_b', 'c')], 'underscore');
    expect(found).toEqual([{ topics: ['oa.a.b_c', 'oa.a_b.c'], tables: ['a.b_c', 'a_b.c'] }]);
  });

  test('are found exactly where two tables claim one topic', () => {
    const name = fc.constantFrom('a', 'b', 'a_b', 'a.b', 'a$b', 'c');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ namespace: name, name }), { selector: (t) => `${t.namespace} ${t.name}` }),
        (tables) => {
          const keys = tables.map((each) => topicNameOf('p', each, 'underscore').replaceAll('.', '_'));
          const clash = new Set(keys).size < keys.length;
          expect(findCollisions('p', tables, 'underscore').length > 0).toBe(clash);
        },
      ),
    );
  });

  test('keep topics from being planned at all', () => {
    const tables = [table('oa', 'a b'), table('oa', 'a-b'), table('oa', 'a$b')];
    expect(() => wantedTopics(binlogSource(), tables)).toThrow(
      /oa\.a b and oa\.a\$b would share oa\.oa\.a_b/,
    );
  });
});
