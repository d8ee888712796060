package dev.panacea.kernels.sampling;

import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sampling on the cores of the host, a task a row; probabilities in float64. */
final class HostSampling implements Sampling {
    private final Workers workers;

    HostSampling(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void sample(int rows, int vocabulary, Settings settings, Buffer logits, double[] uniform, Buffer ids) {
        MemorySegment all = Operand.floats("logits", logits, (long) rows * vocabulary);
        MemorySegment drawn = Operand.ints("ids", ids, rows);
        if (uniform.length < rows) {
            throw new IllegalArgumentException(rows + " rows need as many uniform numbers, not " + uniform.length);
        }
        workers.forEach(rows, row -> {
            LogitRow values = new LogitRow(all, (long) row * vocabulary, vocabulary);
            drawn.setAtIndex(ValueLayout.JAVA_INT, row, draw(values, row, settings, uniform[row]));
        });
    }

    private static int draw(LogitRow logits, int row, Settings settings, double uniform) {
        float largest = logits.largest();
        if (!Float.isFinite(largest)) {
            throw new IllegalArgumentException("the logits of row " + row + " hold " + largest + ": nothing can be drawn from them");
        }
        if (settings.temperature() == 0) {
            return logits.firstOf(largest);
        }
        return new TokenDistribution(logits, largest, settings.temperature()).draw(settings.topK(), settings.topP(), uniform);
    }
}
