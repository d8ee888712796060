package dev.panacea.bench.step;

import dev.panacea.autograd.Recomputation;
import dev.panacea.bench.Spread;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import dev.panacea.training.plan.MemoryPlan;
import java.util.Locale;

/**
 * Times whole training steps beside their own matrix products, turn about, so that whatever else the machine does meets both.
 *
 * @param warmUp untimed steps before the first timed one, for the JIT compiler
 * @param steps that are timed
 */
record StepBenchmark(int warmUp, int steps) {

    StepFigures measure(ModelShape shape, Precision precision, int threads) {
        try (HostDevice device = new HostDevice(threads);
             TrainingWorkload work = new TrainingWorkload(Kernels.on(device), shape, precision, Recomputation.OFF);
             ProductRun products = new ProductRun(device, precision.weights(),
                 StepProducts.of(shape.config(), work.adapterPlan(), work.rows(), work.askedRows()))) {
            for (int i = 0; i < warmUp; i++) {
                work.step();
                products.run();
            }
            Ceiling ceiling = Ceiling.of(device, precision.weights());
            long[] stepNanos = new long[steps];
            long[] productNanos = new long[steps];
            device.resetPeak();
            for (int i = 0; i < steps; i++) {
                stepNanos[i] = nanos(work::step);
                productNanos[i] = nanos(products::run);
            }
            long peak = device.peakBytes() - products.bytes();
            return figures(shape, precision, threads, work, products, ceiling, Spread.ofNanos(stepNanos), Spread.ofNanos(productNanos),
                peak);
        }
    }

    private static StepFigures figures(ModelShape shape, Precision precision, int threads, TrainingWorkload work, ProductRun products,
                                       Ceiling ceiling, Spread step, Spread product, long peak) {
        MemoryPlan plan = work.memoryPlan();
        double gflop = products.flops() * 1e-9;
        var floors = new StepFigures.Floors(ceiling.gigaflops(), gflop / ceiling.gigaflops() * 1e3, ceiling.gigabytesPerSecond(),
            plan.leastTraffic() * 1e-6 / ceiling.gigabytesPerSecond());
        return new StepFigures(shape.name(), precision.name().toLowerCase(Locale.ROOT), threads, work.rows(), step, product,
            step.median() / product.median(), work.rows() / step.median() * 1e3, gflop, gflop / product.median() * 1e3,
            gflop / step.median() * 1e3, floors, peak, plan.peakBytes());
    }

    private static long nanos(Runnable work) {
        long started = System.nanoTime();
        work.run();
        return System.nanoTime() - started;
    }
}
