package dev.panacea.kernels.sampling;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.DOUBLE;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Sampling on a CUDA device, a block a row: {@code sampling/sampling.cu}. For one thread at a time. */
final class CudaSampling implements Sampling {
    private static final KernelSignature GREEDY = KernelSignature.of(POINTER, POINTER, INT);
    private static final KernelSignature ALL = KernelSignature.of(POINTER, POINTER, POINTER, INT, DOUBLE);
    private static final KernelSignature LIMITED = KernelSignature.of(POINTER, POINTER, POINTER, INT, DOUBLE, INT, DOUBLE);

    // so many weights, each as large as the largest can be, still add up to less than 2^64
    private static final int MOST_VOCABULARY = 1 << 18;
    private static final double LOG2_E = 1 / Math.log(2);

    // logits of a thread in one pass, while the block has room for more threads
    private static final int PACK = 4;
    private static final int FEWEST_THREADS = 128;
    private static final int MOST_THREADS = 1024;

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<String> greedy;
    private final KernelVariants<String> all;
    private final KernelVariants<String> limited;

    CudaSampling(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        greedy = kernels(GREEDY);
        all = kernels(ALL);
        limited = kernels(LIMITED);
    }

    private KernelVariants<String> kernels(KernelSignature signature) {
        return new KernelVariants<>(device, CudaSampling.class, "sampling.ptx", signature, name -> name);
    }

    @Override
    public void sample(int rows, int vocabulary, Settings settings, Buffer logits, double[] uniform, Buffer ids) {
        long all = operand.address("logits", logits, DType.F32, (long) rows * vocabulary);
        long drawn = operand.address("ids", ids, DType.I32, rows);
        if (uniform.length < rows) {
            throw new IllegalArgumentException(rows + " rows need as many uniform numbers, not " + uniform.length);
        }
        if (vocabulary < 1 || vocabulary > MOST_VOCABULARY) {
            throw new IllegalArgumentException(device + " draws from 1 to " + MOST_VOCABULARY + " tokens, not from " + vocabulary);
        }
        if (rows == 0) {
            return;
        }
        if (settings.temperature() == 0) {
            Kernel kernel = greedy.of("sampling_greedy");
            kernel.arguments().setPointer(0, all).setPointer(1, drawn).set(2, vocabulary);
            kernel.launch(geometry(rows, vocabulary), device.computeStream());
        } else {
            draw(rows, vocabulary, settings, all, uniform, drawn);
        }
    }

    // The scope gives the numbers back before the kernel has read them, which is safe: memory is reused in stream order.
    private void draw(int rows, int vocabulary, Settings settings, long logits, double[] uniform, long ids) {
        int topK = settings.topK() < vocabulary ? settings.topK() : 0;
        boolean whole = topK == 0 && settings.topP() == 1;
        Kernel kernel = whole ? all.of("sampling_all") : limited.of("sampling_limited");
        try (MemoryScope scope = device.openScope("sampling")) {
            CudaBuffer numbers = CudaBuffer.of(scope.allocate("uniform numbers", DType.I64, rows));
            numbers.copyFrom(MemorySegment.ofArray(Arrays.copyOf(uniform, rows)), device.computeStream());
            kernel.arguments().setPointer(0, logits).setPointer(1, numbers.address()).setPointer(2, ids).set(3, vocabulary)
                .set(4, LOG2_E / settings.temperature());
            if (!whole) {
                kernel.arguments().set(5, topK).set(6, (double) settings.topP());
            }
            kernel.launch(geometry(rows, vocabulary), device.computeStream());
        }
    }

    // a power of two, as the counters of a row are shared out evenly
    private static LaunchGeometry geometry(int rows, int vocabulary) {
        int threads = Integer.highestOneBit(2 * Math.ceilDiv(vocabulary, PACK) - 1);
        return new LaunchGeometry(rows, Math.clamp(threads, FEWEST_THREADS, MOST_THREADS));
    }
}
