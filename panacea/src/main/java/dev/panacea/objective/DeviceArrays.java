package dev.panacea.objective;

import dev.panacea.runtime.Buffer;
import java.util.Map;
import java.util.Optional;

/** {@link HostArrays} where a device has them. */
public record DeviceArrays(Map<String, Buffer> buffers) {

    public DeviceArrays {
        buffers = Map.copyOf(buffers);
    }

    /** @throws IllegalArgumentException when there is none of that name */
    public Buffer get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("there is no array '" + name + "' among " + buffers.keySet()));
    }

    public Optional<Buffer> find(String name) {
        return Optional.ofNullable(buffers.get(name));
    }
}
