package dev.panacea.kernels.linear;

import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.kernels.cuda.Cublas;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * {@link Linear} on a CUDA device by own products or cuBLAS, whichever was measured to be quicker for a shape; the gradient of a weight is
 * an own product. For one thread at a time.
 */
final class MeasuredLinear implements Linear {
    private static final String OWN = "own";
    private static final String CUBLAS = "cublas";

    private final CudaDevice device;
    private final Autotune autotune;
    private final Linear own;
    private final Map<Question, Linear> chosen = new HashMap<>();
    // null until it was looked for
    private Optional<Blas> cublas;

    MeasuredLinear(CudaDevice device, Autotune autotune) {
        this.device = device;
        this.autotune = autotune;
        own = new CudaLinear(device);
    }

    private record Question(String direction, long rows, int inputs, int outputs, DType result) {
        String spelled() {
            return "linear layer, " + direction + ", bfloat16 to " + result + ", up to " + rows + " rows, " + inputs + " to " + outputs;
        }
    }

    @Override
    public void keepWays(Path file) {
        autotune.keepIn(file);
        chosen.clear();
    }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        Linear way = rows == 0 || y == null ? own : chosen(new Question("forward", Autotune.rows(rows), inputs, outputs, y.dtype()),
            linear -> linear.forward(rows, inputs, outputs, x, weight, y));
        way.forward(rows, inputs, outputs, x, weight, y);
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        if (dx == null || rows == 0) {
            own.backward(rows, inputs, outputs, dy, x, weight, dx, accumulate, dWeight);
            return;
        }
        chosen(new Question("input gradient", Autotune.rows(rows), inputs, outputs, dx.dtype()), linear -> {
            // what is in dx already must not be touched
            try (MemoryScope scope = device.openScope("measured products")) {
                Buffer trial = accumulate ? scope.allocate("dx", dx.dtype(), (long) rows * inputs) : dx;
                linear.backward(rows, inputs, outputs, dy, null, weight, trial, false, null);
            }
        }).backward(rows, inputs, outputs, dy, null, weight, dx, accumulate, null);
        if (dWeight != null) {
            own.backward(rows, inputs, outputs, dy, x, weight, null, false, dWeight);
        }
    }

    private Linear chosen(Question question, Consumer<Linear> trial) {
        Linear way = chosen.get(question);
        if (way == null) {
            way = cublas().map(blas -> quicker(question, blas, trial)).orElse(own);
            chosen.put(question, way);
        }
        return way;
    }

    private Linear quicker(Question question, Blas blas, Consumer<Linear> trial) {
        Linear library = new CublasLinear(device);
        SequencedMap<String, Runnable> trials = new LinkedHashMap<>();
        trials.put(OWN, () -> trial.accept(own));
        trials.put(CUBLAS, () -> trial.accept(library));
        String asked = question.spelled() + ", " + blas.description() + " on " + Autotune.card(device);
        return autotune.choose(asked, trials).equals(OWN) ? own : library;
    }

    private Optional<Blas> cublas() {
        if (cublas == null) {
            cublas = Cublas.of(device);
        }
        return cublas;
    }
}
