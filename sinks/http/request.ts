import { createHash } from 'node:crypto';
import type { Cell } from '../../schemas/contract/cell.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Message } from '../../schemas/contract/message.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { writeJson } from './json.ts';
import type { DeleteMethod, Endpoint, HttpOptions, Writing } from './options.ts';
import { dataTree, envelopeTree, operationOf, unwritable } from './tree.ts';
import { writeXml } from './xml.ts';

/** A message as it goes over the wire, without who sends it. */
export interface HttpRequest {
  readonly method: DeleteMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const MEDIA_TYPE = { json: 'application/json; charset=utf-8', xml: 'application/xml; charset=utf-8' };

/** The endpoint of a table: the first one that matches. Throws CONFIGURATION_INVALID when none does, or it cannot. */
export function endpointOf(table: TableShape, endpoints: readonly Endpoint[]): Endpoint {
  const endpoint = endpoints.find(({ match }) => tableMatcher(match, [])(table.id));
  if (endpoint === undefined)
    throw new CounterfoilError('CONFIGURATION_INVALID', `no endpoint is for ${tableLabel(table.id)}`, {
      remedy: 'Add one under `endpoints` of the target.',
    });
  for (const path of [endpoint.path, endpoint.deletePath ?? ''])
    for (const [, column = ''] of path.matchAll(PLACEHOLDER))
      if (!table.key.includes(column))
        throw new CounterfoilError(
          'CONFIGURATION_INVALID',
          `the path ${path} names ${column}, which is not in the key of ${tableLabel(table.id)} (${table.key.join(', ')})`,
          { remedy: 'Name columns of the key only: a delete knows no others.' },
        );
  return endpoint;
}

/**
 * The same change of the same route has the same key and the same bytes whenever it is sent, and by whichever process.
 * Throws ROW_REJECTED for a message that cannot be written.
 */
export function requestOf(
  route: string,
  message: Message,
  endpoint: Endpoint,
  options: Pick<HttpOptions, 'url' | 'headers'> & Writing,
): HttpRequest {
  const { body } = message;
  const operation = operationOf(message);
  const method = body === null ? endpoint.delete : endpoint.upsert;
  const path = body === null ? (endpoint.deletePath ?? endpoint.path) : endpoint.path;
  const bare = method === 'DELETE';
  return {
    method,
    url: options.url.replace(/\/+$/, '') + filledPath(path, message),
    headers: {
      ...options.headers,
      ...(bare ? {} : { 'content-type': options.contentType ?? MEDIA_TYPE[options.format] }),
      'idempotency-key': idempotencyKey(route, message),
      'counterfoil-version': message.version,
      'counterfoil-operation': operation,
    },
    body: bare ? null : written(message, options),
  };
}

/**
 * 32 hex digits. Names nothing: keys of rows may be personal data, and headers are logged everywhere. With another
 * declaration of its entity the same change is another message.
 */
export function idempotencyKey(route: string, { shape, key, version }: Message): string {
  const parts = [route, tableLabel(shape.table.id), key, version, shape.version];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** What is no longer there is told in an envelope in any case: there is no row to send. */
function written(message: Message, { format, numbers, envelope }: Writing): string {
  const { shape, body } = message;
  const alone = body !== null && !envelope;
  const tree = alone ? dataTree(body, shape) : envelopeTree(message);
  return format === 'json'
    ? writeJson(tree, numbers)
    : writeXml(alone ? shape.table.id.name : 'message', tree);
}

const PLACEHOLDER = /\{([^{}]+)\}/g;
const UNPAIRED = /\p{Surrogate}/u;

/** A cell is one part of the path, and can be nothing else. */
function filledPath(path: string, { shape, keyCells }: Message): string {
  return path.replace(PLACEHOLDER, (_, column: string) => {
    const text = plainText(keyCells[shape.table.key.indexOf(column)] ?? null);
    // Servers and proxies resolve these, before or after they decode them.
    if (/^\.{0,2}$/.test(text) || UNPAIRED.test(text))
      throw unwritable(`the key column ${column} cannot be part of an address`);
    return encodeURIComponent(text);
  });
}

function plainText(cell: Cell): string {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('base64url') : String(cell ?? '');
}
