import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { explainFailure, failureLine } from '../../../../connectors/debezium/failure.ts';
import { KNOWN_FAILURES } from '../../../../connectors/debezium/known-failures.ts';

/** Traces that Connect gave on the real stack when each fault was made. */
const folder = 'test/unit/connectors/debezium/traces';
const trace = (name: string) => readFileSync(join(folder, `${name}.txt`), 'utf8');

describe('a failure made on the real stack is recognised', () => {
  const expected: Readonly<Record<string, string>> = {
    'slot-recreated': 'slot-missing',
    'publication-missing': 'publication-missing',
    'slot-active': 'slot-active',
    'pg-privilege': 'privilege',
    'pg-terminated': 'database-unavailable',
    'registry-down': 'registry-unavailable',
    'record-too-large': 'record-too-large',
    'binlog-purged-file': 'binlog-purged',
    'schema-history-lost': 'schema-history-lost',
    'server-id-taken': 'server-id-taken',
    'ma-privilege': 'privilege',
    'ma-privilege-replication': 'privilege',
    'ma-heartbeat-denied': 'heartbeat-denied',
    'unparseable-ddl': 'unparseable-ddl',
  };

  test.each(Object.entries(expected))('%s: %s', (name, id) => {
    expect(explainFailure(trace(name)).known?.id).toBe(id);
  });

  test('every recorded trace is in this list', () => {
    const recorded = readdirSync(folder).map((file) => file.replace(/\.txt$/, ''));
    expect(recorded.sort()).toEqual(Object.keys(expected).sort());
  });
});

describe('messages from the documentation and source of the servers are recognised', () => {
  test.each([
    [
      'slot-lost',
      'org.postgresql.util.PSQLException: ERROR: can no longer access replication slot "counterfoil"\n  Detail: This replication slot has been invalidated due to "wal_removed".',
    ],
    [
      'slot-lost',
      'org.postgresql.util.PSQLException: ERROR: can no longer get changes from replication slot "a"\n  Detail: This slot has been invalidated because it exceeded the maximum reserved size.',
    ],
    [
      'slot-recreated',
      "io.debezium.DebeziumException: Cannot seek to the last known offset '0/1' on replication slot",
    ],
    ['slots-exhausted', 'org.postgresql.util.PSQLException: ERROR: all replication slots are in use'],
    [
      'publication-missing',
      'org.postgresql.util.PSQLException: ERROR: publication "counterfoil" does not exist',
    ],
    [
      'binlog-purged',
      'com.github.shyiko.mysql.binlog.network.ServerException: Could not find first log file name in binary log index file',
    ],
    [
      'binlog-purged',
      "com.github.shyiko.mysql.binlog.network.ServerException: Error: connecting slave requested to start from GTID 0-1-3, which is not in the master's binlog. Could not find GTID state requested by slave in any binlog files",
    ],
    [
      'binlog-format',
      'io.debezium.DebeziumException: The MySQL server is not configured to use a ROW binlog_format, which is required',
    ],
    [
      'schema-history-lost',
      "io.debezium.DebeziumException: Encountered change event 'x' at offset {} for table a.b whose schema isn't known to this connector",
    ],
    [
      'schema-incompatible',
      'io.apicurio.registry.rest.client.exception.RuleViolationException: Incompatible artifact: oa.oa.claim-value [AVRO]',
    ],
    [
      'credentials',
      "java.sql.SQLException: Access denied for user 'capture'@'10.0.0.1' (using password: YES)",
    ],
    [
      'mysql-public-key',
      'com.mysql.cj.exceptions.UnableToConnectException: Public Key Retrieval is not allowed',
    ],
    [
      'value-not-convertible',
      "io.debezium.DebeziumException: Failed to properly convert data value for 'a.b.c' of type DATE",
    ],
    ['producer-fenced', 'org.apache.kafka.common.errors.ProducerFencedException: There is a newer producer'],
    ['kafka-denied', 'org.apache.kafka.common.errors.TransactionalIdAuthorizationException: denied'],
    [
      'database-unavailable',
      'java.sql.SQLNonTransientConnectionException: Socket fail to connect to host:db. Connection refused',
    ],
  ])('%s', (id, text) => {
    const whole = `org.apache.kafka.connect.errors.ConnectException: An exception occurred\n\tat a.B.c(B.java:1)\nCaused by: ${text}\n\t... 4 more\n`;
    expect(explainFailure(whole).known?.id).toBe(id);
  });

  test('each cause has a name of its own', () => {
    const ids = KNOWN_FAILURES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('what is shown of a failure', () => {
  test('is the innermost exception and how its message begins', () => {
    const { exception, message, known } = explainFailure(
      'a.OuterException: outer\n\tat x.Y.z(Y.java:1)\nCaused by: a.b.InnerException: Could not do it: for Struct{name=张三,amount=7}\n\t... 3 more',
    );
    expect({ exception, message, known }).toEqual({
      exception: 'a.b.InnerException',
      message: 'Could not do it',
      known: null,
    });
  });

  test.each([
    'java.lang.IllegalArgumentException: Invalid value: 6222020200112233445 for field amount',
    'org.postgresql.util.PSQLException: ERROR: duplicate key value\n  Detail: Failing row contains (6222020200112233445, 张三).',
    'x.DataException: Invalid Java object: "6222020200112233445"',
    'x.DataException: Cannot read 6222020200112233445 as a date',
    "x.DataException: Bad '张三' 6222020200112233445",
  ])('quotes no row: %s', (text) => {
    const shown = failureLine(explainFailure(text));
    expect(shown).not.toMatch(/6222020200112233445|张三/);
  });

  test('never holds a digit, a quote or a foreign letter of a message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { message } = explainFailure(`a.b.SomeException: ${text.replaceAll('\n', ' ')}`);
        expect(message).toMatch(/^[A-Za-z ,./_;-]*$/);
      }),
    );
  });

  test('survives whatever is given as a trace', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof failureLine(explainFailure(text))).toBe('string');
      }),
    );
  });
});
