package dev.panacea.runtime;

import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.PrimaryContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The code that a device has loaded: each text once, whatever it is called, until the device closes. For any thread. */
final class ModuleCache implements AutoCloseable {
    private final PrimaryContext context;
    private final Map<ByteBuffer, CudaModule> modules = new HashMap<>();
    private final Arena arguments = Arena.ofShared();

    ModuleCache(PrimaryContext context) {
        this.context = context;
    }

    synchronized Kernel kernel(String resource, Function<String, InputStream> source, String name, KernelSignature signature) {
        byte[] image = read(resource, source);
        CudaModule module = modules.computeIfAbsent(ByteBuffer.wrap(image), unseen -> context.driver().load(resource, image));
        return new Kernel(context, module, name, signature, arguments);
    }

    private static byte[] read(String resource, Function<String, InputStream> source) {
        try (InputStream stream = source.apply(resource)) {
            if (stream == null) {
                throw new BadInputException("this build carries no PTX for " + resource
                    + ": it was built without nvcc; install the CUDA toolkit and build again, or use --device host");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    @Override
    public synchronized void close() {
        modules.values().forEach(context.driver()::unload);
        modules.clear();
        arguments.close();
    }
}
