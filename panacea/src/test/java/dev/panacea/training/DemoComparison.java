package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.run.Metrics;
import dev.panacea.runtime.CudaDevice;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The same steps of training in four ways.
 *
 * @param exact float32 on the host
 * @param displaced the yardstick: float32 with displaced weights, several times
 * @param rounded bfloat16 on the host
 * @param device bfloat16 on a CUDA device
 */
record DemoComparison(String name, List<Metrics> exact, List<List<Metrics>> displaced, List<Metrics> rounded, List<Metrics> device) {
    private static final int DRAWS = 6;
    private static final double ROUNDINGS = 4;
    // bits of a bfloat16 number's fraction, and how many of its last places a loss may differ by
    private static final int BF16_FRACTION = 7;
    private static final int LAST_PLACES = 4;

    static DemoComparison of(DemoSteps steps, String name, CudaDevice device) {
        return new DemoComparison(name, steps.exact(), LongStream.range(0, DRAWS).mapToObj(steps::displaced).toList(), steps.rounded(),
            steps.on(name, Kernels.on(device)));
    }

    String table() {
        StringBuilder text = new StringBuilder("| step | λ of the first pair | float32 on the host | bfloat16 on the host | " + name
            + " | seconds |\n|--:|---|---|---|---|--:|\n");
        for (int i = 0; i < exact.size(); i++) {
            double seconds = device.get(i).seconds() - (i == 0 ? 0 : device.get(i - 1).seconds());
            text.append(String.format(Locale.ROOT, "| %d | %s | %s | %s | %s | %.1f |%n", i + 1, exact.get(i).lambda(), cell(exact.get(i)),
                cell(rounded.get(i)), cell(device.get(i)), seconds));
        }
        text.append("\n| distance from float32 | yardstick | allowed | bfloat16 on the host | ").append(name)
            .append(" | between these two |\n|---|--:|--:|--:|--:|--:|\n");
        text.append(summary("losses", DemoComparison::losses)).append(summary("gradient norms", DemoComparison::norms));
        return text.toString();
    }

    private static String cell(Metrics metrics) {
        return String.format(Locale.ROOT, "%.6f %.6f, %.5f", metrics.loss()[0], metrics.loss()[1], metrics.gradientNorm());
    }

    private String summary(String what, Function<List<Metrics>, double[]> numbers) {
        double[] one = numbers.apply(exact);
        double[] half = numbers.apply(rounded);
        double[] found = numbers.apply(device);
        return String.format(Locale.ROOT, "| %s | %.2e | %.2e | %.2e | %.2e | %.2e |%n", what, yardstick(numbers),
            ROUNDINGS * yardstick(numbers), distance(half, one), distance(found, one), distance(found, half));
    }

    private static double[] losses(List<Metrics> steps) {
        return steps.stream().flatMapToDouble(step -> DoubleStream.of(step.loss())).toArray();
    }

    private static double[] norms(List<Metrics> steps) {
        return steps.stream().mapToDouble(Metrics::gradientNorm).toArray();
    }

    /** Requires of all losses that they are those of float32 up to their rounding, and of either bfloat16 that it is the other nearly. */
    void requireAgreement() {
        double[] one = losses(exact);
        double allowed = ROUNDINGS * yardstick(DemoComparison::losses);
        assertTrue(allowed > 0 && distance(losses(rounded), one) <= allowed, this::table);
        assertTrue(distance(losses(device), one) <= allowed, this::table);
        double[] half = losses(rounded);
        double[] found = losses(device);
        for (int i = 0; i < half.length; i++) {
            double unit = Math.scalb(1.0, Math.getExponent(half[i]) - BF16_FRACTION);
            assertTrue(Double.isNaN(half[i]) && Double.isNaN(found[i]) || Math.abs(found[i] - half[i]) <= LAST_PLACES * unit, this::table);
        }
    }

    private double yardstick(Function<List<Metrics>, double[]> numbers) {
        double[] one = numbers.apply(exact);
        return Math.sqrt(displaced.stream().mapToDouble(way -> Math.pow(distance(numbers.apply(way), one), 2)).average().orElseThrow());
    }

    /** Relative; where a loss has no item in a batch it is no number for anyone. */
    private static double distance(double[] a, double[] b) {
        int[] both = IntStream.range(0, a.length).filter(i -> !Double.isNaN(b[i])).toArray();
        return Math.sqrt(IntStream.of(both).mapToDouble(i -> Math.pow(a[i] - b[i], 2)).sum()
            / IntStream.of(both).mapToDouble(i -> b[i] * b[i]).sum());
    }
}
