package dev.panacea.runtime.cuda;

import java.util.Map;

/**
 * What a {@link CudaSource} became.
 *
 * @param image PTX text or a cubin
 * @param loweredNames the name in the image for each expression that was asked for
 * @param log what the compiler said: warnings, since there were no errors
 */
public record CompiledCode(byte[] image, Map<String, String> loweredNames, String log) {
    public CompiledCode {
        loweredNames = Map.copyOf(loweredNames);
    }
}
