package dev.panacea.kernels.preference;

import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** DPO losses on the host, in float64: a few values a pair, so neither threads nor vectors. */
final class HostPreferenceLoss implements PreferenceLoss {
    HostPreferenceLoss(HostDevice device) { }

    @Override
    public void forward(Shape shape, Buffer logRatio, Buffer label, Buffer loss) {
        Margins margins = Margins.of(shape, logRatio, label);
        MemorySegment losses = Operand.floats("loss", loss, shape.judgements());
        for (int pair = 0; pair < shape.pairs(); pair++) {
            double margin = margins.margin(pair);
            for (int i = 0; i < shape.dimensions(); i++) {
                int side = margins.label(pair, i);
                double value = side == 0 ? 0 : softplus(-shape.beta() * side * margin);
                losses.setAtIndex(ValueLayout.JAVA_FLOAT, (long) pair * shape.dimensions() + i, (float) value);
            }
        }
    }

    @Override
    public void backward(Shape shape, Buffer logRatio, Buffer label, Buffer dLoss, Buffer dLogRatio) {
        Margins margins = Margins.of(shape, logRatio, label);
        MemorySegment losses = Operand.floats("dLoss", dLoss, shape.judgements());
        MemorySegment gradient = Operand.floats("dLogRatio", dLogRatio, 2L * shape.pairs());
        for (int pair = 0; pair < shape.pairs(); pair++) {
            float slope = (float) marginGradient(shape, margins, losses, pair);
            gradient.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * pair, slope);
            gradient.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * pair + 1, -slope);
        }
    }

    /** Derivative by Δ of the pair's losses weighted with {@code dLoss}. */
    private static double marginGradient(Shape shape, Margins margins, MemorySegment dLoss, int pair) {
        double margin = margins.margin(pair);
        double sum = 0;
        for (int i = 0; i < shape.dimensions(); i++) {
            int side = margins.label(pair, i);
            if (side != 0) {
                double upstream = dLoss.getAtIndex(ValueLayout.JAVA_FLOAT, (long) pair * shape.dimensions() + i);
                double scale = shape.beta() * side;
                sum -= upstream * scale * sigmoid(-scale * margin);
            }
        }
        return sum;
    }

    /** log(1 + e^z), which is -log sigmoid(-z). The exponential never grows, so that nothing overflows and no log meets 0. */
    private static double softplus(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    /** The arguments that both directions read. */
    private record Margins(Shape shape, MemorySegment logRatio, MemorySegment labels) {

        static Margins of(Shape shape, Buffer logRatio, Buffer label) {
            return new Margins(shape, Operand.floats("logRatio", logRatio, 2L * shape.pairs()),
                Operand.floats("label", label, shape.judgements()));
        }

        /** Δ of a pair. */
        double margin(int pair) {
            return gain(2L * pair) - gain(2L * pair + 1);
        }

        private double gain(long response) {
            return logRatio.getAtIndex(ValueLayout.JAVA_FLOAT, response);
        }

        int label(int pair, int dimension) {
            float label = labels.getAtIndex(ValueLayout.JAVA_FLOAT, (long) pair * shape.dimensions() + dimension);
            if (label != 0 && Math.abs(label) != 1) {
                throw new IllegalArgumentException("the label of pair " + pair + " in dimension " + dimension + " is " + label
                    + ", not -1, 0 or 1");
            }
            return (int) label;
        }
    }
}
