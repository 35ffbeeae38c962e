import type { Config } from '../config/schema.ts';
import type { Subject } from './subject.ts';

const TIMEOUT_MS = 5_000;

/** Whether the registry answers as the Confluent API does, to the log-in that is configured. */
export function registrySubject({ registry }: Config): Subject {
  return {
    where: 'registry',
    async look(find) {
      const url = `${registry.url.replace(/\/+$/, '')}/subjects`;
      const { auth } = registry;
      const login =
        auth === undefined ? null : Buffer.from(`${auth.user}:${auth.password}`).toString('base64');
      const response = await fetch(url, {
        headers: login === null ? {} : { authorization: `Basic ${login}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.status === 401 || response.status === 403)
        return [find.error('the registry refuses the log-in', 'See registry.auth in the configuration.')];
      const answer: unknown = response.ok ? await response.json().catch(() => null) : null;
      if (Array.isArray(answer)) return [find.ok('the registry answers')];
      return [
        find.error(
          `what answers at registry.url is no Confluent API (${response.status.toString()})`,
          'Name the address with its path, such as http://127.0.0.1:8081/apis/ccompat/v7.',
        ),
      ];
    },
  };
}
