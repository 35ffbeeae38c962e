import { CounterfoilError } from '../../../../schemas/contract/errors.ts';
import type { ErrorCode } from '../../../../schemas/contract/errors.ts';
import type { AvroSchema, RawRecord, Decoder } from '../../../../schemas/contract/ports.ts';
import { createDecoder } from '../../../../processors/decode/decoder.ts';
import type { DecoderOptions } from '../../../../processors/decode/decoder.ts';
import {
  connectType,
  envelopeOf,
  envelopeSchema,
  framed,
  keySchema,
  recordOf,
  registryOf,
} from './envelopes.ts';
import type { AvroColumn } from './envelopes.ts';

export const KEY_ID = 1;
export const VALUE_ID = 2;
export const key: AvroColumn = { name: 'id', type: 'long' };
export const columns: readonly AvroColumn[] = [
  key,
  { name: 'title', type: ['null', connectType('string', { type: 'TEXT' })] },
];
export const mariadb = envelopeSchema('mariadb', columns);
export const postgres = envelopeSchema('postgresql', columns);
export const keys = keySchema([key]);
export const row = { id: 7n, title: '差旅' };

export const MARIADB = new Map([['oa', { connector: 'mariadb', era: 3 }]] as const);
export const POSTGRES = new Map([['oa', { connector: 'postgresql', era: 0 }]] as const);

export function decoderOf(value: AvroSchema, options: Partial<DecoderOptions> = {}) {
  return createDecoder({
    schemas: registryOf({ [KEY_ID]: keys, [VALUE_ID]: value }),
    sources: MARIADB,
    ...options,
  });
}

export const keyBytes = (id = 7n) => framed(KEY_ID, keys, { id });
export const mariadbRecord = (parts = {}, at: Partial<RawRecord> = {}) =>
  recordOf(keyBytes(), framed(VALUE_ID, mariadb, envelopeOf('mariadb', row, parts)), at);
export const postgresRecord = (parts = {}, at: Partial<RawRecord> = {}) =>
  recordOf(keyBytes(), framed(VALUE_ID, postgres, envelopeOf('postgresql', row, parts)), at);

export async function refused(decoder: Decoder, record: RawRecord): Promise<CounterfoilError> {
  try {
    await decoder.decode(record);
  } catch (error) {
    if (error instanceof CounterfoilError) return error;
    throw error;
  }
  throw new Error('the record was decoded');
}

export async function expectRefusal(record: RawRecord, code: ErrorCode, message: RegExp, value = mariadb) {
  const error = await refused(decoderOf(value), record);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
}
