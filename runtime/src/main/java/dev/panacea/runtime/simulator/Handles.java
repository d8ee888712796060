package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import java.util.HashMap;
import java.util.Map;

/** Objects that callers hold by number. Numbers are not used twice. */
final class Handles<T> {
    private final String what;
    private final Map<Long, T> objects = new HashMap<>();
    private long next = 1;

    Handles(String what) {
        this.what = what;
    }

    long add(T object) {
        objects.put(next, object);
        return next++;
    }

    void put(long handle, T object) {
        objects.put(handle, object);
    }

    /** @throws CudaException of {@code call} when there is none */
    T get(String call, long handle) {
        T object = objects.get(handle);
        if (object == null) {
            throw new CudaException(call, CudaError.INVALID_HANDLE, what + " " + handle + " does not exist or was destroyed");
        }
        return object;
    }

    T remove(String call, long handle) {
        T object = get(call, handle);
        objects.remove(handle);
        return object;
    }
}
