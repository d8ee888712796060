package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.ArrayList;
import java.util.List;

/** Decodes call: {@code (results), function, (arguments), prototype}, of which only the function must be there. */
final class CallDecoder {
    private CallDecoder() { }

    static Operation decode(Translation t) {
        int at = 0;
        List<Operand> results = List.of();
        if (t.operand(at) instanceof Operand.Group group) {
            results = group.elements();
            at++;
        }
        Operand function = t.operand(at++);
        List<Operand> arguments = at < t.count() && t.operand(at) instanceof Operand.Group group ? group.elements() : List.of();
        if (function instanceof Operand.Symbol symbol && t.program().function(symbol.name()) == null) {
            return SystemCall.decode(t, symbol.name(), passed(t, results), passed(t, arguments));
        }
        return new Call(t, target(t, function), passed(t, arguments), passed(t, results));
    }

    private static CallTarget target(Translation t, Operand function) {
        if (function instanceof Operand.Symbol symbol) {
            return new CallTarget(t.program().function(symbol.name()).start, -1);
        }
        Source register = t.source(function, PtxType.U64);
        if (!register.wide()) {
            throw t.error("needs the address of a function in a 64-bit register");
        }
        t.program().growStack();
        return new CallTarget(-1, register.slot());
    }

    private static List<Passed> passed(Translation t, List<Operand> operands) {
        List<Passed> passed = new ArrayList<>();
        for (Operand operand : operands) {
            passed.add(operand instanceof Operand.Symbol symbol ? variable(t, symbol) : new Passed(0, t.source(operand, PtxType.B32)));
        }
        return passed;
    }

    private static Passed variable(Translation t, Operand.Symbol symbol) {
        Place place = t.place(symbol.name());
        if (place.kind() != Place.Kind.LOCAL) {
            throw t.error("passes " + symbol.name() + ", which is not a parameter variable");
        }
        return new Passed(place.address() + symbol.offset(), null);
    }
}
