package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A function within a program: where its code begins, which registers it has, and where its variables lie in its frame. */
final class FunctionCode {
    private static final int FRAME_ALIGNMENT = 16;

    final PtxFunction function;
    final ControlFlow flow;
    final RegisterAllocation allocation;
    final int start;
    final RegisterRange range;
    private final Map<String, Place> places = new HashMap<>();
    private int frameBytes;

    FunctionCode(PtxFunction function, int start, int firstWord, int firstLong, int firstPredicate) {
        this.function = function;
        this.start = start;
        flow = new ControlFlow(function);
        allocation = new RegisterAllocation(function, flow);
        range = new RegisterRange(firstWord, allocation.count(Bank.WORD), firstLong, allocation.count(Bank.LONG), firstPredicate,
            allocation.count(Bank.PREDICATE));
        if (function.kernel()) {
            int end = 0;
            for (PtxVariable parameter : function.parameters()) {
                end = align(end, parameter.alignment());
                places.put(parameter.name(), new Place(Place.Kind.PARAMETER, end));
                end += (int) parameter.bytes();
            }
        } else {
            function.parameters().forEach(this::layOut);
            function.results().forEach(this::layOut);
        }
        for (PtxVariable variable : function.variables()) {
            if (variable.space() == PtxVariable.Space.LOCAL || variable.space() == PtxVariable.Space.PARAM) {
                layOut(variable);
            }
        }
        frameBytes = align(frameBytes, FRAME_ALIGNMENT);
    }

    private void layOut(PtxVariable variable) {
        if (variable.space() == PtxVariable.Space.REG) {
            return;
        }
        frameBytes = align(frameBytes, Math.max(variable.alignment(), 1));
        places.put(variable.name(), new Place(Place.Kind.LOCAL, frameBytes));
        frameBytes += (int) variable.bytes();
    }

    static int align(int offset, int alignment) {
        return Math.ceilDiv(offset, alignment) * alignment;
    }

    /** Where a variable of this function lies; null when it has none of that name. */
    Place place(String name) {
        return places.get(name);
    }

    int frameBytes() {
        return frameBytes;
    }

    /** One instruction more than the text has: the end, where all returns go. */
    int end() {
        return start + function.instructions().size();
    }

    static int parameterBytes(PtxFunction function) {
        int end = 0;
        for (PtxVariable parameter : function.parameters()) {
            end = align(end, parameter.alignment()) + (int) parameter.bytes();
        }
        return end;
    }

    List<PtxVariable> parameters() {
        return function.parameters();
    }
}
