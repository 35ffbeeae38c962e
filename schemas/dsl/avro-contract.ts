import { messageSchema, schemaText } from '../avro/message-schema.ts';
import type { Json } from '../avro/message-schema.ts';
import type { MessageShape } from '../contract/message.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { columnDocs } from '../dictionary/meaning.ts';
import type { Entity } from './entity.ts';

/**
 * What messages about the rows of an entity look like, by target table: it follows from the declaration and from what
 * the dictionary says of the columns.
 */
export function messageShapesOf(entity: Entity, dictionary: Dictionary): readonly MessageShape[] {
  return entity.tables.map((table, i) => ({
    ...{ table, version: entity.version },
    about: entity.declaration.targets[i]?.about ?? '',
    columns: columnDocs(dictionary, table),
    nested: {},
  }));
}

/** The Avro contract of an entity: a record for each target table, as the topics for data teams have them. */
export function avroContract(entity: Entity, dictionary: Dictionary): Json {
  const records = messageShapesOf(entity, dictionary).map(messageSchema);
  return records.length === 1 ? (records[0] ?? null) : records;
}

/** The contract as the text of `schemas/avro/<entity>.avsc`. */
export function avroContractText(entity: Entity, dictionary: Dictionary): string {
  return `${schemaText(avroContract(entity, dictionary))}\n`;
}
