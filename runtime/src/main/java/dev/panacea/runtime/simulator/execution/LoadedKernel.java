package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.util.ArrayList;
import java.util.List;

/** A kernel ready to be launched, and what can be asked about it. */
public final class LoadedKernel {
    private final PtxFunction function;
    private final Program program;
    private final int ptxVersion;

    LoadedKernel(PtxFunction function, Program program, int ptxVersion) {
        this.function = function;
        this.program = program;
        this.ptxVersion = ptxVersion;
    }

    Program program() {
        return program;
    }

    public String name() {
        return function.name();
    }

    /** Offset and bytes of each parameter, in order. */
    public record Parameter(int offset, int bytes) { }

    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        int end = 0;
        for (PtxVariable variable : function.parameters()) {
            int offset = FunctionCode.align(end, Math.max(variable.alignment(), 1));
            parameters.add(new Parameter(offset, (int) variable.bytes()));
            end = offset + (int) variable.bytes();
        }
        return parameters;
    }

    public int parameterBytes() {
        return program.parameterBytes();
    }

    /** Shared memory that the kernel declares, in bytes. */
    public int sharedBytes() {
        return program.sharedBytes();
    }

    /** Local memory of one thread, in bytes. */
    public long localBytes() {
        return program.localBytes();
    }

    /**
     * 32-bit registers that a thread has here after registers whose lives do not overlap share one. It is no measure of what ptxas
     * would need.
     */
    public int registers() {
        return program.allocated();
    }

    /** 10 · major + minor of the text's version. */
    public int ptxVersion() {
        return ptxVersion;
    }

    /** The numbers of {@code .maxntid}, {@code .reqntid} and their like; empty when the kernel does not say. */
    public List<Long> limit(String name) {
        return function.limits().getOrDefault(name, List.of());
    }
}
