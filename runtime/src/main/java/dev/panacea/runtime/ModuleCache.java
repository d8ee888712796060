package dev.panacea.runtime;

import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.PrimaryContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The code that a device has loaded: each resource once, until the device closes. For any thread. */
final class ModuleCache implements AutoCloseable {
    private final PrimaryContext context;
    private final Map<String, CudaModule> modules = new HashMap<>();
    private final Arena arguments = Arena.ofShared();

    ModuleCache(PrimaryContext context) {
        this.context = context;
    }

    synchronized Kernel kernel(String resource, Function<String, InputStream> source, String name, KernelSignature signature) {
        CudaModule module = modules.get(resource);
        if (module == null) {
            module = context.driver().load(resource, read(resource, source));
            modules.put(resource, module);
        }
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
