/** What a test has serialized, as Java would: written from the protocol's description, apart from the reader. */
export type Written =
  | null
  | string
  | boolean
  | { readonly decimal: string }
  | { readonly long: bigint }
  | { readonly double: number }
  | readonly Written[]
  | { readonly map: Readonly<Record<string, Written>> };

type Part = number[];

const NUMBER = { name: 'java.lang.Number', version: '86ac951d0b94e08b', flags: 2, fields: [] } as const;

interface Description {
  readonly name: string;
  readonly version: string;
  readonly flags: number;
  readonly fields: readonly string[];
  readonly parent?: Description;
}

const CLASSES = {
  list: { name: 'java.util.ArrayList', version: '7881d21d99c7619d', flags: 3, fields: ['Isize'] },
  hashMap: {
    name: 'java.util.HashMap',
    version: '0507dac1c31660d1',
    flags: 3,
    fields: ['FloadFactor', 'Ithreshold'],
  },
  boolean: { name: 'java.lang.Boolean', version: 'cd207280d59cfaee', flags: 2, fields: ['Zvalue'] },
  long: { name: 'java.lang.Long', version: '3b8be490cc8f23df', flags: 2, fields: ['Jvalue'], parent: NUMBER },
  double: {
    name: 'java.lang.Double',
    version: '80b3c24a296bfb04',
    flags: 2,
    fields: ['Dvalue'],
    parent: NUMBER,
  },
  bytes: { name: '[B', version: 'acf317f8060854e0', flags: 2, fields: [] },
  integer: {
    ...{ name: 'java.math.BigInteger', version: '8cfc9f1fa93bfb1d', flags: 3, parent: NUMBER },
    fields: ['IbitCount', 'IbitLength', 'IfirstNonzeroByteNum', 'IlowestSetBit', 'Isignum', '[magnitude:[B'],
  },
  decimal: {
    ...{ name: 'java.math.BigDecimal', version: '54c71557f981284f', flags: 3, parent: NUMBER },
    fields: ['Iscale', 'LintVal:Ljava/math/BigInteger;'],
  },
} as const satisfies Record<string, Description>;

const LINKED_MAP: Description = {
  ...{ name: 'java.util.LinkedHashMap', version: '34c04e5c106cc0fb', flags: 2, fields: ['ZaccessOrder'] },
  parent: CLASSES.hashMap,
};

export function serialized(value: Written): Uint8Array {
  return new Uint8Array([0xac, 0xed, 0, 5, ...new Writer().value(value)]);
}

class Writer {
  readonly #handles = new Map<string, number>();
  #next = 0x7e0000;

  value(value: Written): Part {
    if (value === null) return [0x70];
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'boolean') return this.#object(CLASSES.boolean, () => [value ? 1 : 0]);
    if (Array.isArray(value)) return this.#list(value as readonly Written[]);
    if ('long' in value)
      return this.#object(CLASSES.long, () =>
        bytesOf(8, (view) => {
          view.setBigInt64(0, value.long);
        }),
      );
    if ('double' in value)
      return this.#object(CLASSES.double, () =>
        bytesOf(8, (view) => {
          view.setFloat64(0, value.double);
        }),
      );
    if ('decimal' in value) return this.#decimal(value.decimal);
    return this.#map(Object.entries((value as { map: Record<string, Written> }).map));
  }

  #list(items: readonly Written[]): Part {
    return this.#object(CLASSES.list, () => [
      ...int(items.length),
      ...block(int(items.length)),
      ...items.flatMap((item) => this.value(item)),
      0x78,
    ]);
  }

  #map(entries: readonly (readonly [string, Written])[]): Part {
    return this.#object(LINKED_MAP, () => [
      ...bytesOf(4, (view) => {
        view.setFloat32(0, 0.75);
      }),
      ...int(12),
      ...block([...int(16), ...int(entries.length)]),
      ...entries.flatMap(([key, value]) => [...this.value(key), ...this.value(value)]),
      ...[0x78, 0],
    ]);
  }

  #decimal(text: string): Part {
    const scale = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
    const units = BigInt(text.replace('.', ''));
    const digits = (units < 0n ? -units : units).toString(16);
    const magnitude =
      units === 0n ? [] : [...Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')];
    return this.#object(CLASSES.decimal, () => [
      ...int(scale),
      ...this.#object(CLASSES.integer, () => [
        ...[-1, -1, -2, -2, units < 0n ? -1 : units > 0n ? 1 : 0].flatMap(int),
        ...[0x75, ...this.#description(CLASSES.bytes)],
        ...(this.#take(), int(magnitude.length)),
        ...magnitude,
        0x78,
      ]),
      0x78,
    ]);
  }

  #object(type: Description, content: () => Part): Part {
    const head = [0x73, ...this.#description(type)];
    this.#take();
    return [...head, ...content()];
  }

  #description(type: Description): Part {
    const known = this.#handles.get(type.name);
    if (known !== undefined) return [0x71, ...int(known)];
    this.#handles.set(type.name, this.#take());
    const head = [0x72, ...counted(type.name), ...Buffer.from(type.version, 'hex'), type.flags];
    const fields = type.fields.flatMap((field) => {
      const [, code = '', name = '', of] = /^(.)([^:]*)(?::(.*))?$/.exec(field) ?? [];
      return [code.charCodeAt(0), ...counted(name), ...(of === undefined ? [] : this.#text(of))];
    });
    const parent = type.parent === undefined ? [0x70] : this.#description(type.parent);
    return [...head, ...short(type.fields.length), ...fields, 0x78, ...parent];
  }

  #text(text: string): Part {
    const known = this.#handles.get(`text ${text}`);
    if (known !== undefined) return [0x71, ...int(known)];
    this.#handles.set(`text ${text}`, this.#take());
    return [0x74, ...counted(text)];
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/** The modified UTF-8 of Java, after its length. */
function counted(text: string): Part {
  const bytes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).flatMap((unit) =>
    unit > 0 && unit < 0x80
      ? [unit]
      : unit < 0x800
        ? [0xc0 | (unit >> 6), 0x80 | (unit & 0x3f)]
        : [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)],
  );
  return [...short(bytes.length), ...bytes];
}

function block(bytes: Part): Part {
  return [0x77, bytes.length, ...bytes];
}

function int(value: number): Part {
  return bytesOf(4, (view) => {
    view.setInt32(0, value);
  });
}

function short(value: number): Part {
  return bytesOf(2, (view) => {
    view.setUint16(0, value);
  });
}

function bytesOf(length: number, write: (view: DataView) => void): Part {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return [...bytes];
}
