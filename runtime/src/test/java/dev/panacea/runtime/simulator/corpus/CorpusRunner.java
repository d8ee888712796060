package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.CudaContext;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.FunctionAttribute;
import dev.panacea.runtime.cuda.GlobalVariable;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Runs cases on device 0 of any driver. Used by one thread. */
public final class CorpusRunner implements AutoCloseable {
    private static final int SHARED_WITHOUT_OPT_IN = 48 * 1024;

    private final CudaDriver driver;
    private final CorpusPtx ptx;
    private final CudaContext context;
    private final Map<String, CudaModule> modules = new HashMap<>();

    /** What one block of memory held after a launch, and what is wrong with it. */
    public record Result(String memory, byte[] contents, String mismatch) { }

    public CorpusRunner(CudaDriver driver, CorpusPtx ptx) {
        this.driver = driver;
        this.ptx = ptx;
        context = driver.retainPrimaryContext(0);
        driver.setCurrent(context);
    }

    /**
     * One result for each global and then each memory argument of {@code test}, in order; the mismatch is empty where all is well.
     *
     * @throws CudaException when the driver refuses the module or the launch, or the kernel fails
     */
    public List<Result> run(CorpusCase test) {
        // Loaded anew where the module's variables matter: a launch may change them.
        boolean fresh = !test.globals().isEmpty();
        CudaModule module = fresh ? load(test.source()) : modules.computeIfAbsent(test.source(), this::load);
        try (Arena arena = Arena.ofConfined()) {
            Launch launch = new Launch(test, module, arena);
            try {
                List<Result> results = launch.run();
                giveBack(launch, fresh);
                return results;
            } catch (CudaException e) {
                // With the context, all that it held is gone.
                if (!e.error().sticky()) {
                    giveBack(launch, fresh);
                }
                throw e;
            }
        }
    }

    private void giveBack(Launch launch, boolean withModule) {
        launch.allocated.forEach(driver::free);
        if (withModule) {
            driver.unload(launch.module);
        }
    }

    private CudaModule load(String source) {
        return driver.load(source + ".ptx", ptx.text(source));
    }

    private final class Launch {
        private final CorpusCase test;
        private final CudaModule module;
        private final Arena arena;
        private final Map<Argument.Memory, Long> addresses = new IdentityHashMap<>();
        private final List<Long> allocated = new ArrayList<>();

        private Launch(CorpusCase test, CudaModule module, Arena arena) {
            this.test = test;
            this.module = module;
            this.arena = arena;
        }

        private List<Result> run() {
            CudaFunction function = driver.function(module, test.kernel());
            if (test.geometry().dynamicSharedBytes() > SHARED_WITHOUT_OPT_IN) {
                driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, test.geometry().dynamicSharedBytes());
            }
            test.globals().forEach(this::place);
            driver.launch(function, test.geometry(), CudaStream.DEFAULT, arguments());
            driver.synchronize(CudaStream.DEFAULT);
            return results();
        }

        private void place(Argument.Memory global) {
            GlobalVariable variable = driver.global(module, global.name());
            if (variable.bytes() != global.initial().byteSize()) {
                throw new IllegalStateException(test + ": " + global.name() + " has " + variable.bytes() + " bytes, not "
                    + global.initial().byteSize());
            }
            fill(global, variable.address());
        }

        private void fill(Argument.Memory memory, long address) {
            addresses.put(memory, address);
            if (memory.initial().byteSize() > 0) {
                driver.copyToDevice(address, arena.allocateFrom(ValueLayout.JAVA_BYTE, memory.initial().toArray(ValueLayout.JAVA_BYTE)),
                    CudaStream.DEFAULT);
            }
        }

        private LaunchArguments arguments() {
            KernelSignature.Kind[] kinds = test.arguments().stream().map(Argument::kind).toArray(KernelSignature.Kind[]::new);
            LaunchArguments arguments = new LaunchArguments(KernelSignature.of(kinds), arena);
            for (int i = 0; i < kinds.length; i++) {
                switch (test.arguments().get(i)) {
                    case Argument.OfInt a -> arguments.set(i, a.value());
                    case Argument.OfLong a -> arguments.set(i, a.value());
                    case Argument.OfFloat a -> arguments.set(i, a.value());
                    case Argument.OfDouble a -> arguments.set(i, a.value());
                    case Argument.Memory a -> arguments.setPointer(i, allocate(a));
                }
            }
            return arguments;
        }

        private long allocate(Argument.Memory memory) {
            long address = driver.allocate(Math.max(memory.initial().byteSize(), 1));
            allocated.add(address);
            fill(memory, address);
            return address;
        }

        private List<Result> results() {
            List<Result> results = new ArrayList<>();
            test.globals().forEach(memory -> results.add(result(memory)));
            for (Argument argument : test.arguments()) {
                if (argument instanceof Argument.Memory memory) {
                    results.add(result(memory));
                }
            }
            return results;
        }

        private Result result(Argument.Memory memory) {
            MemorySegment contents = arena.allocate(memory.initial().byteSize());
            if (contents.byteSize() > 0) {
                driver.copyToHost(contents, addresses.get(memory), CudaStream.DEFAULT);
                driver.synchronize(CudaStream.DEFAULT);
            }
            return new Result(memory.name(), contents.toArray(ValueLayout.JAVA_BYTE), memory.expectation().mismatch(contents).orElse(""));
        }
    }

    @Override
    public void close() {
        modules.values().forEach(driver::unload);
        driver.releasePrimaryContext(0);
    }
}
