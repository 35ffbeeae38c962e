import { z } from 'zod';
import { databaseTls, secret, tablePattern } from './setting-types.ts';

const path = z.string().regex(/^\/[^\s#]*$/, 'must begin with / and have no spaces and no #');

const endpoint = z.strictObject({
  match: z
    .array(tablePattern)
    .min(1)
    .describe('Tables that entities make; the first endpoint that matches one counts'),
  path: path.describe('Appended to url; {column} stands for a column of the key'),
  upsert: z.enum(['PUT', 'POST', 'PATCH']).default('PUT').describe('How a row is sent'),
  delete: z
    .enum(['DELETE', 'POST', 'PUT', 'PATCH'])
    .default('DELETE')
    .describe(
      'How it is told that a row is gone: DELETE without a body, the others with an envelope without data',
    ),
  deletePath: path.optional().describe('Where that is told when it is not path'),
});

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), user: z.string().min(1), password: secret() }),
  z.strictObject({ kind: z.literal('bearer'), token: secret().min(1) }),
  z
    .strictObject({
      kind: z.literal('oauth2'),
      endpoint: z.url({ protocol: /^https?$/ }).describe('Where tokens are had'),
      clientId: z.string().min(1),
      clientSecret: secret(),
      clientAuth: z
        .enum(['basic', 'form'])
        .default('basic')
        .describe('Whether id and secret go in the Authorization header or in the form'),
      scope: z.string().min(1).optional(),
      audience: z.string().min(1).optional(),
    })
    .describe('Client credentials of OAuth 2.0'),
]);

/** What is sent with each message anyway, or belongs to the connection. */
const OWN_HEADERS =
  /^(authorization|connection|content-length|content-type|counterfoil-.*|host|idempotency-key|transfer-encoding)$/i;

const headers = z
  .record(
    z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no name of a header')
      .refine((header) => !OWN_HEADERS.test(header), 'is set by counterfoil'),
    z.string().regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
  )
  .default({})
  .describe('Sent with each message; take secrets among them from files, which hides them in output');

const status = z.number().int().min(200).max(599);

const answers = z
  .strictObject({
    applied: z.array(status).default([]).describe('The receiver has the message, or a newer one of its key'),
    absent: z
      .array(status)
      .default([404, 410])
      .describe('To a DELETE: there was nothing to delete, which is as good'),
    refused: z.array(status).default([]).describe('This message alone is bad'),
    retry: z.array(status).default([]).describe('It is to be sent again, later'),
  })
  .refine(({ applied, refused, retry }) => {
    const all = [...applied, ...refused, ...retry];
    return new Set(all).size === all.length;
  }, 'a status can mean one thing only')
  .describe('Statuses that mean to this receiver something else than usual');

const breaker = z
  .strictObject({
    failures: z.number().int().min(1).default(5).describe('In a row, of all requests to the target'),
    firstMs: z.number().int().min(1).default(1_000).describe('How long it is left alone at first'),
    maxMs: z.number().int().min(1).default(60_000).describe('How long at most: it doubles each time'),
  })
  .describe('When the receiver is left alone');

/** All but `kind` and what targets that are sent messages have in common. */
export const httpTarget = {
  url: z
    .string()
    .regex(
      /^https?:\/\/[^\s/@?#]+[^\s@?#]*$/,
      'must be http:// or https:// with a host, without user, ? and #',
    )
    .describe('What the paths of endpoints are appended to'),
  tls: databaseTls
    .optional()
    .describe('Of https; without it the certificate is checked in full, against those that Node trusts'),
  auth: auth.default({ kind: 'none' }),
  headers,
  format: z.enum(['json', 'xml']).default('json'),
  contentType: z
    .string()
    .regex(/^[\x21-\x7e]+\/[\x20-\x7e]+$/, 'must be a media type')
    .optional()
    .describe('application/json or application/xml, of UTF-8, when it is missing'),
  numbers: z
    .enum(['strings', 'numbers'])
    .default('strings')
    .describe('Decimals and 64-bit integers in JSON: many readers would round them as numbers'),
  envelope: z
    .boolean()
    .default(true)
    .describe('Each row comes with its key, version and operation; false sends it alone'),
  endpoints: z.array(endpoint).min(1),
  answers: answers.prefault({}),
  concurrency: z
    .number()
    .int()
    .min(1)
    .default(8)
    .describe('Requests at once, of each partition that is in hand'),
  timeoutMs: z.number().int().min(1).default(10_000).describe('From a request to the end of its answer'),
  breaker: breaker.prefault({}),
};
