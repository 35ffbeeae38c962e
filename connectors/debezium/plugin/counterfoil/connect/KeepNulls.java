package counterfoil.connect;

import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Keeps NULL what is NULL.
 *
 * <p>A column that may be NULL and has a default becomes a field that is optional and has that default. Asked for such a
 * field that holds null, Connect's {@link Struct#get} answers with the default, and converters that ask that way
 * (Apicurio's, and Confluent's without ignore.default.for.nullables) write it into the record: a NULL amount arrives as
 * 7.50. So this takes the default away from every optional column of the row before and after a change, and there is
 * nothing left to answer with. Columns that cannot be NULL keep theirs.
 *
 * <p>A task applies its transformations in one thread, so nothing here is synchronised.
 */
public class KeepNulls<R extends ConnectRecord<R>> extends PlainTransformation<R> {

    private static final int REMEMBERED = 10_000;

    /** By identity: Debezium gives all events of a table the same schema object, until the table changes. */
    private final Map<Schema, Schema> envelopes = new IdentityHashMap<>();

    @Override
    public R apply(R record) {
        if (!(record.value() instanceof Struct) || !isEnvelope(record.valueSchema())) return record;
        if (envelopes.size() >= REMEMBERED) envelopes.clear();
        Schema schema = envelopes.computeIfAbsent(record.valueSchema(), KeepNulls::envelopeWithoutDefaults);
        if (schema == record.valueSchema()) return record;
        return record.newRecord(record.topic(), record.kafkaPartition(), record.keySchema(), record.key(), schema,
                copyEnvelope((Struct) record.value(), schema), record.timestamp(), record.headers());
    }

    private static boolean isEnvelope(Schema schema) {
        return schema != null && schema.name() != null && schema.name().endsWith(".Envelope")
                && schema.field("before") != null && schema.field("after") != null;
    }

    private static boolean isRow(Field field) {
        return field.name().equals("before") || field.name().equals("after");
    }

    /** The same object when there is nothing to take away. */
    private static Schema envelopeWithoutDefaults(Schema envelope) {
        Schema before = envelope.field("before").schema();
        Schema row = rowWithoutDefaults(before);
        if (row == before) return envelope;
        SchemaBuilder builder = SchemaBuilder.struct();
        envelope.fields().forEach(field -> builder.field(field.name(), isRow(field) ? row : field.schema()));
        return describe(builder, envelope).build();
    }

    private static Schema rowWithoutDefaults(Schema row) {
        if (row.fields().stream().map(Field::schema).noneMatch(KeepNulls::answersNull)) return row;
        SchemaBuilder builder = SchemaBuilder.struct();
        row.fields().forEach(column -> builder.field(column.name(),
                answersNull(column.schema()) ? withoutDefault(column.schema()) : column.schema()));
        return describe(builder, row).build();
    }

    private static boolean answersNull(Schema column) {
        return column.isOptional() && column.defaultValue() != null;
    }

    private static Schema withoutDefault(Schema column) {
        switch (column.type()) {
            case ARRAY:
                return describe(SchemaBuilder.array(column.valueSchema()), column).build();
            case MAP:
                return describe(SchemaBuilder.map(column.keySchema(), column.valueSchema()), column).build();
            case STRUCT:
                SchemaBuilder struct = SchemaBuilder.struct();
                column.fields().forEach(field -> struct.field(field.name(), field.schema()));
                return describe(struct, column).build();
            default:
                return describe(SchemaBuilder.type(column.type()), column).build();
        }
    }

    /** All that there is to say about a schema but its fields and its default. */
    private static SchemaBuilder describe(SchemaBuilder builder, Schema schema) {
        builder.name(schema.name()).version(schema.version()).doc(schema.doc());
        if (schema.parameters() != null) builder.parameters(schema.parameters());
        return schema.isOptional() ? builder.optional() : builder;
    }

    private static Struct copyEnvelope(Struct source, Schema schema) {
        Struct target = new Struct(schema);
        for (Field field : schema.fields()) {
            Object value = source.getWithoutDefault(field.name());
            target.put(field, isRow(field) && value != null ? copyRow((Struct) value, field.schema()) : value);
        }
        return target;
    }

    private static Struct copyRow(Struct source, Schema schema) {
        Struct target = new Struct(schema);
        for (Field column : schema.fields()) {
            Object value = source.getWithoutDefault(column.name());
            target.put(column, value instanceof Struct ? copyRow((Struct) value, column.schema()) : value);
        }
        return target;
    }

    @Override
    public void close() {
        envelopes.clear();
    }
}
