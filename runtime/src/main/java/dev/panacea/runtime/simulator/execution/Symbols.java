package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxException;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxModule;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of a module: its functions, and its variables in device memory, filled and linked. */
final class Symbols {
    private final DeviceMemory memory;
    private final List<PtxVariable> variables;
    private final Map<String, PtxFunction> functions = new LinkedHashMap<>();
    private final Map<String, Integer> indices = new HashMap<>();
    private final Map<String, Long> addresses = new HashMap<>();
    private final Map<String, PtxVariable> placed = new HashMap<>();

    Symbols(PtxModule module, DeviceMemory memory) {
        this.memory = memory;
        variables = module.variables();
        for (PtxFunction function : module.functions()) {
            if (function.defined()) {
                PtxFunction twin = functions.put(function.name(), function);
                if (twin != null) {
                    throw new PtxException(function.line(), "function " + function.name() + " is defined twice");
                }
                indices.put(function.name(), indices.size());
            }
        }
        try {
            variables.forEach(this::place);
            variables.forEach(this::link);
        } catch (RuntimeException failed) {
            free();
            throw failed;
        }
    }

    private void place(PtxVariable variable) {
        if (variable.space() != PtxVariable.Space.GLOBAL && variable.space() != PtxVariable.Space.CONST) {
            return;
        }
        if (variable.external()) {
            throw new PtxException(variable.line(), "variable " + variable.name()
                + " is external, and this module is not linked with others");
        }
        if (addresses.containsKey(variable.name())) {
            throw new PtxException(variable.line(), "variable " + variable.name() + " is declared twice");
        }
        long address = memory.allocate(variable.bytes());
        addresses.put(variable.name(), address);
        placed.put(variable.name(), variable);
        MemorySegment segment = memory.segment(address, variable.bytes());
        segment.fill((byte) 0);
        MemorySegment.copy(variable.contents(), 0, segment, ValueLayout.JAVA_BYTE, 0, variable.contents().length);
    }

    private void link(PtxVariable variable) {
        for (PtxVariable.Reference reference : variable.references()) {
            Place place = place(reference.symbol());
            if (place == null) {
                throw new PtxException(variable.line(), variable.name() + " holds the address of " + reference.symbol()
                    + ", which is not declared");
            }
            if (reference.bytes() != Long.BYTES) {
                throw new PtxException(variable.line(), variable.name() + " holds an address in " + reference.bytes() + " bytes");
            }
            long address = place.kind() == Place.Kind.CODE ? Windows.CODE + place.address() * Windows.FUNCTION_STEP : place.address();
            memory.segment(addresses.get(variable.name()) + reference.offset(), Long.BYTES)
                .set(ValueLayout.JAVA_LONG_UNALIGNED, 0, address + reference.addend());
        }
    }

    void free() {
        addresses.values().forEach(memory::release);
        addresses.clear();
    }

    List<PtxVariable> variables() {
        return variables;
    }

    /** The function called {@code name}; null when none is defined. */
    PtxFunction function(String name) {
        return functions.get(name);
    }

    List<PtxFunction> kernels() {
        return functions.values().stream().filter(PtxFunction::kernel).toList();
    }

    /** Functions whose addresses variables hold. */
    List<PtxFunction> pointedFunctions() {
        List<PtxFunction> pointed = new ArrayList<>();
        for (PtxVariable variable : variables) {
            for (PtxVariable.Reference reference : variable.references()) {
                if (functions.containsKey(reference.symbol())) {
                    pointed.add(functions.get(reference.symbol()));
                }
            }
        }
        return pointed;
    }

    int functions() {
        return functions.size();
    }

    int index(PtxFunction function) {
        return indices.get(function.name());
    }

    /** Where a variable or function of the module lies; null when there is none of that name. */
    Place place(String name) {
        Long address = addresses.get(name);
        if (address != null) {
            return new Place(placed.get(name).space() == PtxVariable.Space.CONST ? Place.Kind.CONSTANT : Place.Kind.GLOBAL, address);
        }
        PtxFunction function = functions.get(name);
        return function == null ? null : new Place(Place.Kind.CODE, index(function));
    }

    /** The variable called {@code name} in device memory; null when there is none. */
    PtxVariable variable(String name) {
        return placed.get(name);
    }
}
