package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A call of a device function: by name, or by an address in a register, one function at a time. */
final class Call extends ControlOperation {
    private final FunctionCode caller;
    private final CallTarget target;
    private final List<Passed> arguments;
    private final List<Passed> results;
    private final int next;
    private final ProgramBuilder program;

    Call(Translation t, CallTarget target, List<Passed> arguments, List<Passed> results) {
        caller = t.code();
        program = t.program();
        next = t.next();
        this.target = target;
        this.arguments = arguments;
        this.results = results;
    }

    int next() {
        return next;
    }

    @Override
    void step(Warp warp, Fragment fragment, int lanes) {
        if (lanes == 0) {
            fragment.pc++;
            return;
        }
        warp.observe(this, lanes);
        int start = target.start(warp, Integer.numberOfTrailingZeros(lanes), program.symbols().functions());
        int alike = target.alike(warp, lanes);
        FunctionCode callee = program.functionAt(start);
        if (alike == fragment.lanes) {
            enter(warp, fragment, callee, alike);
            return;
        }
        // Lanes that are not called, or call another function, wait behind the call or take their turn here.
        int here = fragment.pc;
        if (alike == lanes) {
            warp.split(fragment, fragment.lanes & ~lanes, next, next);
            fragment.lanes = alike;
            enter(warp, fragment, callee, alike);
        } else {
            warp.split(fragment, fragment.lanes & ~alike, here, next);
            fragment.lanes = alike;
            enter(warp, fragment, callee, alike);
        }
    }

    private void enter(Warp warp, Fragment fragment, FunctionCode callee, int lanes) {
        Frame frame = fragment.frame;
        int callerBytes = frame.code() == null ? caller.frameBytes() : frame.code().frameBytes();
        int base = frame.base() + callerBytes + fragment.taken;
        if (base + callee.frameBytes() > warp.block.localBytes) {
            throw new LaneFault(CudaError.ILLEGAL_ADDRESS, Integer.numberOfTrailingZeros(lanes), "the stack of " + warp.block.localBytes
                + " bytes a thread overflows");
        }
        if (callee.parameters().size() != arguments.size() || callee.function.results().size() != results.size()) {
            throw new LaneFault(CudaError.LAUNCH_FAILED, Integer.numberOfTrailingZeros(lanes), callee.function.name() + " takes "
                + callee.parameters().size() + " arguments and gives " + callee.function.results().size() + " results, and the call has "
                + arguments.size() + " and " + results.size());
        }
        SavedRegisters saved = frame.runs(callee) ? new SavedRegisters(callee.range, warp) : null;
        for (int i = 0; i < arguments.size(); i++) {
            arguments.get(i).give(warp, lanes, frame.base(), callee, callee.parameters().get(i), base);
        }
        fragment.frame = new Frame(this, callee, base, fragment.join, fragment.taken, frame, saved);
        fragment.join = null;
        fragment.taken = 0;
        fragment.pc = callee.start;
    }

    /** Brings the results of {@code callee} into the caller's variables. */
    void comeBack(Warp warp, FunctionCode callee, Frame frame, int lanes) {
        long[][] registers = new long[results.size()][];
        for (int i = 0; i < results.size(); i++) {
            registers[i] = results.get(i).take(warp, lanes, callee, callee.function.results().get(i), frame);
        }
        if (frame.saved() != null) {
            frame.saved().restore(warp, lanes);
        }
        for (int i = 0; i < results.size(); i++) {
            results.get(i).put(warp, lanes, registers[i]);
        }
    }

    static MemorySegment local(Warp warp) {
        return warp.block.local.segment;
    }
}
