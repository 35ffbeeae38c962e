import { Unreadable } from './value.ts';

/**
 * The part of the Java Object Serialization Stream Protocol that plain values are written with: objects, arrays of bytes
 * and of objects, strings, null and references back. Proxies, enums, exceptions, resets and what is `Externalizable` are
 * refused, as is an object that contains itself.
 */
export type JavaContent = null | string | JavaObject | JavaArray | Uint8Array;

export interface JavaObject {
  readonly kind: 'object';
  readonly className: string;
  /** Of the class and of those it extends. */
  readonly fields: ReadonlyMap<string, JavaContent | number | bigint | boolean>;
  /** What `writeObject` of the class added: objects, and bytes as they are. */
  readonly written: readonly JavaContent[];
}

export interface JavaArray {
  readonly kind: 'array';
  readonly items: readonly JavaContent[];
}

interface JavaClass {
  readonly kind: 'class';
  readonly name: string;
  readonly hasWriteObject: boolean;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  readonly parent: JavaClass | null;
}

/** The one object that a stream holds. Throws {@link Unreadable}; nothing may follow it. */
export function readJavaStream(bytes: Uint8Array): JavaContent {
  return new StreamReader(bytes).only();
}

const MAGIC_AND_VERSION = 0xaced0005;
const TAG = {
  null: 0x70,
  reference: 0x71,
  class: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  block: 0x77,
  endOfBlock: 0x78,
  longString: 0x7c,
} as const;
const FIRST_HANDLE = 0x7e0000;
const FLAG = { writeObject: 0x01, serializable: 0x02 } as const;
/** Deeper values are no claims. */
const MOST_LEVELS = 64;

/** A handle whose object is still being read. */
const UNFINISHED = Symbol('unfinished');

class StreamReader {
  readonly #view: DataView;
  readonly #handles: (JavaContent | JavaClass | typeof UNFINISHED)[] = [];
  #at = 0;
  #level = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  only(): JavaContent {
    if (this.#view.getUint32(this.#take(4)) !== MAGIC_AND_VERSION) throw new Unreadable('no Java object');
    const content = this.#content();
    if (this.#at !== this.bytes.length) throw new Unreadable('more than one object');
    return content;
  }

  #content(): JavaContent {
    this.#level += 1;
    if (this.#level > MOST_LEVELS) throw new Unreadable('nested too deep');
    const content = this.#tagged(this.#byte());
    this.#level -= 1;
    return content;
  }

  #tagged(tag: number): JavaContent {
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.string:
        return this.#remember(this.#text(this.#view.getUint16(this.#take(2))));
      case TAG.longString:
        return this.#remember(this.#text(this.#length(this.#view.getBigUint64(this.#take(8)))));
      case TAG.object:
        return this.#object();
      case TAG.array:
        return this.#array();
      case TAG.reference: {
        const referred = this.#referred();
        if (isClass(referred)) throw new Unreadable('a class where an object belongs');
        return referred;
      }
      default:
        throw new Unreadable(`the tag ${tag.toString(16)}`);
    }
  }

  #object(): JavaObject {
    const type = this.#class();
    if (type === null) throw new Unreadable('an object without a class');
    const handle = this.#reserve();
    const fields = new Map<string, JavaContent | number | bigint | boolean>();
    const written: JavaContent[] = [];
    for (const { fields: declared, hasWriteObject } of lineage(type)) {
      for (const field of declared) fields.set(field.name, this.#fieldValue(field.type));
      if (hasWriteObject) written.push(...this.#annotation());
    }
    const object: JavaObject = { kind: 'object', className: type.name, fields, written };
    this.#handles[handle] = object;
    return object;
  }

  #array(): Uint8Array | JavaArray {
    const type = this.#class();
    const handle = this.#reserve();
    const length = this.#view.getInt32(this.#take(4));
    if (length < 0) throw new Unreadable('a length below zero');
    let array: Uint8Array | JavaArray;
    if (type?.name === '[B') {
      const from = this.#take(length);
      array = this.bytes.slice(from, from + length);
    } else if (type !== null && /^\[L.+;$/.test(type.name)) {
      const items: JavaContent[] = [];
      for (let item = 0; item < length; item += 1) items.push(this.#content());
      array = { kind: 'array', items };
    } else throw new Unreadable('an array of another type');
    this.#handles[handle] = array;
    return array;
  }

  /** What stands before the end of a block. */
  #annotation(): readonly JavaContent[] {
    const contents: JavaContent[] = [];
    for (;;) {
      const tag = this.bytes[this.#at];
      if (tag === TAG.endOfBlock) {
        this.#at += 1;
        return contents;
      }
      if (tag === TAG.block) {
        this.#at += 1;
        const length = this.#byte();
        const from = this.#take(length);
        contents.push(this.bytes.slice(from, from + length));
      } else contents.push(this.#content());
    }
  }

  #class(): JavaClass | null {
    const tag = this.#byte();
    if (tag === TAG.null) return null;
    if (tag === TAG.reference) {
      const referred = this.#referred();
      if (isClass(referred)) return referred;
      throw new Unreadable('an object where a class belongs');
    }
    if (tag !== TAG.class) throw new Unreadable(`the tag ${tag.toString(16)} for a class`);
    const name = this.#text(this.#view.getUint16(this.#take(2)));
    // The version of the class: those that are known have had one since Java 1.
    this.#take(8);
    const handle = this.#reserve();
    const flags = this.#byte();
    if ((flags & ~FLAG.writeObject) !== FLAG.serializable) throw new Unreadable(`the flags of ${name}`);
    const fields = Array.from({ length: this.#view.getUint16(this.#take(2)) }, () => this.#field());
    if (this.#byte() !== TAG.endOfBlock) throw new Unreadable(`notes to the class ${name}`);
    this.#level += 1;
    if (this.#level > MOST_LEVELS) throw new Unreadable('nested too deep');
    const parent = this.#class();
    this.#level -= 1;
    const type: JavaClass = {
      ...{ kind: 'class', name, fields, parent },
      hasWriteObject: (flags & FLAG.writeObject) !== 0,
    };
    this.#handles[handle] = type;
    return type;
  }

  #field(): { readonly name: string; readonly type: string } {
    const type = String.fromCharCode(this.#byte());
    const name = this.#text(this.#view.getUint16(this.#take(2)));
    if ((type === 'L' || type === '[') && typeof this.#content() !== 'string')
      throw new Unreadable(`the type of the field ${name}`);
    return { name, type };
  }

  #fieldValue(type: string): JavaContent | number | bigint | boolean {
    switch (type) {
      case 'B':
        return this.#view.getInt8(this.#take(1));
      case 'C':
        return this.#view.getUint16(this.#take(2));
      case 'D':
        return this.#view.getFloat64(this.#take(8));
      case 'F':
        return this.#view.getFloat32(this.#take(4));
      case 'I':
        return this.#view.getInt32(this.#take(4));
      case 'J':
        return this.#view.getBigInt64(this.#take(8));
      case 'S':
        return this.#view.getInt16(this.#take(2));
      case 'Z':
        return this.#byte() !== 0;
      case 'L':
      case '[':
        return this.#content();
      default:
        throw new Unreadable('a field of an unknown type');
    }
  }

  #referred(): JavaContent | JavaClass {
    const referred = this.#handles[this.#view.getInt32(this.#take(4)) - FIRST_HANDLE];
    if (referred === undefined) throw new Unreadable('a reference to nothing');
    if (referred === UNFINISHED) throw new Unreadable('an object that contains itself');
    return referred;
  }

  #remember(text: string): string {
    this.#handles.push(text);
    return text;
  }

  #reserve(): number {
    return this.#handles.push(UNFINISHED) - 1;
  }

  /** The modified UTF-8 of Java: zero is two bytes, and what is beyond U+FFFF is two characters of three bytes each. */
  #text(length: number): string {
    const end = this.#at + length;
    const units: number[] = [];
    while (this.#at < end) {
      const first = this.#byte();
      if (first > 0 && first < 0x80) units.push(first);
      else if (first >> 5 === 0b110) units.push(((first & 0x1f) << 6) | this.#following());
      else if (first >> 4 === 0b1110)
        units.push(((first & 0x0f) << 12) | (this.#following() << 6) | this.#following());
      else throw new Unreadable('text that is not the UTF-8 of Java');
    }
    if (this.#at !== end) throw new Unreadable('text that ends within a character');
    return textOf(units);
  }

  #following(): number {
    const byte = this.#byte();
    if (byte >> 6 !== 0b10) throw new Unreadable('text that is not the UTF-8 of Java');
    return byte & 0x3f;
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #length(length: bigint): number {
    if (length > BigInt(this.bytes.length)) throw new Unreadable('less than it says');
    return Number(length);
  }

  /** The place of the next `length` bytes, which are read now. */
  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.bytes.length) throw new Unreadable('less than it says');
    this.#at += length;
    return from;
  }
}

function isClass(referred: JavaContent | JavaClass): referred is JavaClass {
  return typeof referred === 'object' && referred !== null && 'kind' in referred && referred.kind === 'class';
}

/** As their values are written: those that are extended come first. */
function lineage(type: JavaClass): readonly JavaClass[] {
  return type.parent === null ? [type] : [...lineage(type.parent), type];
}

function textOf(units: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < units.length; at += 4_096)
    parts.push(String.fromCharCode(...units.slice(at, at + 4_096)));
  return parts.join('');
}
