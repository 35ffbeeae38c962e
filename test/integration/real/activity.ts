import type { NativeDatabase } from '../types/native.ts';

interface Written {
  readonly table: string;
  readonly columns: readonly WrittenColumn[];
}

interface WrittenColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly charset: string | null;
}

/** Letters that are awkward somewhere; those of four bytes are refused by many columns of process engines. */
const THREE_BYTES = '报销费用审批ABCxyz éß\'"\\,;\t\n';
const FOUR_BYTES = `${THREE_BYTES}𠮷🍜`;

/** A number from 0 to less than one, the same sequence for a seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Inserts, updates and deletes of values of every kind in the tables of databases that nobody here designed. */
export class Activity {
  readonly #database: NativeDatabase;
  readonly #random: () => number;
  readonly #tables: readonly Written[];
  /** Statements that changed at least one row. */
  done = 0;
  refused = 0;

  private constructor(database: NativeDatabase, tables: readonly Written[], seed: number) {
    this.#database = database;
    this.#tables = tables;
    this.#random = randomFrom(seed);
  }

  static async on(database: NativeDatabase, names: readonly string[], seed: number): Promise<Activity> {
    const rows = await database.query(
      `SELECT c.table_schema AS s, c.table_name AS t, c.column_name AS c, c.column_type AS type,
         c.is_nullable = 'YES' AS nullable, c.character_set_name AS charset
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema IN (${names.map((name) => `'${name}'`).join(', ')}) AND t.table_type = 'BASE TABLE'
         AND c.extra NOT LIKE '%auto_increment%' AND c.generation_expression IS NULL`,
    );
    const tables = new Map<string, WrittenColumn[]>();
    for (const { s, t, c, type, nullable, charset } of rows as Record<string, string>[]) {
      const table = `\`${s ?? ''}\`.\`${t ?? ''}\``;
      tables.set(table, [
        ...(tables.get(table) ?? []),
        { name: c ?? '', type: type ?? '', nullable: Number(nullable) === 1, charset: charset ?? null },
      ]);
    }
    await database.query("SET SESSION foreign_key_checks = 0, sql_mode = 'STRICT_ALL_TABLES'");
    return new Activity(
      database,
      [...tables].map(([table, columns]) => ({ table, columns })),
      seed,
    );
  }

  /** Rounds until the signal comes, and one after it. */
  async until(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.round();
    await this.round();
  }

  /** Every table gets some rows, in transactions of several tables; some of them are rolled back. */
  async round(): Promise<void> {
    for (let at = 0; at < this.#tables.length;) {
      const transaction = this.#tables.slice(at, at + 1 + this.#below(6));
      at += transaction.length;
      await this.#database.query('BEGIN');
      for (const table of transaction) for (let times = 0; times < 3; times += 1) await this.#change(table);
      await this.#database.query(this.#random() < 0.1 ? 'ROLLBACK' : 'COMMIT');
    }
  }

  async #change(written: Written): Promise<void> {
    const dice = this.#random();
    const sql =
      dice < 0.5 ? this.#insert(written) : dice < 0.85 ? this.#update(written) : this.#delete(written);
    try {
      await this.#database.query(sql);
      this.done += 1;
    } catch {
      // A value that is there already, or a check: what a server refuses is no change.
      this.refused += 1;
    }
  }

  #insert({ table, columns }: Written): string {
    const values = columns.map((column) => this.#value(column));
    return `INSERT INTO ${table} (${columns.map(({ name }) => `\`${name}\``).join(', ')}) VALUES (${values.join(', ')})`;
  }

  #update({ table, columns }: Written): string {
    const some = columns.filter((_, at) => at === 0 || this.#random() < 0.3).slice(-4);
    const set = some.map((column) => `\`${column.name}\` = ${this.#value(column)}`);
    return `UPDATE ${table} SET ${set.join(', ')} ORDER BY RAND(${this.#below(1e6)}) LIMIT ${1 + this.#below(3)}`;
  }

  #delete({ table }: Written): string {
    return `DELETE FROM ${table} ORDER BY RAND(${this.#below(1e6)}) LIMIT 1`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #value({ type, nullable, charset }: WrittenColumn): string {
    if (nullable && this.#random() < 0.2) return 'NULL';
    const [, bare = '', size = '', scale = '0'] = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?/.exec(type) ?? [];
    const unsigned = type.includes('unsigned');
    switch (bare) {
      case 'tinyint':
        return String(this.#below(unsigned ? 256 : 128));
      case 'smallint':
        return String(this.#below(unsigned ? 65_536 : 32_768));
      case 'mediumint':
      case 'int':
        return String(
          this.#below(unsigned ? 4_294_967_296 : 2_147_483_648) - (unsigned ? 0 : this.#below(1000)),
        );
      case 'bigint':
        return `${this.#below(9e8)}${this.#digits(9)}${this.#random() < 0.1 && unsigned ? '7' : ''}`;
      case 'decimal':
        return `${this.#random() < 0.3 ? '-' : ''}0${this.#digits(Number(size) - Number(scale))}${scale === '0' ? '' : `.${this.#digits(Number(scale))}`}`;
      case 'float':
      case 'double':
        return String((this.#random() - 0.5) * 10 ** this.#below(12));
      case 'bit':
        return `b'${Array.from({ length: Number(size) }, () => this.#below(2)).join('')}'`;
      case 'date':
        return `'${this.#date()}'`;
      case 'datetime':
        return `'${this.#date()} ${this.#clock()}${size === '' ? '' : `.${this.#digits(Number(size))}`}'`;
      case 'timestamp':
        return `'20${10 + this.#below(25)}-0${1 + this.#below(9)}-1${this.#below(10)} ${this.#clock()}'`;
      case 'time':
        return `'${this.#clock()}'`;
      case 'year':
        return String(1970 + this.#below(80));
      case 'json':
        return `'{"金额": ${this.#below(1e9)}.${this.#digits(2)}, "b": [1, null, "x"]}'`;
      case 'enum':
      case 'set':
        return (/'[^']*'/.exec(type) ?? ["''"])[0];
      case 'binary':
      case 'varbinary':
        return `x'${this.#hex(Math.min(Number(size), 40))}'`;
      case 'tinyblob':
      case 'blob':
      case 'mediumblob':
      case 'longblob':
        return `x'${this.#hex(this.#below(120))}'`;
      default:
        return this.#text(size === '' ? 250 : Number(size), charset ?? 'utf8mb4');
    }
  }

  #text(length: number, charset: string): string {
    const pool = Array.from(charset === 'utf8mb4' ? FOUR_BYTES : THREE_BYTES);
    const wanted = this.#below(Math.min(length, this.#random() < 0.05 ? 4000 : 30) + 1);
    const text = Array.from({ length: wanted }, () => pool[this.#below(pool.length)]).join('');
    return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => this.#below(10)).join('');
  }

  #hex(bytes: number): string {
    return Array.from({ length: bytes }, () => this.#below(256).toString(16).padStart(2, '0')).join('');
  }

  #date(): string {
    return `${1950 + this.#below(100)}-${String(1 + this.#below(12)).padStart(2, '0')}-${String(1 + this.#below(28)).padStart(2, '0')}`;
  }

  #clock(): string {
    return [24, 60, 60].map((limit) => String(this.#below(limit)).padStart(2, '0')).join(':');
  }
}
