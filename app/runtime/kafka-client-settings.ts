import type { Config } from '../config/schema.ts';

/**
 * The security settings of a Java client of the configured Kafka: that of the schema history, which the Connect worker
 * does not configure. Certificates travel as text, so that no file has to be on the worker.
 */
export function kafkaClientSettings({ tls, sasl }: Config['kafka']): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  if (tls === undefined && sasl === undefined) return settings;
  settings['security.protocol'] =
    sasl === undefined ? 'SSL' : tls === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL';
  if (tls?.mode === 'verify-ca') settings['ssl.endpoint.identification.algorithm'] = '';
  if (tls?.ca !== undefined) {
    settings['ssl.truststore.type'] = 'PEM';
    settings['ssl.truststore.certificates'] = tls.ca;
  }
  if (sasl !== undefined) {
    const { mechanism, username, password } = sasl;
    const module = mechanism === 'plain' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
    settings['sasl.mechanism'] = mechanism.toUpperCase();
    settings['sasl.jaas.config'] =
      `org.apache.kafka.common.security.${module} required username=${quoted(username)} password=${quoted(password)};`;
  }
  return settings;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
