package dev.panacea.transformer.config;

import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Shapes of published models, for plans and measurements that need no weights. */
public final class LlamaShapes {
    public static final LlamaConfig LLAMA_2_7B = new LlamaConfig(4096, 11008, 32, 32, 32, 128, 32_000, 4096, 1e-5, 10_000,
        new RotaryScaling.None(), false, OptionalInt.of(1), List.of(2));

    public static final LlamaConfig LLAMA_3_1_8B = new LlamaConfig(4096, 14_336, 32, 32, 8, 128, 128_256, 131_072, 1e-5, 500_000,
        new RotaryScaling.Llama3(8, 1, 4, 8192), false, OptionalInt.of(128_000), List.of(128_001));

    private LlamaShapes() { }

    /**
     * llama-2-7b or llama-3.1-8b.
     *
     * @throws BadInputException for another name
     */
    public static LlamaConfig named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "llama-2-7b" -> LLAMA_2_7B;
            case "llama-3.1-8b" -> LLAMA_3_1_8B;
            default -> throw new BadInputException("there is no shape " + name + "; use llama-2-7b or llama-3.1-8b, or a model folder");
        };
    }
}
