package dev.panacea.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.Arrays;

/** The JSON form of an array of numbers of which some may be missing: NaN in memory, null in the text. */
final class MissingNumbers {
    private MissingNumbers() { }

    static final class Writer extends JsonSerializer<double[]> {
        @Override
        public void serialize(double[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartArray();
            for (double value : values) {
                if (Double.isNaN(value)) {
                    json.writeNull();
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }
    }

    static final class Reader extends JsonDeserializer<double[]> {
        @Override
        public double[] deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.isExpectedStartArrayToken()) {
                return (double[]) context.handleUnexpectedToken(double[].class, json);
            }
            double[] values = new double[8];
            int count = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (count == values.length) {
                    values = Arrays.copyOf(values, 2 * count);
                }
                boolean missing = json.currentToken() == JsonToken.VALUE_NULL;
                values[count++] = missing ? Double.NaN : context.readValue(json, double.class);
            }
            return Arrays.copyOf(values, count);
        }
    }
}
