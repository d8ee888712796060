package dev.panacea.kernels.cuda;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The kernels of one PTX file and one signature, loaded at their first use and then found without building their names again. For one
 * thread at a time.
 *
 * @param <K> what tells them apart, such as a record of dtype and {@link Access}
 */
public final class KernelVariants<K> {
    private final Function<K, Kernel> load;
    private final Map<K, Kernel> loaded = new HashMap<>();

    /**
     * @param family class beside whose own the PTX file lies
     * @param function the name of the kernel for a key
     */
    public KernelVariants(CudaDevice device, Class<?> family, String file, KernelSignature signature, Function<K, String> function) {
        this(device, family, file, signature, 0, function);
    }

    /** @param dynamicShared bytes of shared memory that launches may add to what the kernels declare */
    public KernelVariants(CudaDevice device, Class<?> family, String file, KernelSignature signature, int dynamicShared,
                          Function<K, String> function) {
        load = key -> {
            Kernel kernel = device.kernel(file, family::getResourceAsStream, function.apply(key), signature);
            if (dynamicShared > 0) {
                kernel.allowDynamicShared(dynamicShared);
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
