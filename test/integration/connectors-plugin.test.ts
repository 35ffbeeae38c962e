import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildPlugin } from '../../connectors/debezium/plugin/build.ts';
import { provideArtifacts } from '../../stack/artifacts.ts';
import { findJdk } from '../../stack/prerequisites.ts';

/** Feeds the transformation with what Debezium would give it, in Connect's own classes, and prints what comes out. */
const HARNESS = `
import counterfoil.connect.KeepNulls;
import java.util.List;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.source.SourceRecord;

class Harness {
  static final Schema POINT = SchemaBuilder.struct().name("Point").field("x", Schema.INT32_SCHEMA).optional().build();

  static Schema row() {
    return SchemaBuilder.struct().name("oa.claim.Value").optional()
        .field("id", Schema.INT64_SCHEMA)
        .field("amount", Decimal.builder(2).optional().parameter("p", "1").defaultValue(new java.math.BigDecimal("7.50")).build())
        .field("note", SchemaBuilder.string().optional().defaultValue("x").build())
        .field("kind", SchemaBuilder.string().defaultValue("a").build())
        .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).optional().defaultValue(List.of("t")).build())
        .field("place", POINT)
        .build();
  }

  static Schema envelope(Schema row) {
    return SchemaBuilder.struct().name("oa.claim.Envelope").version(2)
        .field("before", row).field("after", row)
        .field("source", SchemaBuilder.struct().name("Source")
            .field("snapshot", SchemaBuilder.string().optional().defaultValue("false").build()).build())
        .field("op", Schema.STRING_SCHEMA).build();
  }

  static SourceRecord record(Schema schema, Object value) {
    return new SourceRecord(null, null, "oa.claim", 3, Schema.INT64_SCHEMA, 1L, schema, value);
  }

  static void say(String what, Object value) {
    System.out.println(what + "=" + value);
  }

  public static void main(String[] arguments) {
    try (KeepNulls<SourceRecord> smt = new KeepNulls<>()) {
      Schema row = row();
      Schema schema = envelope(row);
      Struct before = new Struct(row).put("id", 1L).put("amount", new java.math.BigDecimal("1.00")).put("kind", "b");
      Struct after = new Struct(row).put("id", 1L).put("kind", "b").put("place", new Struct(POINT).put("x", 5));
      Struct value = new Struct(schema).put("before", before).put("after", after).put("op", "u")
          .put("source", new Struct(schema.field("source").schema()));
      SourceRecord out = smt.apply(record(schema, value));
      Struct kept = (Struct) out.value();
      kept.validate();
      say("untransformed", after.get("amount"));
      say("amount", kept.getStruct("after").get("amount"));
      say("note", kept.getStruct("after").get("note"));
      say("tags", kept.getStruct("after").get("tags"));
      say("before", kept.getStruct("before").get("amount"));
      say("kind", kept.getStruct("after").get("kind"));
      say("kindDefault", out.valueSchema().field("after").schema().field("kind").schema().defaultValue());
      say("place", kept.getStruct("after").getStruct("place").get("x"));
      say("snapshot", kept.getStruct("source").get("snapshot"));
      Schema amount = out.valueSchema().field("after").schema().field("amount").schema();
      say("amountSchema", amount.name() + " " + amount.version() + " " + amount.parameters() + " " + amount.isOptional());
      say("envelope", out.valueSchema().name() + " " + out.valueSchema().version());
      say("rest", out.topic() + " " + out.kafkaPartition() + " " + out.key());
      say("sameSchemaAgain", smt.apply(record(schema, value)).valueSchema() == out.valueSchema());
      SourceRecord delete = smt.apply(record(schema, new Struct(schema).put("before", before).put("op", "d")
          .put("source", new Struct(schema.field("source").schema()))));
      say("deleteAfter", ((Struct) delete.value()).get("after"));
      SourceRecord tombstone = record(null, null);
      say("tombstone", smt.apply(tombstone) == tombstone);
      SourceRecord heartbeat = record(POINT, new Struct(POINT).put("x", 1));
      say("notAnEnvelope", smt.apply(heartbeat) == heartbeat);
      Schema plain = envelope(SchemaBuilder.struct().name("V").optional().field("id", Schema.INT64_SCHEMA).build());
      SourceRecord nothing = record(plain, new Struct(plain).put("op", "c"));
      say("nothingToTakeAway", smt.apply(nothing) == nothing);
    }
  }
}
`;

let folder: string;
let kafkaLibs: string;
let jdkHome: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cf-plugin-'));
  ({ kafkaLibs } = await provideArtifacts({ environment: process.env, report: () => undefined }));
  jdkHome = (await findJdk(process.env)).home;
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the Connect plugin', () => {
  test('keeps NULL what is NULL, and everything else as it is', async () => {
    const jar = join(folder, 'plugins/counterfoil/counterfoil-connect.jar');
    await buildPlugin({ jdkHome, kafkaLibs, jar });
    const harness = join(folder, 'Harness.java');
    await writeFile(harness, HARNESS);
    const classPath = [jar, join(kafkaLibs, '*')].join(':');
    const { stdout } = await execa(join(jdkHome, 'bin/java'), ['-cp', classPath, harness]);
    const lines = stdout.split('\n').map((line) => line.split('=', 2) as [string, string]);
    expect(Object.fromEntries(lines)).toMatchObject({
      // What Connect makes of NULL without the plugin: the fault itself.
      untransformed: '7.50',
      amount: 'null',
      note: 'null',
      tags: 'null',
      before: '1.00',
      kind: 'b',
      kindDefault: 'a',
      place: '5',
      snapshot: 'false',
      envelope: 'oa.claim.Envelope 2',
      rest: 'oa.claim 3 1',
      sameSchemaAgain: 'true',
      deleteAfter: 'null',
      tombstone: 'true',
      notAnEnvelope: 'true',
      nothingToTakeAway: 'true',
    });
    expect(stdout).toContain('amountSchema=org.apache.kafka.connect.data.Decimal 1 {');
  }, 60_000);

  test('says what the compiler said when it cannot be built, and leaves no jar', async () => {
    const jar = join(folder, 'broken/plugin.jar');
    await expect(buildPlugin({ jdkHome, kafkaLibs: folder, jar })).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining('org.apache.kafka') as unknown,
    });
    await expect(stat(jar)).rejects.toThrow();
  }, 60_000);
});
