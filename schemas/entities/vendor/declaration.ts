import { defineEntity } from '../../dsl/entity.ts';
import { flag, optional, text, uuid } from '../../dsl/source-field.ts';
import { sourceTable } from '../../dsl/source-table.ts';

const vendor = sourceTable('finance.vendor', {
  key: ['id'],
  fields: {
    id: uuid(),
    code: text(20),
    name: text(200),
    tax_no: optional(text(20)),
    is_active: flag(),
  },
});

export const entity = defineEntity({
  name: 'vendor',
  zh: '供应商',
  about: 'A supplier of finance, as people of the OA pick one. Its bank and its credit stay in finance.',
  from: 'finance',
  to: 'oa',
  source: vendor,
  targets: [
    vendor.into('oa.finance_vendor', {
      about: 'A supplier. One that is blocked stays, marked as not active: older requests name it.',
      key: ['vendor_id'],
      columns: ({ copy, trim }) => ({
        vendor_id: copy('id'),
        vendor_code: copy('code'),
        name: trim('name'),
        tax_no: copy('tax_no'),
        is_active: copy('is_active'),
      }),
    }),
  ],
});
