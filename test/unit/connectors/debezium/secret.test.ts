import { inspect } from 'node:util';
import fc from 'fast-check';
import { maskedConfig, redact, Secret } from '../../../../connectors/debezium/secret.ts';

describe('a secret', () => {
  test('shows nothing of itself, however it is turned into text', () => {
    const secret = new Secret('hunter2');
    const texts = [String(secret), JSON.stringify({ secret }), inspect({ deep: { secret } })];
    for (const text of texts) expect(text).not.toContain('hunter2');
    expect(Object.values(secret)).toEqual([]);
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('connector settings that are shown', () => {
  test('hide passwords, and show references to them and other settings', () => {
    expect(
      maskedConfig({
        'topic.prefix': 'oa',
        'database.password': 'hunter2',
        'database.ssl.truststore.password': '${file:/run/secrets/db:password}',
        'schema.history.internal.producer.sasl.jaas.config': 'x required password="hunter2";',
        'key.converter': 'k',
      }),
    ).toEqual({
      'database.password': '***',
      'database.ssl.truststore.password': '${file:/run/secrets/db:password}',
      'key.converter': 'k',
      'schema.history.internal.producer.sasl.jaas.config': '***',
      'topic.prefix': 'oa',
    });
  });

  test('of a text that quotes them, no secret value is left', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (password, before, after) => {
        fc.pre(!'***'.includes(password) && !password.includes('*') && !password.startsWith('${'));
        const clean = redact(before + password + after, { 'database.password': password });
        expect(clean).not.toContain(password);
      }),
    );
  });
});
