package dev.panacea.kernels.cache;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** {@link CacheStore} on a CUDA device: {@code cache/cache_store.cu}, which moves bits of any dtype. For one thread at a time. */
final class CudaCacheStore implements CacheStore {
    private static final KernelSignature SIGNATURE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT);
    private static final int THREADS = 256;

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Access> kernels;

    CudaCacheStore(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        kernels = new KernelVariants<>(device, CudaCacheStore.class, "cache_store.ptx", SIGNATURE,
            access -> "cache_store_" + access.ending());
    }

    @Override
    public void store(int rows, int width, int capacity, Buffer places, Buffer key, Buffer value, Buffer keyCache, Buffer valueCache) {
        DType dtype = CudaOperand.dtype("key", key, DType.F32, DType.BF16, DType.F16);
        long count = (long) rows * width;
        long cached = (long) capacity * width;
        long keys = operand.address("key", key, dtype, count);
        long values = operand.address("value", value, dtype, count);
        long storedKeys = operand.address("keyCache", keyCache, dtype, cached);
        long storedValues = operand.address("valueCache", valueCache, dtype, cached);
        long targets = operand.address("places", places, DType.I32, rows);
        if (count == 0) {
            return;
        }
        Access access = Access.ofRows(width, Access.packOf(dtype), keys, values, storedKeys, storedValues);
        int units = Math.toIntExact((long) width * dtype.bytes() / (Short.BYTES * access.elements(Access.packOf(DType.BF16))));
        Kernel kernel = kernels.of(access);
        kernel.arguments().setPointer(0, targets).setPointer(1, keys).setPointer(2, values).setPointer(3, storedKeys)
            .setPointer(4, storedValues).set(5, rows).set(6, units).set(7, capacity);
        int threads = Math.min(units, THREADS);
        int blockRows = THREADS / threads;
        kernel.launch(new LaunchGeometry(new Dimensions(Math.ceilDiv(rows, blockRows), 2), new Dimensions(threads, blockRows), 0),
            device.computeStream());
    }
}
