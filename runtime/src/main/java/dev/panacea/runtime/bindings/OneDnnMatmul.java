package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** oneDNN's matmul primitives: code generated for one shape, which narrow matrices gain most from. */
public final class OneDnnMatmul implements AutoCloseable {

    /**
     * What code is generated for: C (m, n) = op(A)·op(B), added to C where {@code accumulate}; strides in elements.
     *
     * @param bf16 whether A and B are bfloat16; C is float32
     */
    public record Shape(boolean bf16, boolean transposeA, boolean transposeB, int m, int n, int k, int lda, int ldb, int ldc,
                        boolean accumulate) { }

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    // Values of the library's enumerations and argument numbers.
    private static final int ENGINE_CPU = 1;
    private static final int STREAM_IN_ORDER = 1;
    private static final int TYPE_UNDEFINED = 0;
    private static final int TYPE_BF16 = 2;
    private static final int TYPE_F32 = 3;
    private static final int SCRATCHPAD_USER = 1;
    private static final int QUERY_SCRATCHPAD_MD = 136;
    private static final int ARG_SRC = 1;
    private static final int ARG_WEIGHTS = 33;
    private static final int ARG_DST = 17;
    private static final int ARG_SCRATCHPAD = 80;
    private static final long NO_HANDLE = 0;
    private static final long ALLOCATE = -1;

    // dnnl_status_t dnnl_memory_set_data_handle(dnnl_memory_t memory, void *handle)
    private static final MethodHandle SET_DATA = handle(LONG, LONG);
    // dnnl_status_t dnnl_primitive_execute(const_dnnl_primitive_t, dnnl_stream_t, int nargs, const dnnl_exec_arg_t *args)
    private static final MethodHandle EXECUTE = handle(LONG, LONG, INT, LONG);
    // dnnl_status_t ..._create(handle *created), ..._destroy(handle)
    private static final MethodHandle ONE = handle(LONG);
    // dnnl_status_t dnnl_primitive_attr_set_post_ops(attr, post_ops), dnnl_primitive_create(primitive *created, primitive_desc)
    private static final MethodHandle TWO = handle(LONG, LONG);
    // dnnl_status_t dnnl_primitive_attr_set_scratchpad_mode(attr, mode)
    private static final MethodHandle SET_MODE = handle(LONG, INT);
    // dnnl_status_t dnnl_engine_create(engine *created, kind, size_t index)
    private static final MethodHandle ENGINE = handle(LONG, INT, LONG);
    // dnnl_status_t dnnl_stream_create(stream *created, engine, unsigned flags)
    private static final MethodHandle STREAM = handle(LONG, LONG, INT);
    // dnnl_status_t dnnl_memory_desc_create_with_strides(memory_desc *created, int ndims, const int64_t dims[12], type, strides[12])
    private static final MethodHandle MEMORY_DESC = handle(LONG, INT, LONG, INT, LONG);
    // dnnl_status_t dnnl_post_ops_append_sum(post_ops, float scale, int32_t zero_point, type)
    private static final MethodHandle APPEND_SUM = handle(LONG, FLOAT, INT, INT);
    // dnnl_status_t dnnl_matmul_primitive_desc_create(primitive_desc *created, engine, src, weights, bias, dst, attr)
    private static final MethodHandle MATMUL_DESC = handle(LONG, LONG, LONG, LONG, LONG, LONG, LONG);
    // dnnl_status_t dnnl_memory_create(memory *created, memory_desc, engine, void *handle)
    private static final MethodHandle MEMORY = handle(LONG, LONG, LONG, LONG);
    // const_dnnl_memory_desc_t dnnl_primitive_desc_query_md(primitive_desc, what, int index)
    private static final MethodHandle QUERY_MD = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(LONG, LONG, INT, INT));

    private final SymbolLookup library;
    private final MemorySegment setData;
    private final MemorySegment execute;
    private final long engine;
    private final long stream;

    private static MethodHandle handle(MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(INT, arguments));
    }

    OneDnnMatmul(SymbolLookup library) {
        this.library = library;
        setData = find("memory_set_data_handle");
        execute = find("primitive_execute");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(LONG);
            check("engine_create", (int) ENGINE.invokeExact(find("engine_create"), out.address(), ENGINE_CPU, 0L));
            engine = out.get(LONG, 0);
            check("stream_create", (int) STREAM.invokeExact(find("stream_create"), out.address(), engine, STREAM_IN_ORDER));
            stream = out.get(LONG, 0);
        } catch (Throwable t) {
            throw failure(t);
        }
    }

    /** Generates the code for {@code shape} in about a millisecond; the product belongs to the caller. */
    public Product create(Shape shape) {
        try (Arena arena = Arena.ofConfined()) {
            return new Product(new Building(arena, shape));
        } catch (Throwable t) {
            throw failure(t);
        }
    }

    @Override
    public void close() {
        destroy("stream", stream);
        destroy("engine", engine);
    }

    private MemorySegment find(String name) {
        return library.findOrThrow("dnnl_" + name);
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new IllegalStateException("dnnl_" + function + " returned status " + status);
        }
    }

    private void destroy(String kind, long handle) {
        try {
            check(kind + "_destroy", (int) ONE.invokeExact(find(kind + "_destroy"), handle));
        } catch (Throwable t) {
            throw failure(t);
        }
    }

    private static RuntimeException failure(Throwable t) {
        return t instanceof RuntimeException e ? e : new IllegalStateException("oneDNN's matmul could not be called", t);
    }

    /** The handles that make up one product while they are put together. */
    private final class Building {
        private final MemorySegment out;
        private final MemorySegment dims;
        private final MemorySegment strides;
        private final long primitive;
        private final long[] memories = new long[4];

        Building(Arena arena, Shape s) throws Throwable {
            out = arena.allocate(LONG);
            dims = arena.allocate(LONG, 12);
            strides = arena.allocate(LONG, 12);
            int operand = s.bf16 ? TYPE_BF16 : TYPE_F32;
            long a = description(operand, s.m, s.k, s.lda, s.transposeA);
            long b = description(operand, s.k, s.n, s.ldb, s.transposeB);
            long c = description(TYPE_F32, s.m, s.n, s.ldc, false);
            long attributes = attributes(s.accumulate);
            check("matmul_primitive_desc_create", (int) MATMUL_DESC.invokeExact(find("matmul_primitive_desc_create"), out.address(),
                engine, a, b, NO_HANDLE, c, attributes));
            long description = out.get(LONG, 0);
            check("primitive_create", (int) TWO.invokeExact(find("primitive_create"), out.address(), description));
            primitive = out.get(LONG, 0);
            memories[0] = memory(a, NO_HANDLE);
            memories[1] = memory(b, NO_HANDLE);
            memories[2] = memory(c, NO_HANDLE);
            long scratch = (long) QUERY_MD.invokeExact(find("primitive_desc_query_md"), description, QUERY_SCRATCHPAD_MD, 0);
            memories[3] = memory(scratch, ALLOCATE);
            destroy("primitive_desc", description);
            destroy("primitive_attr", attributes);
            for (long md : new long[] {a, b, c}) {
                destroy("memory_desc", md);
            }
        }

        private long description(int type, long rows, long columns, long stride, boolean transposed) throws Throwable {
            dims.setAtIndex(LONG, 0, rows);
            dims.setAtIndex(LONG, 1, columns);
            strides.setAtIndex(LONG, 0, transposed ? 1 : stride);
            strides.setAtIndex(LONG, 1, transposed ? stride : 1);
            check("memory_desc_create_with_strides", (int) MEMORY_DESC.invokeExact(find("memory_desc_create_with_strides"),
                out.address(), 2, dims.address(), type, strides.address()));
            return out.get(LONG, 0);
        }

        // Scratch memory of its own lets a product run beside others of its shape.
        private long attributes(boolean accumulate) throws Throwable {
            check("primitive_attr_create", (int) ONE.invokeExact(find("primitive_attr_create"), out.address()));
            long attributes = out.get(LONG, 0);
            check("primitive_attr_set_scratchpad_mode",
                (int) SET_MODE.invokeExact(find("primitive_attr_set_scratchpad_mode"), attributes, SCRATCHPAD_USER));
            if (accumulate) {
                check("post_ops_create", (int) ONE.invokeExact(find("post_ops_create"), out.address()));
                long postOps = out.get(LONG, 0);
                check("post_ops_append_sum",
                    (int) APPEND_SUM.invokeExact(find("post_ops_append_sum"), postOps, 1f, 0, TYPE_UNDEFINED));
                check("primitive_attr_set_post_ops", (int) TWO.invokeExact(find("primitive_attr_set_post_ops"), attributes, postOps));
                destroy("post_ops", postOps);
            }
            return attributes;
        }

        private long memory(long description, long data) throws Throwable {
            check("memory_create", (int) MEMORY.invokeExact(find("memory_create"), out.address(), description, engine, data));
            return out.get(LONG, 0);
        }
    }

    /** Generated code with its scratch memory; one thread at a time may run it. */
    public final class Product implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final long primitive;
        private final long[] memories;
        private final long arguments;

        private Product(Building building) {
            primitive = building.primitive;
            memories = building.memories;
            int[] numbers = {ARG_SRC, ARG_WEIGHTS, ARG_DST, ARG_SCRATCHPAD};
            // dnnl_exec_arg_t { int arg; dnnl_memory_t memory; }, padded to 16 bytes
            MemorySegment list = arena.allocate(LONG, 2L * numbers.length);
            for (int i = 0; i < numbers.length; i++) {
                list.set(INT, 16L * i, numbers[i]);
                list.set(LONG, 16L * i + 8, memories[i]);
            }
            arguments = list.address();
        }

        /** Multiplies the matrices at these addresses. */
        public void run(long a, long b, long c) {
            try {
                check("memory_set_data_handle", (int) SET_DATA.invokeExact(setData, memories[0], a));
                check("memory_set_data_handle", (int) SET_DATA.invokeExact(setData, memories[1], b));
                check("memory_set_data_handle", (int) SET_DATA.invokeExact(setData, memories[2], c));
                check("primitive_execute", (int) EXECUTE.invokeExact(execute, primitive, stream, memories.length, arguments));
            } catch (Throwable t) {
                throw failure(t);
            }
        }

        @Override
        public void close() {
            destroy("primitive", primitive);
            for (long memory : memories) {
                destroy("memory", memory);
            }
            arena.close();
        }
    }
}
