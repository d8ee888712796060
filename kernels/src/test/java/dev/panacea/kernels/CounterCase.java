package dev.panacea.kernels;

import dev.panacea.runtime.CudaDevice;
import java.util.function.Consumer;

/**
 * A call of a family whose kernels' counters on the simulated GPU are kept in {@code counters.txt}.
 *
 * @param name of the shape, without blanks, such as {@code bf16_d128_causal_256}
 * @param flops that the mathematics needs, all its kernels together; 0 for one that only moves bytes
 * @param bytes that have to be moved when each is moved once
 * @param call on the device, with arguments of its own that it gives back
 */
public record CounterCase(String name, long flops, long bytes, Consumer<CudaDevice> call) { }
