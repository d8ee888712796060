package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Arrays;
import java.util.Map;

/** bra, brx.idx, call, ret, exit, trap. */
final class ControlFamily {
    private ControlFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("bra", t -> new Branch(t.target(ControlFlow.label(t.instruction())), t.meeting()));
        table.put("brx", ControlFamily::indexed);
        table.put("ret", t -> new Branch(t.code().end(), t.meeting()));
        table.put("exit", t -> new Exit());
        table.put("trap", t -> new Trap());
        table.put("brkpt", t -> new Trap());
        table.put("call", CallDecoder::decode);
    }

    private static Operation indexed(Translation t) {
        int[] targets = Arrays.stream(ControlFlow.targets(t.code().function, t.instruction())).map(at -> t.code().start + at).toArray();
        return new IndexedBranch(t.word(0, PtxType.U32), targets, t.meeting());
    }

    /** bra, and ret as a branch to the end of the function. */
    private static final class Branch extends ControlOperation {
        private final int target;
        private final int meeting;

        Branch(int target, int meeting) {
            this.target = target;
            this.meeting = meeting;
        }

        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            warp.observe(this, lanes);
            if (lanes == fragment.lanes) {
                fragment.pc = target;
            } else if (lanes == 0) {
                fragment.pc++;
            } else {
                if (warp.observer != null) {
                    warp.observer.diverged(site, warp.index, lanes, fragment.lanes & ~lanes);
                }
                warp.split(fragment, lanes, target, meeting);
            }
        }
    }

    /** brx.idx: lanes part by their index, one target at a time. */
    private static final class IndexedBranch extends ControlOperation {
        private final int index;
        private final int[] targets;
        private final int meeting;

        IndexedBranch(int index, int[] targets, int meeting) {
            this.index = index;
            this.targets = targets;
            this.meeting = meeting;
        }

        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            if (lanes == 0) {
                fragment.pc++;
                return;
            }
            warp.observe(this, lanes);
            int first = Integer.numberOfTrailingZeros(lanes);
            int wanted = warp.words[index + first];
            if (wanted < 0 || wanted >= targets.length) {
                throw new LaneFault(CudaError.LAUNCH_FAILED, first, "index " + wanted + " of " + targets.length + " branch targets");
            }
            int alike = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                alike |= warp.words[index + lane] == wanted ? 1 << lane : 0;
            }
            if (alike == fragment.lanes) {
                fragment.pc = targets[wanted];
                return;
            }
            if (warp.observer != null) {
                warp.observer.diverged(site, warp.index, alike, fragment.lanes & ~alike);
            }
            int here = fragment.pc;
            warp.split(fragment, alike, targets[wanted], meeting);
            fragment.pc = here;
        }
    }

    private static final class Exit extends ControlOperation {
        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            if (lanes == 0) {
                fragment.pc++;
                return;
            }
            warp.observe(this, lanes);
            if (warp.observer != null) {
                warp.observer.exited(site, warp.index, lanes);
            }
            warp.exit(fragment, lanes);
        }
    }

    private static final class Trap extends ControlOperation {
        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            if (lanes != 0) {
                throw new LaneFault(CudaError.LAUNCH_FAILED, Integer.numberOfTrailingZeros(lanes), "the kernel trapped");
            }
            fragment.pc++;
        }
    }
}
