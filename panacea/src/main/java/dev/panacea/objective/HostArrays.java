package dev.panacea.objective;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Arrays that the host makes for a device, each by its name: I32 and F32. */
public final class HostArrays {
    private final Map<String, int[]> ints = new LinkedHashMap<>();
    private final Map<String, float[]> floats = new LinkedHashMap<>();

    /** Adds an I32 array. */
    public HostArrays add(String name, int[] values) {
        ints.put(name, values);
        return this;
    }

    /** Adds an F32 array. */
    public HostArrays add(String name, float[] values) {
        floats.put(name, values);
        return this;
    }

    public Map<String, int[]> ints() {
        return Collections.unmodifiableMap(ints);
    }

    public Map<String, float[]> floats() {
        return Collections.unmodifiableMap(floats);
    }

    /** Elements by name. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        ints.forEach((name, values) -> counts.put(name, values.length));
        floats.forEach((name, values) -> counts.put(name, values.length));
        return counts;
    }

    /** Copies of them on the scope's device. */
    DeviceArrays on(MemoryScope scope) {
        Map<String, Buffer> buffers = new HashMap<>();
        ints.forEach((name, values) -> buffers.put(name, scope.allocate(name, DType.I32, values.length).copyFrom(values)));
        floats.forEach((name, values) -> buffers.put(name, scope.allocate(name, DType.F32, values.length).copyFrom(values)));
        return new DeviceArrays(buffers);
    }
}
