package dev.panacea.bench.training;

import dev.panacea.bench.Spread;
import dev.panacea.bench.training.DeviceStepFigures.KernelTime;
import dev.panacea.bench.training.StepPeer.Way;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.transformer.adapter.AdapterPlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One shape on one CUDA device: steps that are timed, beside PyTorch's, and after them one whose launches are.
 *
 * @param open opens the device, with something around its driver
 */
record DeviceStepBenchmark(Function<UnaryOperator<CudaDriver>, CudaDevice> open, StepShape shape) {

    DeviceStepFigures measure(StepTurns turns, Optional<StepPeer> peer, List<Way> ways) {
        StepTurns.Outcome outcome;
        MemoryPlan plan;
        long peak;
        Optional<CardRates> rates;
        try (CudaDevice device = open.apply(UnaryOperator.identity()); DeviceWorkload work = new DeviceWorkload(device, shape, true)) {
            rates = CardRates.of(device.properties().name());
            plan = work.memoryPlan();
            device.resetPeak();
            outcome = turns.run(work, shape, peer, ways);
            peak = device.peakBytes();
        }
        Profile profile = profile(rates);
        StepFlops flops = StepFlops.of(shape, shape.adapter());
        Spread own = Spread.ofMilliseconds(outcome.own());
        double floor = profile.kernels.stream().mapToDouble(KernelTime::floorMilliseconds).sum();
        return new DeviceStepFigures(shape.model(), shape.objective().toString(), shape.rows(), shape.sequences(), shape.askedRows(),
            shape.recomputation().name().toLowerCase(Locale.ROOT), own, 1e3 * shape.rows() / own.median(), floor, flops,
            rates.map(card -> card.share(flops.useful(), own.median())).orElse(0.0),
            rates.map(card -> card.share(flops.useful() + flops.recomputed(), own.median())).orElse(0.0), outcome.loss(), peak,
            plan.peakBytes(), profile.kernels, profile.unmarked, outcome.peers());
    }

    private record Profile(List<KernelTime> kernels, double unmarked) { }

    // on a device of its own: a driver that is watched would cost the timed steps something
    private Profile profile(Optional<CardRates> rates) {
        LaunchTimes[] times = new LaunchTimes[1];
        UnaryOperator<CudaDriver> watching = driver -> {
            times[0] = new LaunchTimes(driver);
            return times[0].watched();
        };
        // launches in a captured graph cannot be told apart
        try (CudaDevice device = open.apply(watching); DeviceWorkload work = new DeviceWorkload(device, shape, false)) {
            work.step();
            long started = System.nanoTime();
            Map<String, Double> byKernel = times[0].of(work::step);
            double whole = (System.nanoTime() - started) * 1e-6;
            double marked = byKernel.values().stream().mapToDouble(Double::doubleValue).sum();
            return new Profile(byFamily(byKernel, rates), Math.max(0, whole - marked));
        }
    }

    private List<KernelTime> byFamily(Map<String, Double> byKernel, Optional<CardRates> rates) {
        Map<KernelFamily, Map<String, Double>> families = new EnumMap<>(KernelFamily.class);
        byKernel.forEach((kernel, time) -> families.computeIfAbsent(KernelFamily.of(kernel), family -> new TreeMap<>()).put(kernel, time));
        AdapterPlan adapter = shape.adapter();
        StepFlops flops = StepFlops.of(shape, adapter);
        List<KernelTime> rows = new ArrayList<>();
        families.forEach((family, kernels) -> rows.add(new KernelTime(family.toString(),
            kernels.values().stream().mapToDouble(Double::doubleValue).sum(),
            rates.map(card -> card.floorMilliseconds(family.flops(shape, flops), family.bytes(shape, adapter))).orElse(0.0), kernels)));
        return rows;
    }
}
