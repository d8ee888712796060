package dev.panacea.runtime.cuda;

import java.util.Arrays;

/**
 * JCuda's objects by the handle that they hold, since no handle can be put into a new object. Reading takes no lock and makes no
 * garbage, as each launch reads twice.
 *
 * @param <T> what the handles are of
 */
final class HandleTable<T extends JCudaHandles.Handle> {
    private record Entries(long[] handles, Object[] objects) { }

    private final String kind;
    private volatile Entries entries = new Entries(new long[0], new Object[0]);

    /** @param kind what messages call the objects, for example {@code stream} */
    HandleTable(String kind) {
        this.kind = kind;
    }

    /** Keeps {@code object}, in place of an earlier one of the same handle, and gives the handle. */
    synchronized long add(T object) {
        long handle = object.address();
        int index = Arrays.binarySearch(entries.handles, handle);
        if (index >= 0) {
            Object[] objects = entries.objects.clone();
            objects[index] = object;
            entries = new Entries(entries.handles, objects);
        } else {
            insert(-index - 1, handle, object);
        }
        return handle;
    }

    private void insert(int index, long handle, T object) {
        int count = entries.handles.length;
        long[] handles = Arrays.copyOf(entries.handles, count + 1);
        Object[] objects = Arrays.copyOf(entries.objects, count + 1);
        System.arraycopy(handles, index, handles, index + 1, count - index);
        System.arraycopy(objects, index, objects, index + 1, count - index);
        handles[index] = handle;
        objects[index] = object;
        entries = new Entries(handles, objects);
    }

    /** @throws IllegalArgumentException when the handle is not of this driver, or was given back */
    @SuppressWarnings("unchecked")
    T get(long handle) {
        Entries now = entries;
        int index = Arrays.binarySearch(now.handles, handle);
        if (index < 0) {
            throw new IllegalArgumentException("no " + kind + " " + Long.toHexString(handle)
                + " came from the jcuda driver, or it was given back");
        }
        return (T) now.objects[index];
    }

    synchronized void remove(long handle) {
        int index = Arrays.binarySearch(entries.handles, handle);
        if (index >= 0) {
            int count = entries.handles.length - 1;
            long[] handles = Arrays.copyOf(entries.handles, count);
            Object[] objects = Arrays.copyOf(entries.objects, count);
            System.arraycopy(entries.handles, index + 1, handles, index, count - index);
            System.arraycopy(entries.objects, index + 1, objects, index, count - index);
            entries = new Entries(handles, objects);
        }
    }
}
