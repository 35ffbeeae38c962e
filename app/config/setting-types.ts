import { z } from 'zod';

/** Of sources, targets, routes and entities. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens, beginning with a letter');

/** Of what the product has itself, or a pack: `pack/name`. */
export const packedName = z
  .string()
  .regex(/^([a-z][a-z0-9-]*\/)?[a-z][a-z0-9-]*$/, 'must be a name, or pack/name, in lower-case letters');

export const host = z.string().min(1).default('127.0.0.1');
export const port = z.number().int().min(1).max(65_535);

/** What must not be shown: `writeOnly` says so to editors, and `hidden.ts` to `config check`. */
export const secret = () => z.string().meta({ writeOnly: true });

export const credentials = z.strictObject({ user: z.string().min(1), password: secret() });

export const tablePattern = z
  .string()
  .regex(/^[^.]+\..+$/, 'must be namespace.table; * stands for any characters');

/** One table, by its very name. */
export const tableName = z.string().regex(/^[^.*]+\.[^*]+$/, 'must be namespace.table, without *');

export const columnPattern = z.string().min(1).describe('Name of a column; * stands for any characters');

const certificates = z
  .string()
  .regex(/-----BEGIN CERTIFICATE-----/, 'must hold certificates as PEM text, such as ${file:ca.pem}')
  .optional()
  .describe('Certificates (PEM) of who may have signed; without them those that Node trusts');

/** How a database is connected to; without the section there is no encryption. */
export const databaseTls = z.strictObject({
  mode: z
    .enum(['encrypt', 'verify-ca', 'verify-full'])
    .describe('encrypt checks no certificate, verify-ca who signed it, verify-full also the host name'),
  ca: certificates,
});

/** The Java client, which the schema history uses, cannot do without checking certificates. */
export const kafkaTls = z.strictObject({
  mode: z.enum(['verify-ca', 'verify-full']).describe('verify-full also checks the host name'),
  ca: certificates,
});

export type DatabaseTls = z.infer<typeof databaseTls>;
