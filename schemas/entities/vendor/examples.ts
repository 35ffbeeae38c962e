import type { Row } from '../../contract/cell.ts';
import type { Example } from '../../dsl/example.ts';

const stationer: Row = {
  id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  code: 'V0007',
  name: ' 上海文具有限公司',
  tax_no: '91310000MA1FL0007X',
  is_active: true,
};

const inOffice: Row = {
  vendor_id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  vendor_code: 'V0007',
  name: '上海文具有限公司',
  tax_no: '91310000MA1FL0007X',
  is_active: true,
};

export const examples: readonly Example[] = [
  {
    shows: 'A supplier appears in the OA, to be picked.',
    change: { row: stationer },
    outcome: [{ table: 'oa.finance_vendor', upsert: inOffice }],
  },
  {
    shows: 'A supplier from abroad has no tax number.',
    change: { row: { ...stationer, tax_no: null } },
    outcome: [{ table: 'oa.finance_vendor', upsert: { ...inOffice, tax_no: null } }],
  },
  {
    shows: 'A supplier that finance has blocked stays, marked as not active.',
    change: { row: { ...stationer, is_active: false } },
    outcome: [{ table: 'oa.finance_vendor', upsert: { ...inOffice, is_active: false } }],
  },
  {
    shows: 'A supplier that is deleted disappears.',
    change: { deletedKey: ['7d444840-9dc0-11d1-b245-5ffdce74fad2'] },
    outcome: [{ table: 'oa.finance_vendor', delete: ['7d444840-9dc0-11d1-b245-5ffdce74fad2'] }],
  },
  {
    shows: 'A name longer than the OA shows is refused, and not cut: characters count, not bytes.',
    change: { row: { ...stationer, name: '沪'.repeat(201) } },
    outcome: { rejected: 'finance.vendor.name: has more than 200 characters' },
  },
];
