import { copiedKey } from '../../../../schemas/dsl/copied-key.ts';
import { defineEntity } from '../../../../schemas/dsl/entity.ts';
import { int32, text } from '../../../../schemas/dsl/source-field.ts';
import { sourceTable } from '../../../../schemas/dsl/source-table.ts';
import { loadEntities } from '../../../../schemas/entities/catalogue.ts';

const line = sourceTable('oa.line', { key: ['doc', 'no'], fields: { doc: text(10), no: int32() } });
const entity = defineEntity({
  ...{ name: 'line', zh: '行', about: 'A line.', from: 'oa', to: 'sap', source: line },
  targets: [
    line.into('sap.copied', {
      ...{ about: 'Another order of its key.', key: ['item', 'belnr'] },
      columns: ({ copy }) => ({ belnr: copy('doc'), item: copy('no') }),
    }),
    line.into('sap.padded', {
      ...{ about: 'Digits written another way.', key: ['belnr', 'item'] },
      columns: ({ copy, padded }) => ({ belnr: copy('doc'), item: padded('no', 10) }),
    }),
  ],
});
const of = (name: string) => copiedKey(entity, { namespace: 'sap', name });

test('a key that is copied leads back by its columns, one that is written in other digits does not', () => {
  expect(of('copied')).toEqual({ doc: 'belnr', no: 'item' });
  expect(of('padded')).toBeNull();
  expect(of('elsewhere')).toBeNull();
});

test('the entities of the domain lead back, all of them', async () => {
  for (const each of await loadEntities())
    for (const { id } of each.tables) expect([each.name, copiedKey(each, id)]).not.toEqual([each.name, null]);
});
