package dev.panacea.runtime.bindings;

import dev.panacea.runtime.cuda.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One planned shape of product: its descriptors, and the algorithm that the library puts first. Used by one thread at a time. */
public final class CublasLtMatmul implements AutoCloseable {
    // Attribute numbers of cublasLtMatmulDescAttributes_t, cublasLtMatrixLayoutAttribute_t and cublasLtMatmulPreferenceAttributes_t.
    private static final int DESCRIPTOR_TRANSPOSE_A = 3;
    private static final int DESCRIPTOR_TRANSPOSE_B = 4;
    private static final int LAYOUT_BATCH_COUNT = 5;
    private static final int LAYOUT_BATCH_OFFSET = 6;
    private static final int PREFERENCE_WORKSPACE_BYTES = 1;

    // cublasLtMatmulHeuristicResult_t: uint64_t algo[8], size_t workspaceSize, cublasStatus_t state, float wavesCount, int reserved[4]
    private static final long RESULT_BYTES = 96;
    private static final long RESULT_WORKSPACE = 64;
    private static final long RESULT_STATE = 72;

    private final CublasLt library;
    private final long handle;
    private final ColumnMajorProduct shape;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment result = arena.allocate(RESULT_BYTES, Long.BYTES);
    private final MemorySegment alpha = arena.allocate(ValueLayout.JAVA_FLOAT);
    private final MemorySegment beta = arena.allocate(ValueLayout.JAVA_FLOAT);
    // Of A, B and C; 0 where not made yet.
    private final long[] layouts = new long[3];
    private long descriptor;

    CublasLtMatmul(CublasLt library, long handle, ColumnMajorProduct shape, int batches, long workspaceBytes) {
        this.library = library;
        this.handle = handle;
        this.shape = shape;
        try {
            descriptor = library.createDescriptor(shape.computeCode(), CudaDataType.FLOAT32);
            library.setDescriptorAttribute(descriptor, DESCRIPTOR_TRANSPOSE_A, shape.operationA());
            library.setDescriptorAttribute(descriptor, DESCRIPTOR_TRANSPOSE_B, shape.operationB());
            describe(0, shape.a(), shape.transposeA(), shape.m(), shape.k(), batches);
            describe(1, shape.b(), shape.transposeB(), shape.k(), shape.n(), batches);
            describe(2, shape.c(), false, shape.m(), shape.n(), batches);
            choose(workspaceBytes);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void describe(int place, DeviceMatrix matrix, boolean transposed, int rows, int columns, int batches) {
        layouts[place] = library.createLayout(matrix.type(), transposed ? columns : rows,
            transposed ? rows : columns, matrix.leadingDimension());
        library.setLayoutAttribute(layouts[place], LAYOUT_BATCH_COUNT, batches);
        library.setLayoutAttribute(layouts[place], LAYOUT_BATCH_OFFSET, matrix.batchStride());
    }

    private void choose(long workspaceBytes) {
        long preference = library.createPreference();
        try {
            library.setPreferenceAttribute(preference, PREFERENCE_WORKSPACE_BYTES, workspaceBytes);
            int found = library.heuristics(handle, descriptor, layouts[0], layouts[1], layouts[2], layouts[2],
                preference, 1, result, shape);
            int state = result.get(ValueLayout.JAVA_INT, RESULT_STATE);
            if (found == 0 || state != 0) {
                throw new CudaException("cublasLtMatmulAlgoGetHeuristic", CublasStatus.error(found == 0 ? 15 : state),
                    "no algorithm within " + workspaceBytes + " bytes of workspace for " + shape);
            }
        } finally {
            library.destroyPreference(preference);
        }
    }

    /** Bytes of workspace that {@link #run} needs. */
    public long workspaceBytes() {
        return result.get(ValueLayout.JAVA_LONG, RESULT_WORKSPACE);
    }

    /**
     * Runs the product on matrices at these device addresses, in {@code stream}.
     *
     * @param workspace address of {@link #workspaceBytes()} bytes, aligned to 256
     */
    public void run(float alpha, long a, long b, float beta, long c, long workspace, long stream) {
        this.alpha.set(ValueLayout.JAVA_FLOAT, 0, alpha);
        this.beta.set(ValueLayout.JAVA_FLOAT, 0, beta);
        library.matmul(handle, descriptor, this.alpha.address(), a, layouts[0], b, layouts[1], this.beta.address(),
            c, layouts[2], c, layouts[2], result.address(), workspace, workspaceBytes(), stream, shape);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        arena.close();
        for (long layout : layouts) {
            if (layout != 0) {
                library.destroyLayout(layout);
            }
        }
        if (descriptor != 0) {
            library.destroyDescriptor(descriptor);
        }
    }
}
