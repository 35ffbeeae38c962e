import { z } from 'zod';

const account = z.strictObject({
  gl: z
    .string()
    .regex(/^[A-Z0-9]{1,10}$/)
    .describe('Account in the chart of accounts of SAP (HKONT), with its zeros in front'),
  taxCode: z
    .string()
    .regex(/^[A-Z0-9]{2}$/)
    .optional()
    .describe('Of an account of input tax: its tax code (MWSKZ)'),
});

export const settings = z.strictObject({
  from: z.string().min(1).default('finance').describe('Source whose database has the books'),
  to: z.string().min(1).default('sap').describe('Target with the tables of SAP'),
  books: z
    .string()
    .min(1)
    .default('ledger')
    .describe('Schema of the vouchers, as the capture of finance names it'),
  database: z.string().min(1).default('sap').describe('Database or schema of BKPF and BSEG in the target'),
  staging: z
    .strictObject({
      to: z.string().min(1).default('finance').describe('Target of kind postgresql'),
      schema: z.string().min(1).default('sap').describe('Schema of its tables'),
    })
    .prefault({})
    .describe('Where the rows that acc-document is made of are kept, for a feed to tell them'),
  client: z
    .string()
    .regex(/^\d{3}$/)
    .default('100')
    .describe('Client (MANDT)'),
  companyCode: z
    .string()
    .regex(/^[A-Z0-9]{4}$/)
    .describe('Company code (BUKRS)'),
  numberRange: z
    .string()
    .regex(/^\d{2}$/)
    .default('01')
    .describe('First two digits of document numbers (BELNR); month and number of the voucher follow'),
  user: z.string().min(1).max(12).default('COUNTERFOIL').describe('User that posts (USNAM)'),
  objectType: z
    .string()
    .regex(/^[A-Z0-9]{1,5}$/)
    .default('ZCFV')
    .describe('Reference procedure of vouchers (OBJ_TYPE), one that SAP knows as that of another system'),
  logicalSystem: z
    .string()
    .regex(/^[A-Z0-9_]{0,10}$/)
    .default('')
    .describe('Logical system of the books (OBJ_SYS); empty: that of SAP itself'),
  documentTypes: z
    .record(z.string(), z.string().regex(/^[A-Z0-9]{2}$/))
    .default({ 'expense-claim': 'KR', 'purchase-receipt': 'WE', 'contract-payment': 'KR', payment: 'KZ' })
    .describe('Document type (BLART) of each kind of document'),
  accounts: z.record(z.string(), account).describe('Accounts of the vouchers, and what they are in SAP'),
});

export type Settings = z.infer<typeof settings>;
