package dev.panacea.runtime.simulator.execution;

/** The end of a function: back to the caller, or, in a kernel, the end of the lanes. */
final class Return extends ControlOperation {
    private final FunctionCode code;

    Return(FunctionCode code) {
        this.code = code;
    }

    @Override
    void step(Warp warp, Fragment fragment, int lanes) {
        warp.observe(this, lanes);
        Frame frame = fragment.frame;
        if (frame.call() == null) {
            if (warp.observer != null) {
                warp.observer.exited(site, warp.index, lanes);
            }
            warp.exit(fragment, lanes);
            return;
        }
        frame.call().comeBack(warp, code, frame, lanes);
        fragment.frame = frame.caller();
        fragment.join = frame.join();
        fragment.taken = frame.taken();
        fragment.pc = frame.call().next();
    }
}
