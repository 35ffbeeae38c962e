package counterfoil.connect;

import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Keeps in order what has no key.
 *
 * <p>Kafka deals records without a key to any partition, and what is in several partitions has no order. Rows of a table
 * without a key are counted, so that each change must be applied once, and those of one table in the order of the log. So
 * all changes without a key, truncates among them, go to the first partition of their topic.
 */
public class OrderKeyless<R extends ConnectRecord<R>> extends PlainTransformation<R> {

    @Override
    public R apply(R record) {
        if (record.key() != null || !(record.value() instanceof Struct) || !isEnvelope(record.valueSchema())) return record;
        return record.newRecord(record.topic(), 0, record.keySchema(), null, record.valueSchema(), record.value(),
                record.timestamp(), record.headers());
    }

    private static boolean isEnvelope(Schema schema) {
        return schema != null && schema.name() != null && schema.name().endsWith(".Envelope");
    }
}
