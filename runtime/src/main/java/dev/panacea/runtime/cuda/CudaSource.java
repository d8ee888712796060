package dev.panacea.runtime.cuda;

import java.util.List;

/**
 * CUDA C++ to be compiled on the user's machine.
 *
 * @param name what messages call it, for example {@code attention.cu}
 * @param text no {@code #include} of C headers: NVRTC has none
 * @param options as NVRTC takes them, for example {@code --gpu-architecture=compute_80}
 * @param expressions kernels whose names in the compiled code are wanted, for example {@code scale<float, 4>}
 * @param form what it becomes; a cubin needs a real architecture, {@code sm_80}
 */
public record CudaSource(String name, String text, List<String> options, List<String> expressions, Form form) {

    public enum Form { PTX, CUBIN }

    public CudaSource {
        options = List.copyOf(options);
        expressions = List.copyOf(expressions);
    }
}
