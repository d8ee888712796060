package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.function.Executable;

/** A driver with a current context, a stream and a loaded module, and what was made with them, to be given back at the end. */
final class DriverTester implements AutoCloseable {
    static final byte POISON = 0x5a;

    private final CudaDriver driver;
    private final CudaContext context;
    private final CudaStream stream;
    private final Arena arena = Arena.ofConfined();
    private final List<Runnable> givings = new ArrayList<>();

    DriverTester(CudaDriver driver) {
        this.driver = driver;
        context = driver.retainPrimaryContext(0);
        driver.setCurrent(context);
        stream = driver.createStream();
    }

    static byte[] ptx() {
        try (InputStream in = DriverTester.class.getResourceAsStream("conformance.ptx")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("conformance.ptx cannot be read", e);
        }
    }

    static CudaException refuses(CudaError error, Executable call) {
        CudaException thrown = assertThrows(CudaException.class, call);
        assertEquals(error.code(), thrown.error().code(), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(error.name()), thrown.getMessage());
        return thrown;
    }

    static void says(Exception thrown, String... parts) {
        for (String part : parts) {
            assertTrue(thrown.getMessage().contains(part), () -> "no '" + part + "' in: " + thrown.getMessage());
        }
    }

    static byte[] randomBytes(SplittableRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] filled(int count, byte value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, value);
        return bytes;
    }

    CudaContext context() {
        return context;
    }

    CudaStream stream() {
        return stream;
    }

    Arena arena() {
        return arena;
    }

    CudaModule load() {
        CudaModule module = driver.load("conformance.ptx", ptx());
        givings.add(() -> driver.unload(module));
        return module;
    }

    CudaFunction function(String name) {
        return driver.function(load(), name);
    }

    /** Device memory full of poison. */
    long poisoned(long bytes) {
        long address = driver.allocate(bytes);
        givings.add(() -> driver.free(address));
        driver.fillBytes(address, POISON, bytes, stream);
        return address;
    }

    MemorySegment host(byte... bytes) {
        return arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    void write(long address, byte... bytes) {
        driver.copyToDevice(address, host(bytes), stream);
        driver.synchronize(stream);
    }

    /** What lies at {@code address} once the stream's work is done. */
    byte[] read(long address, long bytes) {
        MemorySegment host = arena.allocate(bytes);
        driver.copyToHost(host, address, stream);
        driver.synchronize(stream);
        return host.toArray(ValueLayout.JAVA_BYTE);
    }

    int[] readInts(long address, int count) {
        return MemorySegment.ofArray(read(address, 4L * count)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    long readLong(long address) {
        return MemorySegment.ofArray(read(address, 8)).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    @Override
    public void close() {
        for (Runnable giving : givings.reversed()) {
            giving.run();
        }
        driver.destroy(stream);
        driver.setCurrent(null);
        driver.releasePrimaryContext(0);
        arena.close();
    }
}
