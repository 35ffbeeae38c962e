import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** Where the Avro bytes begin: after the magic byte 0 and the schema's id in four bytes, big-endian. */
export const PAYLOAD_OFFSET = 5;

/** The schema id of a Confluent frame. Throws CounterfoilError UNDECODABLE_RECORD when it is none. */
export function schemaIdOf(bytes: Buffer, part: 'key' | 'value'): number {
  if (bytes.length < PAYLOAD_OFFSET || bytes[0] !== 0) {
    throw new CounterfoilError('UNDECODABLE_RECORD', `the ${part} is not Avro with a schema id in front`, {
      remedy:
        "Use an Avro converter on the connector; Apicurio's needs as-confluent=true and headers.enabled=false.",
    });
  }
  return bytes.readInt32BE(1);
}
