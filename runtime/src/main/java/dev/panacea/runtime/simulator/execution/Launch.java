package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One launch: a program, its geometry and parameters, and what all its blocks share. */
final class Launch {
    private final Machine machine;
    private final Program program;
    private final LaunchGeometry geometry;
    private final MemorySegment parameters;
    private final long gridWorkspace;
    private final MemorySegment workspace;
    private final int number;
    private final List<BlockObserver> observers = new ArrayList<>();
    private final AtomicLong instructions = new AtomicLong();
    private volatile boolean stopped;

    /** @param gridWorkspace where a cooperative grid counts its arrivals; 0 for other grids */
    Launch(Machine machine, Program program, LaunchGeometry geometry, MemorySegment parameters, long gridWorkspace, int number) {
        this.machine = machine;
        this.program = program;
        this.geometry = geometry;
        this.parameters = parameters;
        this.gridWorkspace = gridWorkspace;
        workspace = gridWorkspace == 0 ? null : machine.memory().find(gridWorkspace, 1).segment;
        this.number = number;
    }

    Program program() {
        return program;
    }

    LaunchGeometry geometry() {
        return geometry;
    }

    MemorySegment parameters() {
        return parameters;
    }

    DeviceMemory memory() {
        return machine.memory();
    }

    Machine machine() {
        return machine;
    }

    long gridWorkspace() {
        return gridWorkspace;
    }

    int number() {
        return number;
    }

    int multiprocessors() {
        return machine.multiprocessors();
    }

    int sharedBytes() {
        return program.sharedBytes() + geometry.dynamicSharedBytes();
    }

    Schedule newSchedule() {
        return machine.schedules().get();
    }

    BlockObserver openBlock(int block) {
        if (machine.observer() == null) {
            return null;
        }
        BlockObserver observer = machine.observer().openBlock(block);
        if (geometry.cooperative()) {
            observers.add(observer);
        }
        return observer;
    }

    /** An atomic changed a word. The one that turns the highest bit of the grid's workspace completes a barrier of the whole grid. */
    void counted(MemorySegment memory, int old, int changed) {
        if (memory == workspace && (old ^ changed) < 0) {
            for (BlockObserver observer : observers) {
                observer.gridSynchronized();
            }
        }
    }

    /** Another block has failed: those that still run end at their next turn. */
    void stop() {
        stopped = true;
    }

    void count(long executed) {
        if (stopped) {
            throw new Fault(CudaError.LAUNCH_FAILED, program.name() + " failed in another block");
        }
        if (instructions.addAndGet(executed) > machine.instructionLimit()) {
            throw new Fault(CudaError.LAUNCH_TIMEOUT, program.name() + " ran more than " + machine.instructionLimit()
                + " warp instructions");
        }
    }
}
