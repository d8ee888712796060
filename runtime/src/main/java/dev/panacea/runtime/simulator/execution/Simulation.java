package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Runs launches on a machine, one at a time. */
public final class Simulation {
    private static final long WORKSPACE_BYTES = 256;

    private final Machine machine;
    private int launches;

    public Simulation(Machine machine) {
        this.machine = machine;
    }

    /**
     * Runs a kernel to its end.
     *
     * @param parameters the bytes of its parameter space, as long as {@link LoadedKernel#parameterBytes}
     * @throws Fault that stopped it
     */
    public void run(LoadedKernel kernel, LaunchGeometry geometry, byte[] parameters) {
        Program program = kernel.program();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bank = arena.allocate(Math.max(parameters.length, 1), Long.BYTES).asSlice(0, parameters.length);
            MemorySegment.copy(parameters, 0, bank, ValueLayout.JAVA_BYTE, 0, parameters.length);
            long workspace = geometry.cooperative() ? newWorkspace() : 0;
            try {
                run(new Launch(machine, program, geometry, bank, workspace, launches++));
            } finally {
                if (workspace != 0) {
                    machine.memory().release(workspace);
                }
            }
        }
    }

    /** What grid barriers count their arrivals in. */
    private long newWorkspace() {
        long workspace = machine.memory().allocate(WORKSPACE_BYTES);
        machine.memory().segment(workspace, WORKSPACE_BYTES).fill((byte) 0);
        return workspace;
    }

    private void run(Launch launch) {
        if (machine.observer() == null) {
            new GridRunner(launch).run();
            return;
        }
        machine.observer().launched(launch.program().name(), launch.geometry(), launch.sharedBytes(), launch.program().sites());
        try {
            new GridRunner(launch).run();
        } finally {
            machine.observer().completed();
        }
    }
}
