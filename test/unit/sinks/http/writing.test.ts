import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import type { Cell } from '../../../../schemas/contract/cell.ts';
import type { LogicalType } from '../../../../schemas/contract/table.ts';
import { writeJson } from '../../../../sinks/http/json.ts';
import { endpointOf, idempotencyKey, requestOf } from '../../../../sinks/http/request.ts';
import { dataTree, envelopeTree } from '../../../../sinks/http/tree.ts';
import { elementName, writeXml } from '../../../../sinks/http/xml.ts';
import { thrownBy } from '../row-sets.ts';
import { claim, claims, message, shapeOf, table, v } from './messages.ts';

const KINDS = {
  id: { kind: 'int', bits: 64 },
  small: { kind: 'int', bits: 32 },
  amount: { kind: 'decimal', precision: 40, scale: 10 },
  rate: { kind: 'float', bits: 64 },
  urgent: { kind: 'boolean' },
  title: { kind: 'text' },
  extra: { kind: 'json' },
  tags: { kind: 'array', element: { kind: 'text' } },
  scan: { kind: 'bytes' },
  day: { kind: 'date' },
  at: { kind: 'timestamp', fraction: 6 },
  moment: { kind: 'instant', fraction: 6 },
} as const satisfies Record<string, LogicalType>;

const all = shapeOf(table('claim', KINDS));
const row = {
  ...{ id: 9_007_199_254_740_993n, small: -7, amount: '12345678901234567890.1234567890', rate: 0.1 },
  ...{ urgent: false, title: '"报销" & <差旅>\r\n', extra: '{"n":12345678901234567890}', tags: '["a","b"]' },
  ...{ scan: new Uint8Array([0, 255]), day: '2026-03-01', at: '2026-03-01 08:00:00.5' },
  moment: '2026-03-01T00:00:00Z',
};
const tree = dataTree({ cells: row, nested: {} }, all);

describe('JSON', () => {
  test('has decimals and 64-bit integers as strings, or as numbers of all their digits', () => {
    const rest =
      '"rate":0.1,"urgent":false,"title":"\\"报销\\" & <差旅>\\r\\n","extra":{"n":12345678901234567890},' +
      '"tags":["a","b"],"scan":"AP8=","day":"2026-03-01","at":"2026-03-01T08:00:00.5","moment":"2026-03-01T00:00:00Z"}';
    expect(writeJson(tree, 'strings')).toBe(
      `{"id":"9007199254740993","small":-7,"amount":"12345678901234567890.1234567890",${rest}`,
    );
    expect(writeJson(tree, 'numbers')).toBe(
      `{"id":9007199254740993,"small":-7,"amount":12345678901234567890.1234567890,${rest}`,
    );
  });

  test('holds rows within rows, and what there is none of', () => {
    const lines = shapeOf(table('claim_line', { line_no: { kind: 'int', bits: 32 } }, ['line_no']));
    const document = shapeOf(table('claim', { id: KINDS.id, title: KINDS.title }), { lines });
    const body = {
      cells: { id: 7n, title: null },
      nested: { lines: [1, 2].map((line_no) => ({ cells: { line_no }, nested: {} })) },
    };
    expect(writeJson(dataTree(body, document), 'strings')).toBe(
      '{"id":"7","title":null,"lines":[{"line_no":1},{"line_no":2}]}',
    );
    expect(writeXml('claim', dataTree(body, document))).toContain(
      '<id>7</id><title xsi:nil="true"/><lines><claim_line><line_no>1</line_no></claim_line><claim_line><line_no>2</line_no></claim_line></lines>',
    );
  });

  test('has the row in a member of its own, where the shape says so', () => {
    const lines = shapeOf(table('claim_line', { line_no: { kind: 'int', bits: 32 } }, ['line_no']));
    const document = { ...shapeOf(table('claim', { id: KINDS.id }), { lines }), as: 'header' };
    const body = { cells: { id: 7n }, nested: { lines: [{ cells: { line_no: 1 }, nested: {} }] } };
    expect(writeJson(dataTree(body, document), 'strings')).toBe(
      '{"header":{"id":"7"},"lines":[{"line_no":1}]}',
    );
    expect(writeXml('claim', dataTree(body, document))).toContain(
      '<header><id>7</id></header><lines><claim_line><line_no>1</line_no></claim_line></lines>',
    );
  });

  test('in an envelope has key, version and operation; a deleted row no data', () => {
    const deleted = { ...claim(7, 3), body: null };
    expect(JSON.parse(writeJson(envelopeTree(deleted), 'strings'))).toEqual({
      ...{ key: { id: '7' }, version: v(3), operation: 'delete', data: null },
    });
    expect(JSON.parse(writeJson(envelopeTree(claim(7, 3)), 'strings'))).toMatchObject({
      ...{ operation: 'upsert', data: { id: '7', amount: '0.03' } },
    });
  });

  test('is read back as what it was', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          rate: fc.double({ noNaN: true, noDefaultInfinity: true }),
          title: fc.string({ unit: 'binary' }),
          extra: fc.json(),
        }),
        (cells) => {
          const written = writeJson(dataTree({ cells, nested: {} }, all), 'strings');
          const read = JSON.parse(written) as Record<string, unknown>;
          expect(read['id']).toBe(cells.id.toString());
          expect(read['rate']).toBe(cells.rate);
          expect(read['title']).toBe(cells.title);
          expect(read['extra']).toEqual(JSON.parse(cells.extra));
        },
      ),
    );
  });
});

test.each([
  ['a number that is none', { rate: Number.NaN }],
  ['JSON that is none', { extra: '{"a":' }],
])('%s is refused, by the name of its column', (_, cells) => {
  const [column] = Object.keys(cells);
  const error = thrownBy(() => dataTree({ cells, nested: {} }, all));
  expect(error).toMatchObject({ code: 'ROW_REJECTED', message: expect.stringContaining(column!) as string });
});

describe('XML', () => {
  /** The text of the elements of a document, as a conformant reader sees it. */
  function read(xml: string): readonly (readonly [string, string])[] {
    const parser = new SaxesParser();
    const texts: (readonly [string, string])[] = [];
    let text = '';
    parser.on('opentag', () => (text = ''));
    parser.on('text', (part) => (text += part));
    parser.on('closetag', ({ name }) => {
      texts.push([name, text]);
      text = '';
    });
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(xml).close();
    return texts;
  }

  test('is read back as what it was', () => {
    const legal = fc.string({ unit: 'binary' }).filter(
      // eslint-disable-next-line no-control-regex -- these are what XML cannot hold
      (text) => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text),
    );
    fc.assert(
      fc.property(legal, fc.string({ unit: 'binary', minLength: 1 }), (title, name) => {
        const odd = shapeOf(table('claim', { [name]: { kind: 'text' } }, [name]));
        const written = writeXml('claim', dataTree({ cells: { [name]: title }, nested: {} }, odd));
        expect(read(written)[0]).toEqual([elementName(name), title]);
      }),
      { numRuns: 500 },
    );
  });

  test('has no two columns in one element', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        fc.pre(a !== b);
        expect(elementName(a)).not.toBe(elementName(b));
      }),
    );
    expect(['报销 金额', '1st', 'a_x0020_b', 'µ'].map(elementName)).toEqual([
      ...['报销_x0020_金额', '_x0031_st', 'a_x005F_x0020_b', '_x00B5_'],
    ]);
  });

  test.each(['\0', '\u001b', '\ufffe', '\ud800'])('refuses what it cannot hold', (title) => {
    expect(thrownBy(() => writeXml('claim', dataTree({ cells: { title }, nested: {} }, all)))).toMatchObject({
      ...{ code: 'ROW_REJECTED', message: 'title holds a character that XML cannot hold' },
    });
  });
});

describe('a request', () => {
  const options = {
    ...{ url: 'https://gateway/finance/', headers: { 'x-system': 'oa' } },
    ...({ format: 'json', numbers: 'strings', envelope: true } as const),
  };
  const endpoint = {
    match: ['ap.*'],
    ...({ path: '/claims/{id}', upsert: 'PUT', delete: 'DELETE', deletePath: undefined } as const),
  };

  test('puts a row at its address, with what the receiver goes by', () => {
    const { method, url, headers, body } = requestOf('r', claim(7, 3), endpoint, options);
    expect({ method, url }).toEqual({ method: 'PUT', url: 'https://gateway/finance/claims/7' });
    expect(headers).toEqual({
      'x-system': 'oa',
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': idempotencyKey('r', claim(7, 3)),
      'counterfoil-version': v(3),
      'counterfoil-operation': 'upsert',
    });
    expect(body).toContain('"amount":"0.03"');
  });

  test('deletes without a body, or tells of it with one', () => {
    const deleted = { ...claim(7, 3), body: null };
    expect(requestOf('r', deleted, endpoint, options)).toMatchObject({ method: 'DELETE', body: null });
    const told = { ...endpoint, delete: 'POST' as const, deletePath: '/gone' };
    const request = requestOf('r', deleted, told, { ...options, envelope: false });
    expect(request).toMatchObject({ method: 'POST', url: 'https://gateway/finance/gone' });
    expect(JSON.parse(request.body!)).toMatchObject({ key: { id: '7' }, data: null });
  });

  test('has an Idempotency-Key of its own for each change of each key, table, declaration and route', () => {
    const other = { ...claim(7, 3), shape: shapeOf({ ...claims.table, id: { namespace: 'ap', name: 'b' } }) };
    const keys = [
      ...[idempotencyKey('r', claim(7, 3)), idempotencyKey('s', claim(7, 3)), idempotencyKey('r', other)],
      idempotencyKey('r', { ...claim(7, 3), shape: { ...claims, version: '2' } }),
      ...[idempotencyKey('r', claim(8, 3)), idempotencyKey('r', claim(7, 4))],
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(idempotencyKey('r', claim(7, 3, 99))).toBe(keys[0]);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  const named = shapeOf(table('claim', { id: { kind: 'text' } }));
  const at = (id: Cell) => requestOf('r', message(named, { id }), endpoint, options).url;

  test('has a key as one part of its path, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
        fc.pre(!['.', '..'].includes(id));
        const { pathname, search, hash } = new URL(at(id));
        const parts = pathname.split('/');
        expect([parts.length, decodeURIComponent(parts[3]!), search, hash]).toEqual([4, id, '', '']);
      }),
    );
  });

  test.each(['', '.', '..', '\ud800'])('refuses a key that would be another address', (id) => {
    expect(thrownBy(() => at(id))).toMatchObject({ code: 'ROW_REJECTED' });
  });

  test('goes where its table is said to go, and nowhere else', () => {
    const lines = { ...endpoint, match: ['ap.claim_line'], path: '/lines' };
    expect(endpointOf(claims.table, [lines, endpoint])).toBe(endpoint);
    expect(() => endpointOf(claims.table, [lines])).toThrow('no endpoint is for ap.claim');
    expect(() => endpointOf(claims.table, [{ ...endpoint, path: '/claims/{amount}' }])).toThrow(
      'names amount, which is not in the key of ap.claim (id)',
    );
  });
});
