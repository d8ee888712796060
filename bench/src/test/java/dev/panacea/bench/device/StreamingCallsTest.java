package dev.panacea.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bench.Spread;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured on a GPU, run on the simulated one with few tokens: each call is one that the device takes. */
class StreamingCallsTest {

    @Test
    void everyCallRunsAndIsTimed() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        CheckedLaunches checks = new CheckedLaunches();
        SimulatorOptions options = SimulatorOptions.defaults().withObservers(checks.observers());
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0);
             DeviceClock clock = new DeviceClock(device, 1024); StreamingCalls calls = new StreamingCalls(device, 2, 64)) {
            for (StreamingCall call : calls.all()) {
                double[] times = clock.time(call.call(), 0, 1);
                assertEquals(1, times.length);
                StreamingFigures figures = StreamingFigures.of(call, Spread.ofMilliseconds(times), 1);
                assertTrue(figures.gigabytesPerSecond() > 0, call.name());
            }
        }
        assertEquals(List.of(), checks.findings());
    }

    @Test
    void ratesAreOfTheMedian() {
        StreamingFigures figures = StreamingFigures.of(new StreamingCall("add", 6_000_000, () -> { }), new Spread(2, 1, 3), 6);
        assertEquals(3, figures.gigabytesPerSecond(), 1e-12);
        assertEquals(0.5, figures.ofCopy(), 1e-12);
    }
}
