package counterfoil.connect;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** What Connect asks of a transformation besides its work: these have no settings and hold nothing to be closed. */
abstract class PlainTransformation<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}

    @Override
    public String version() {
        return "1";
    }
}
