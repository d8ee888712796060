package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;

/** What a call calls: a function that is known, or the one whose address a register holds. @param register -1 for a known one */
record CallTarget(int start, int register) {

    int start(Warp warp, int lane, int functions) {
        if (register < 0) {
            return start;
        }
        long index = warp.longs[register + lane] - Windows.CODE;
        int[] entries = warp.block.launch.program().entries();
        boolean valid = index >= 0 && index % Windows.FUNCTION_STEP == 0 && index / Windows.FUNCTION_STEP < functions
            && entries[(int) (index / Windows.FUNCTION_STEP)] >= 0;
        if (!valid) {
            throw new LaneFault(CudaError.ILLEGAL_ADDRESS, lane, "0x" + Long.toHexString(warp.longs[register + lane])
                + " is not the address of a function");
        }
        return entries[(int) (index / Windows.FUNCTION_STEP)];
    }

    /** Those of {@code lanes} that call the same function as the first of them. */
    int alike(Warp warp, int lanes) {
        if (register < 0) {
            return lanes;
        }
        long wanted = warp.longs[register + Integer.numberOfTrailingZeros(lanes)];
        int alike = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            alike |= warp.longs[register + lane] == wanted ? 1 << lane : 0;
        }
        return alike;
    }
}
