package counterfoil.connect;

import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;

/**
 * Leaves out what a connector notes of its first snapshot.
 *
 * <p>Such a note carries the connector's offset as far as it is known, and is published before anything was read: on
 * PostgreSQL an offset without a position. When the snapshot then fails, the next start takes that offset for the end of
 * a whole snapshot, reads none, and no row of before ever arrives. The offset of a record that is left out is not
 * committed. Notes of later snapshots, which somebody waits for, pass.
 */
public class SkipFirstNotes<R extends ConnectRecord<R>> extends PlainTransformation<R> {

    private static final String AGGREGATE = "aggregate_type";

    @Override
    public R apply(R record) {
        if (!(record.value() instanceof Struct)) return record;
        Struct value = (Struct) record.value();
        boolean isFirstNote = value.schema().field(AGGREGATE) != null && "Initial Snapshot".equals(value.get(AGGREGATE));
        return isFirstNote ? null : record;
    }
}
