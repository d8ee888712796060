package dev.panacea.kernels.cuda;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The kernels of one family and one signature, loaded at their first use and then found without building their names again. For one thread
 * at a time.
 *
 * @param <K> what tells them apart, such as a record of dtype and {@link Access}
 */
public final class KernelVariants<K> {
    private final Function<K, Kernel> load;
    private final Map<K, Kernel> loaded = new HashMap<>();

    /**
     * Kernels of one PTX file.
     *
     * @param family class beside whose own the PTX file lies
     * @param function the name of the kernel for a key
     */
    public KernelVariants(CudaDevice device, Class<?> family, String file, KernelSignature signature, Function<K, String> function) {
        this(device, family, key -> file, signature, key -> 0, function);
    }

    /**
     * @param file that has the kernel for a key
     * @param dynamicShared bytes of shared memory that launches may add to what the kernel for a key declares
     */
    public KernelVariants(CudaDevice device, Class<?> family, Function<K, String> file, KernelSignature signature,
                          ToIntFunction<K> dynamicShared, Function<K, String> function) {
        load = key -> {
            Kernel kernel = device.kernel(file.apply(key), family::getResourceAsStream, function.apply(key), signature);
            int bytes = dynamicShared.applyAsInt(key);
            if (bytes > 0) {
                kernel.allowDynamicShared(bytes);
            }
            return kernel;
        };
    }

    public Kernel of(K key) {
        return loaded.computeIfAbsent(key, load);
    }

    /** How the name of a kernel spells {@code dtype}. */
    public static String spelled(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }
}
