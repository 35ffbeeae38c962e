import type { CaptureSource, ConverterAuth } from '../capture-source.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';
import type { Setting, SettingGroup } from './setting.ts';

/** How rows become Avro, for the key and for the value of each record. Empty when the worker's converter is used. */
export function converterSettings(converter: CaptureSource['converter']): SettingGroup {
  return { title: 'Avro', settings: [...side('key', converter), ...side('value', converter)] };
}

function side(part: 'key' | 'value', converter: CaptureSource['converter']): readonly Setting[] {
  const prefixed = (settings: readonly Setting[]) =>
    settings.map((setting) => ({
      ...setting,
      name: setting.name === '' ? `${part}.converter` : `${part}.converter.${setting.name}`,
    }));
  switch (converter.kind) {
    case 'worker':
      return [];
    case 'apicurio':
      return prefixed([...apicurio(converter.url), ...apicurioAuth(converter.auth)]);
    case 'confluent':
      return prefixed([...confluent(converter.url), ...confluentAuth(converter.auth)]);
    default:
      return unreachable(converter);
  }
}

function apicurio(url: string): readonly Setting[] {
  const option = (name: string, value: string, why: string): Setting => ({
    name: `apicurio.registry.${name}`,
    value,
    why,
  });
  return [
    { name: '', value: 'io.apicurio.registry.utils.converter.AvroConverter', why: "Apicurio's converter." },
    option('url', url, "The registry's own v2 API."),
    option('auto-register', 'true', 'A changed table gets a new schema by itself.'),
    option('find-latest', 'true', 'Look a schema up by its topic.'),
    option('as-confluent', 'true', 'Frames as Confluent has them: a zero byte, then 4 bytes of schema id.'),
    option('use-id', 'contentId', "The id that the registry's Confluent-compatible API knows."),
    option('headers.enabled', 'false', 'The id is in the frame; in headers no other reader would find it.'),
    option(
      'check-period-ms',
      '300000',
      'How long a schema is taken from memory. The default of 30 s asks the registry for each schema twice a minute.',
    ),
    option(
      'fault-tolerant-refresh',
      'true',
      'While the registry is away, schemas already known go on being used: capture stops only for new ones.',
    ),
  ];
}

function confluent(url: string): readonly Setting[] {
  return [
    { name: '', value: 'io.confluent.connect.avro.AvroConverter', why: "Confluent's converter." },
    { name: 'schema.registry.url', value: url, why: 'The Confluent API.' },
    { name: 'auto.register.schemas', value: 'true', why: 'A changed table gets a new schema by itself.' },
    {
      name: 'ignore.default.for.nullables',
      value: 'true',
      why: 'Otherwise NULL in a nullable column that has a default arrives as that default.',
    },
    {
      name: 'enhanced.avro.schema.support',
      value: 'true',
      why: 'Keeps namespaces and the symbols of enums.',
    },
  ];
}

function apicurioAuth(auth: ConverterAuth | undefined): readonly Setting[] {
  if (auth === undefined) return [];
  return [
    { name: 'apicurio.auth.username', value: auth.user, why: 'Log-in at the registry.' },
    { name: 'apicurio.auth.password', value: auth.password.reveal(), why: 'Never shown.' },
  ];
}

function confluentAuth(auth: ConverterAuth | undefined): readonly Setting[] {
  if (auth === undefined) return [];
  return [
    { name: 'basic.auth.credentials.source', value: 'USER_INFO', why: 'Log-in at the registry.' },
    {
      name: 'basic.auth.user.info',
      value: `${auth.user}:${auth.password.reveal()}`,
      why: 'Never shown.',
    },
  ];
}
