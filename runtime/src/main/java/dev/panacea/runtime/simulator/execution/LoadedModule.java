package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.GlobalVariable;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxModule;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A module whose variables are in device memory and whose kernels are decoded. */
public final class LoadedModule {
    private final PtxModule module;
    private final Symbols symbols;
    private final Map<String, LoadedKernel> kernels = new LinkedHashMap<>();

    /** @throws dev.panacea.runtime.simulator.ptx.PtxException when an instruction is not known or a name not declared */
    public LoadedModule(PtxModule module, DeviceMemory memory) {
        this.module = module;
        symbols = new Symbols(module, memory);
        try {
            for (PtxFunction kernel : symbols.kernels()) {
                kernels.put(kernel.name(), new LoadedKernel(kernel, ProgramBuilder.build(symbols, kernel), module.version()));
            }
        } catch (RuntimeException failed) {
            symbols.free();
            throw failed;
        }
    }

    public PtxModule module() {
        return module;
    }

    public Set<String> kernelNames() {
        return kernels.keySet();
    }

    /** The kernel called {@code name}; null when there is none. */
    public LoadedKernel kernel(String name) {
        return kernels.get(name);
    }

    /** The variable called {@code name}; null when there is none in device memory. */
    public GlobalVariable variable(String name) {
        return symbols.variable(name) == null ? null : new GlobalVariable(symbols.place(name).address(), symbols.variable(name).bytes());
    }

    /** All variables in device memory. */
    public List<GlobalVariable> variables() {
        return symbols.variables().stream().map(PtxVariable::name).map(this::variable).filter(Objects::nonNull).toList();
    }

    /** Gives the variables' memory back. */
    public void unload() {
        symbols.free();
    }
}
