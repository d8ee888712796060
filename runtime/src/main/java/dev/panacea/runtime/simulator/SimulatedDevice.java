package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.simulator.execution.DeviceMemory;
import dev.panacea.runtime.simulator.execution.Fault;
import dev.panacea.runtime.simulator.execution.LoadedModule;
import dev.panacea.runtime.simulator.execution.Machine;
import dev.panacea.runtime.simulator.execution.Simulation;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import dev.panacea.runtime.simulator.ptx.ParsedModules;
import dev.panacea.runtime.simulator.ptx.PtxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The device behind the driver: memory, loading and the running of work, and the error that ends it all once it has happened. */
final class SimulatedDevice {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final byte[] FAT_BINARY = {0x50, (byte) 0xed, 0x55, (byte) 0xba};

    private final DeviceMemory memory;
    private final Simulation simulation;
    private final LaunchObserver observer;
    private CudaException lost;

    SimulatedDevice(SimulatorOptions options) {
        memory = new DeviceMemory(options.model().memoryBytes());
        observer = ObserverGroup.of(options.observers());
        simulation = new Simulation(new Machine(memory, options.model().multiprocessors(), options.workers(),
            () -> options.order().schedule(options.slice()), options.instructionLimit(), observer, options.printed()));
    }

    DeviceMemory memory() {
        return memory;
    }

    /** @throws CudaException when an earlier error has ended the context */
    void check(String call) {
        if (lost != null) {
            throw new CudaException(call, lost.error(), "the context was lost earlier: " + lost.getMessage());
        }
    }

    long allocate(String call, long bytes) {
        if (bytes <= 0) {
            throw new CudaException(call, CudaError.INVALID_VALUE, bytes + " bytes");
        }
        try {
            long address = memory.allocate(bytes);
            if (observer != null) {
                observer.allocated(address, bytes);
            }
            return address;
        } catch (Fault fault) {
            throw failed(call, fault);
        }
    }

    void free(String call, long address) {
        try {
            long bytes = memory.release(address);
            if (observer != null) {
                observer.freed(address, bytes);
            }
        } catch (Fault fault) {
            throw failed(call, fault);
        }
    }

    LoadedModule load(String call, String name, byte[] image) {
        if (begins(image, ELF) || begins(image, FAT_BINARY)) {
            throw new CudaException(call, CudaError.INVALID_PTX, name + " is machine code, and the simulated GPU runs PTX text only; "
                + "compile with nvcc -ptx");
        }
        try {
            LoadedModule module = new LoadedModule(ParsedModules.of(image), memory);
            announceVariables(module);
            return module;
        } catch (PtxException malformed) {
            throw new CudaException(call, CudaError.INVALID_PTX, name + " " + malformed.getMessage());
        } catch (Fault fault) {
            throw failed(call, fault);
        }
    }

    private void announceVariables(LoadedModule module) {
        if (observer != null) {
            module.variables().forEach(variable -> {
                observer.allocated(variable.address(), variable.bytes());
                observer.written(variable.address(), variable.bytes());
            });
        }
    }

    void unload(LoadedModule module) {
        if (observer != null) {
            module.variables().forEach(variable -> observer.freed(variable.address(), variable.bytes()));
        }
        module.unload();
    }

    private static boolean begins(byte[] image, byte[] magic) {
        return image.length >= magic.length && Arrays.equals(image, 0, magic.length, magic, 0, magic.length);
    }

    /** Runs work to its end. */
    void run(String call, Work work) {
        try {
            switch (work) {
                case Work.Launch launch -> simulation.run(launch.function().kernel(), launch.geometry(), launch.parameters());
                case Work.CopyToDevice copy -> {
                    long bytes = copy.from().byteSize();
                    memory.segment(copy.to(), bytes).copyFrom(copy.from());
                    written(copy.to(), bytes);
                }
                case Work.CopyToHost copy -> copy.to().copyFrom(memory.segment(copy.from(), copy.to().byteSize()));
                case Work.CopyOnDevice copy -> {
                    MemorySegment from = memory.segment(copy.from(), copy.bytes());
                    memory.segment(copy.to(), copy.bytes()).copyFrom(from);
                    written(copy.to(), copy.bytes());
                }
                case Work.Fill fill -> fill(fill);
            }
        } catch (Fault fault) {
            throw failed(call, fault);
        }
    }

    private void fill(Work.Fill fill) {
        MemorySegment segment = memory.segment(fill.to(), fill.count() * fill.unit());
        if (fill.unit() == 1) {
            segment.fill((byte) fill.value());
        } else {
            for (long i = 0; i < fill.count(); i++) {
                segment.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, fill.value());
            }
        }
        written(fill.to(), fill.count() * fill.unit());
    }

    private void written(long address, long bytes) {
        if (observer != null) {
            observer.written(address, bytes);
        }
    }

    private CudaException failed(String call, Fault fault) {
        CudaException exception = new CudaException(call, fault.error(), fault.getMessage());
        if (fault.error().sticky()) {
            lost = exception;
        }
        return exception;
    }
}
