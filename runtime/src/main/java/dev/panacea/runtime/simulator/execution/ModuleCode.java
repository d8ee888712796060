package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxModule;
import dev.panacea.runtime.simulator.ptx.PtxParser;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a module is before it has a device: its text parsed, and decoded those kernels that name no variable in device memory, whose
 * place every device chooses anew. A process that opens many devices reads the same text for each, so the texts seen last are kept
 * while there is memory for them. For any thread.
 */
public final class ModuleCode {
    private static final int MOST = 64;
    private static final Map<ByteBuffer, SoftReference<ModuleCode>> RECENT = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SoftReference<ModuleCode>> eldest) {
            return size() > MOST;
        }
    };

    private final PtxModule module;
    private final Map<String, Program> programs = new ConcurrentHashMap<>();

    private ModuleCode(PtxModule module) {
        this.module = module;
    }

    /**
     * The code of a text.
     *
     * @param image PTX as the driver takes it
     * @throws dev.panacea.runtime.simulator.ptx.PtxException when it is not well formed
     */
    public static ModuleCode of(byte[] image) {
        synchronized (RECENT) {
            SoftReference<ModuleCode> kept = RECENT.get(ByteBuffer.wrap(image));
            ModuleCode known = kept == null ? null : kept.get();
            if (known != null) {
                return known;
            }
        }
        ModuleCode parsed = new ModuleCode(PtxParser.parse(image));
        synchronized (RECENT) {
            RECENT.put(ByteBuffer.wrap(image.clone()), new SoftReference<>(parsed));
        }
        return parsed;
    }

    PtxModule module() {
        return module;
    }

    /** @throws dev.panacea.runtime.simulator.ptx.PtxException when an instruction is not known or a name not declared */
    Program program(Symbols symbols, PtxFunction kernel) {
        Program known = programs.get(kernel.name());
        if (known != null) {
            return known;
        }
        int addresses = symbols.addressesTold();
        Program program = ProgramBuilder.build(symbols, kernel);
        if (symbols.addressesTold() == addresses) {
            programs.put(kernel.name(), program);
        }
        return program;
    }
}
