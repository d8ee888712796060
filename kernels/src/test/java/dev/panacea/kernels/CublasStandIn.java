package dev.panacea.kernels;

import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MatrixBounds;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/** cuBLAS on the simulated GPU: products of BF16 matrices on copies in host memory, rounded once; it says what was asked for. */
public final class CublasStandIn implements Blas {

    /** Extents of one product. */
    public record Call(int m, int n, int k, float beta) { }

    private final CudaDevice device;
    private final List<Call> calls = new ArrayList<>();

    public CublasStandIn(CudaDevice device) {
        this.device = device;
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, int lda, Buffer b, int ldb,
                     float beta, Buffer c, int ldc) {
        MatrixBounds.check("A", a, transposeA ? k : m, transposeA ? m : k, lda);
        MatrixBounds.check("B", b, transposeB ? n : k, transposeB ? k : n, ldb);
        MatrixBounds.check("C", c, m, n, ldc);
        if (a.dtype() != DType.BF16 || b.dtype() != DType.BF16 || c.dtype() != DType.BF16 && c.dtype() != DType.F32) {
            throw new IllegalArgumentException("this stand-in multiplies BF16 alone, into BF16 or F32");
        }
        calls.add(new Call(m, n, k, beta));
        try (HostDevice host = new HostDevice(1); MemoryScope scope = device.openScope("product")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            float[] left = arrays.floats(a);
            float[] right = arrays.floats(b);
            float[] result = arrays.floats(c);
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = beta == 0 ? 0 : beta * result[i * ldc + j];
                    for (int p = 0; p < k; p++) {
                        double of = left[transposeA ? p * lda + i : i * lda + p];
                        sum += alpha * of * right[transposeB ? j * ldb + p : p * ldb + j];
                    }
                    result[i * ldc + j] = (float) sum;
                }
            }
            c.copyFrom(arrays.of(c.dtype(), result));
        }
    }

    @Override
    public String description() {
        return "a stand-in for cuBLAS";
    }

    @Override
    public void close() { }
}
