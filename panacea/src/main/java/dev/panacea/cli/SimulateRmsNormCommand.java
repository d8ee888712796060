package dev.panacea.cli;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "rms-norm",
    description = {"Simulates residual addition and RMSNorm, and its gradient.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea simulate rms-norm --rows 64 --columns 4096 --dtype bf16",
        "  panacea simulate rms-norm --rows 64 --columns 4096 --backward --train-weight --json"})
final class SimulateRmsNormCommand implements Callable<Integer> {
    private static final float EPSILON = 1e-5f;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "64", description = "Tokens (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--columns", paramLabel = "N", defaultValue = "4096", description = "Width (default: ${DEFAULT-VALUE}).")
    private int columns;

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "bf16", description = "f32 or bf16 (default: ${DEFAULT-VALUE}).")
    private DType dtype;

    @Option(names = "--backward", description = "The gradient, in place of the forward.")
    private boolean backward;

    @Option(names = "--no-residual", description = "A plain norm: nothing is added, and no gradient comes past the norm.")
    private boolean plain;

    @Option(names = "--train-weight", description = "With --backward, also the gradient of the weight.")
    private boolean trainWeight;

    @Mixin
    private SimulationOptions options;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE) {
            throw new BadInputException("--rows " + rows + " --columns " + columns + " is no matrix that can be simulated");
        }
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new BadInputException("--dtype " + dtype + " is none of RMSNorm's; use f32 or bf16");
        }
        if (!Kernels.carryPtx()) {
            throw new BadInputException("this build carries no PTX; install the CUDA toolkit and build again");
        }
        SimulationReport report = Simulation.run(options, backward ? this::backward : this::forward);
        output.answer(report.text(), report);
        return report.exitCode();
    }

    private long forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("RMSNorm")) {
            Inputs inputs = new Inputs(scope, new Random(options.seed()));
            int count = rows * columns;
            RmsNorm.on(device).forward(rows, columns, EPSILON, inputs.of("x", count), plain ? null : inputs.of("residual", count),
                inputs.of("weight", columns), plain ? null : scope.allocate("sum", dtype, count), scope.allocate("y", dtype, count),
                scope.allocate("inverse rms", DType.F32, rows));
            device.synchronize();
        }
        return bytesOfMatrices(plain ? 2 : 4) + (long) columns * dtype.bytes() + (long) rows * DType.F32.bytes();
    }

    private long backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("RMSNorm")) {
            Inputs inputs = new Inputs(scope, new Random(options.seed()));
            int count = rows * columns;
            Buffer inverse = inputs.floats("inverse rms", rows);
            RmsNorm.on(device).backward(rows, columns, inputs.of("dy", count), inputs.of("s", count), inputs.of("weight", columns), inverse,
                plain ? null : inputs.of("dSum", count), scope.allocate("dx", dtype, count),
                trainWeight ? inputs.floats("dWeight", columns) : null);
            device.synchronize();
        }
        long weightGradient = trainWeight ? 2L * columns * DType.F32.bytes() : 0;
        return bytesOfMatrices(plain ? 3 : 4) + (long) columns * dtype.bytes() + (long) rows * DType.F32.bytes() + weightGradient;
    }

    private long bytesOfMatrices(int matrices) {
        return (long) matrices * rows * columns * dtype.bytes();
    }

    /** Random buffers of the chosen dtype and of float32. */
    private final class Inputs {
        private final MemoryScope scope;
        private final Random random;

        Inputs(MemoryScope scope, Random random) {
            this.scope = scope;
            this.random = random;
        }

        Buffer of(String name, int count) {
            return RandomBuffer.normal(scope, name, dtype, count, random);
        }

        Buffer floats(String name, int count) {
            return RandomBuffer.normal(scope, name, DType.F32, count, random);
        }
    }
}
