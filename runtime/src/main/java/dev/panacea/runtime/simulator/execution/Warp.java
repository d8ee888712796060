package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import java.util.ArrayList;
import java.util.List;

/**
 * Thirty-two lanes and their registers. Lanes that went different ways are fragments, which take turns and come together again at the
 * join of the branch that parted them. Register r of lane l lies at r · 32 + l; predicates are one mask each.
 */
final class Warp {
    static final int LANES = 32;
    static final int ALL = -1;
    /** Polls after which a turn ends: who polls may be waiting for others. */
    private static final int MOST_POLLS = 256;

    final Block block;
    final int index;
    final int[] words;
    final long[] longs;
    final int[] predicates;
    /** Scratch of the instruction that runs: an address a lane. */
    final long[] addresses = new long[LANES];
    /** Scratch of the instruction that runs: a word a lane. */
    final int[] scratch = new int[LANES];
    final AsyncCopies copies = new AsyncCopies();
    /** Lanes that have not exited. */
    int alive;
    /** The call in which the running fragment is. */
    Frame frame;
    BlockObserver observer;
    private final Operation[] code;
    private final int[] ends;
    private final List<Fragment> fragments = new ArrayList<>();
    private final List<Join> joins = new ArrayList<>();
    private int turn;
    private long executed;
    private int polls;

    Warp(Block block, int index, Program program) {
        this.block = block;
        this.index = index;
        code = program.code();
        ends = program.ends();
        words = new int[program.words() * LANES];
        longs = new long[program.longs() * LANES];
        predicates = new int[program.predicates()];
        program.constants().fill(this);
    }

    /** Begins a new block with {@code lanes}. */
    void begin(Program program, int lanes, BlockObserver blockObserver) {
        alive = lanes;
        observer = blockObserver;
        fragments.clear();
        joins.clear();
        copies.clear();
        program.prepare(this);
        fragments.add(new Fragment(0, lanes, null, Frame.KERNEL, 0));
        turn = 0;
        executed = 0;
    }

    boolean done() {
        return alive == 0;
    }

    boolean runnable() {
        for (int i = 0; i < fragments.size(); i++) {
            if (fragments.get(i).awaited == null) {
                return true;
            }
        }
        return false;
    }

    /** Instructions executed since the last call of this method. */
    long takeExecuted() {
        long count = executed;
        executed = 0;
        return count;
    }

    /** Runs the next fragment that can run for about {@code slice} instructions, or until it waits. */
    void run(int slice) {
        Fragment fragment = nextFragment();
        int budget = slice;
        polls = 0;
        while (fragment != null && budget > 0 && polls < MOST_POLLS) {
            if (fragment.pc == fragment.stop()) {
                arrive(fragment);
            } else {
                budget -= advance(fragment);
            }
            fragment = fragment.awaited == null && fragment.lanes != 0 ? fragment : nextFragment();
        }
        executed += slice - budget;
        if (polls > 0) {
            releaseForgotten();
        }
    }

    /** Ends the turn after this instruction. */
    void yield() {
        polls = MOST_POLLS;
    }

    /** An atomic or strong load: lanes that loop over it may wait for what others do, even others that wait at a join for them. */
    void poll() {
        polls++;
    }

    private Fragment nextFragment() {
        int count = fragments.size();
        for (int i = 0; i < count; i++) {
            turn = turn + 1 < count ? turn + 1 : 0;
            Fragment fragment = fragments.get(turn);
            if (fragment.awaited == null) {
                return fragment;
            }
        }
        return null;
    }

    /** Runs up to the end of a basic block, or one control operation. Returns the instructions it took. */
    private int advance(Fragment fragment) {
        int pc = fragment.pc;
        int start = pc;
        int end = ends[pc];
        int mask = fragment.lanes;
        frame = fragment.frame;
        try {
            if (observer != null) {
                pc = observed(pc, end, mask);
            }
            for (; pc < end; pc++) {
                Operation operation = code[pc];
                int lanes = mask & (predicates[operation.guard] ^ operation.guardFlip);
                if (lanes != 0) {
                    operation.execute(this, lanes);
                }
            }
            fragment.pc = pc;
            if (end == start) {
                ControlOperation operation = (ControlOperation) code[pc];
                operation.step(this, fragment, mask & (predicates[operation.guard] ^ operation.guardFlip));
                return 1;
            }
            return end - start;
        } catch (LaneFault fault) {
            throw located(fault.error(), code[pc], fault.lane(), fault.getMessage());
        }
    }

    private int observed(int from, int end, int mask) {
        int pc = from;
        for (; pc < end; pc++) {
            Operation operation = code[pc];
            int lanes = mask & (predicates[operation.guard] ^ operation.guardFlip);
            if (lanes != 0) {
                observer.executed(operation.site, index, lanes);
                executeAt(operation, lanes);
            }
        }
        return pc;
    }

    private void executeAt(Operation operation, int lanes) {
        try {
            operation.execute(this, lanes);
        } catch (LaneFault fault) {
            throw located(fault.error(), operation, fault.lane(), fault.getMessage());
        }
    }

    /** Executes a convergent operation, with what observers must know. */
    void perform(ConvergentOperation operation, int lanes) {
        observe(operation, lanes);
        operation.execute(this, lanes);
    }

    void observe(Operation operation, int lanes) {
        if (observer != null && lanes != 0) {
            observer.executed(operation.site, index, lanes);
        }
    }

    Fault located(CudaError error, Operation operation, int lane, String message) {
        return new Fault(error, operation.site + ": " + message + " (" + block.threadName(index, lane) + ")");
    }

    // ---- divergence

    /**
     * Sends {@code leaving} of the fragment to {@code target} and the rest to the next instruction, to come together at {@code meeting}.
     *
     * @param meeting -1 where they never do
     */
    void split(Fragment fragment, int leaving, int target, int meeting) {
        int staying = fragment.lanes & ~leaving;
        if (meeting >= 0 && meeting != fragment.stop()) {
            Join join = new Join(meeting, fragment.lanes, fragment.join, fragment.frame);
            joins.add(join);
            fragment.join = join;
        }
        fragments.add(new Fragment(target, leaving, fragment.join, fragment.frame, fragment.taken));
        fragment.lanes = staying;
        fragment.pc++;
    }

    private void arrive(Fragment fragment) {
        Join join = fragment.join;
        join.arrive(fragment);
        if (join.arrived == join.pending) {
            fragment.lanes = join.arrived;
            fragment.join = join.parent;
            joins.remove(join);
        } else {
            drop(fragment);
            fragment.lanes = 0;
        }
    }

    private void drop(Fragment fragment) {
        fragments.remove(fragment);
        turn = Math.max(turn - 1, 0);
    }

    /** Lets the lanes of one join go on that wait for others that may never come: coming together is never owed. False when none wait. */
    boolean releaseParked() {
        for (int i = joins.size() - 1; i >= 0; i--) {
            if (joins.get(i).arrived != 0) {
                release(joins.get(i));
                return true;
            }
        }
        return false;
    }

    /** The same for all joins where nobody has come since the last call of this method. */
    void releaseForgotten() {
        for (int i = joins.size() - 1; i >= 0; i--) {
            if (joins.get(i).forgotten()) {
                release(joins.get(i));
            }
        }
    }

    private void release(Join join) {
        fragments.add(new Fragment(join.pc, join.arrived, join.parent, join.frame, join.taken));
        join.pending &= ~join.arrived;
        join.arrived = 0;
        if (join.pending == 0) {
            joins.remove(join);
        }
    }

    /** Ends {@code lanes} of the fragment; the rest goes on. */
    void exit(Fragment fragment, int lanes) {
        alive &= ~lanes;
        fragment.lanes &= ~lanes;
        for (Join join : joins) {
            join.pending &= ~lanes;
        }
        if (fragment.lanes == 0) {
            drop(fragment);
        } else {
            fragment.pc++;
        }
        for (int i = joins.size() - 1; i >= 0; i--) {
            Join join = joins.get(i);
            if (join.arrived == join.pending) {
                if (join.arrived == 0) {
                    joins.remove(i);
                } else {
                    release(join);
                }
            }
        }
        retryMembers();
        block.exited();
    }

    // ---- lanes that wait for each other

    void awaitMembers(Fragment fragment, ConvergentOperation operation, int lanes, int members) {
        fragment.awaited = operation;
        fragment.awaitingLanes = lanes;
        fragment.awaitedMembers = members;
        complete(operation, members);
    }

    private void retryMembers() {
        for (int i = 0; i < fragments.size(); i++) {
            Fragment fragment = fragments.get(i);
            if (fragment.awaited instanceof ConvergentOperation operation) {
                complete(operation, fragment.awaitedMembers);
            }
        }
    }

    private void complete(ConvergentOperation operation, int members) {
        int come = 0;
        for (Fragment fragment : fragments) {
            if (fragment.awaited == operation && fragment.awaitedMembers == members) {
                come |= fragment.awaitingLanes;
            }
        }
        if ((members & alive & ~come) != 0) {
            return;
        }
        perform(operation, come);
        Fragment first = null;
        for (int i = 0; i < fragments.size(); i++) {
            Fragment fragment = fragments.get(i);
            if (fragment.awaited == operation && fragment.awaitedMembers == members) {
                fragment.awaited = null;
                fragment.pc++;
                if (first == null) {
                    first = fragment;
                } else if (first.join == fragment.join && first.frame == fragment.frame && first.taken == fragment.taken) {
                    first.lanes |= fragment.lanes;
                    fragment.lanes = 0;
                    fragments.remove(i--);
                }
            }
        }
        turn = 0;
    }

    /** Where each fragment waits, for the message about a deadlock. */
    void describeWaiting(List<String> lines) {
        for (Fragment fragment : fragments) {
            if (fragment.awaited != null) {
                lines.add("warp " + index + " lanes 0x" + Integer.toHexString(fragment.lanes) + " wait at " + code[fragment.pc].site);
            }
        }
    }
}
