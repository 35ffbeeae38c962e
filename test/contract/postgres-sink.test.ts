import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import type { SinkOptions } from '../../sinks/upsert/options.ts';
import { openPostgres } from '../support/databases.ts';
import { uniqueName } from '../support/stack-file.ts';
import { occurrences } from './sink/counted.ts';
import { keyOf, Partition, upserts, v } from './sink/subject.ts';
import { describeSink } from './sink-contract.ts';

// Both ways of bringing rows: single ones within their statement, all others by COPY.
const create = (options: SinkOptions) => createPostgresSink({ ...options, stagedFrom: 2 });

describeSink({ name: 'PostgreSQL', open: openPostgres, create }, (current) => {
  const row = (id: number, title = 'a') => ({ id: BigInt(id), title, amount: '1' });

  test('a constraint that speaks up at COMMIT names its row', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const parent = subject.claims('parent');
    const child = subject.claims('child');
    await sink.ensureTable(parent);
    await sink.ensureTable(child);
    await subject.database.query(
      `ALTER TABLE ${subject.sql(child)} ADD CONSTRAINT later FOREIGN KEY (id)
       REFERENCES ${subject.sql(parent)} (id) DEFERRABLE INITIALLY DEFERRED`,
    );
    const partition = await Partition.claimed(sink);
    const batch = partition.batch({
      upserts: [upserts(child, [row(1), v(1)], [row(2), v(1)]), upserts(parent, [row(1), v(1)])],
    });
    await expect(sink.apply(batch)).rejects.toMatchObject({ rejections: [{ key: keyOf(child, row(2)) }] });
    await sink.apply({
      ...batch,
      upserts: [upserts(child, [row(1), v(1)]), upserts(parent, [row(1), v(1)])],
    });
    expect(await subject.rows(child)).toEqual([row(1)]);
  });

  test('rows of a table without a key go where the database publishes all its tables', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table('published', { title: { kind: 'text' } }, []);
    await sink.ensureTable(shape);
    const publication = subject.database.quote(uniqueName('all_tables'));
    await subject.database.query(`CREATE PUBLICATION ${publication} FOR TABLE ${subject.sql(shape)}`);
    const partition = await Partition.claimed(sink);
    const applied = (version: number, count: number) =>
      sink.apply(partition.batch({ occurrences: [occurrences(shape, version, [{ title: 'a' }, count])] }));
    await applied(1, 2);
    await applied(2, -1);
    expect(await subject.database.query(`SELECT title FROM ${subject.sql(shape)}`)).toEqual([{ title: 'a' }]);
    await subject.database.query(`DROP PUBLICATION ${publication}`);
  });

  test('what a trigger raises is a fault of the row, and its text is not repeated', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.claims('guarded');
    await sink.ensureTable(shape);
    const guard = `${subject.database.quote(subject.data)}.guard`;
    await subject.database.query(
      `CREATE FUNCTION ${guard}() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.title = 'bad' THEN RAISE EXCEPTION 'refused: %', NEW.title; END IF; RETURN NEW; END $$;
       CREATE TRIGGER guard BEFORE INSERT ON ${subject.sql(shape)} FOR EACH ROW EXECUTE FUNCTION ${guard}()`,
    );
    const partition = await Partition.claimed(sink);
    const error: unknown = await sink
      .apply(partition.batch({ upserts: [upserts(shape, [row(1), v(1)], [row(2, 'bad'), v(1)])] }))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ rejections: [{ key: keyOf(shape, row(2)) }] });
    expect(String(error)).not.toContain('refused:');
  });

  test.each([
    [
      'a column that the database computes',
      "id bigint PRIMARY KEY, title text GENERATED ALWAYS AS ('x') STORED",
    ],
    ['a unique constraint that waits for the COMMIT', 'id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED'],
    ['a unique index on some rows only', "id bigint; CREATE UNIQUE INDEX ON TABLE (id) WHERE title <> ''"],
    ['a wall clock for an instant', 'id bigint PRIMARY KEY, at timestamp'],
  ])('a table with %s is incompatible', async (_, definition) => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = definition.includes('at timestamp')
      ? subject.table('unfit_at', { id: { kind: 'int', bits: 64 }, at: { kind: 'instant', fraction: 6 } }, [
          'id',
        ])
      : subject.claims('unfit');
    const [columns = '', index = ''] = definition.split(';');
    const title = columns.includes('title') ? '' : ', title text';
    await subject.database.query(`CREATE TABLE ${subject.sql(shape)} (${columns}${title})`);
    if (index !== '') await subject.database.query(index.replace('TABLE', subject.sql(shape)));
    await expect(sink.ensureTable(shape)).rejects.toMatchObject({ code: 'TARGET_INCOMPATIBLE' });
  });

  test('json, arrays and domains of an existing table are written by their own rules', async () => {
    const subject = current();
    const sink = await subject.readySink();
    const shape = subject.table(
      'rich',
      {
        id: { kind: 'int', bits: 64 },
        doc: { kind: 'json' },
        tags: { kind: 'array', element: { kind: 'text' } },
        price: { kind: 'decimal' },
      },
      ['id'],
    );
    const domain = `${subject.database.quote(subject.data)}.price`;
    await subject.database.query(
      `CREATE DOMAIN ${domain} AS numeric(6,2) CHECK (VALUE > 0);
       CREATE TABLE ${subject.sql(shape)} (id bigint PRIMARY KEY, doc jsonb, tags text[], price ${domain})`,
    );
    const good = { id: 1n, doc: '{"a": 1}', tags: '["x","y z"]', price: '1.5' };
    const partition = await Partition.claimed(sink);
    const batch = partition.batch({
      upserts: [
        upserts(
          shape,
          [good, v(1)],
          [{ ...good, id: 2n, price: '-1' }, v(1)],
          [{ ...good, id: 3n, doc: '{' }, v(1)],
        ),
      ],
    });
    await expect(sink.apply(batch)).rejects.toMatchObject({ rejections: { length: 2 } });
    await sink.apply({ ...batch, upserts: [upserts(shape, [good, v(1)])] });
    expect(await subject.rows(shape)).toEqual([good]);
  });
});
