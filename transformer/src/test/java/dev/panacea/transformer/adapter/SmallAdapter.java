package dev.panacea.transformer.adapter;

import dev.panacea.transformer.model.SmallLlama;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Adapters for a {@link SmallLlama}: two preference dimensions, different ranks, two matrices bare, one without preference entries. */
public final class SmallAdapter {
    private static final AdapterLayout LAYOUT = new AdapterLayout(3, 6, 0.3, true, List.of(Projection.values()), List.of(
        new LayerRule("1", List.of(Projection.V), Optional.of(2), Optional.of(false)),
        new LayerRule("0", List.of(Projection.O), Optional.of(0), Optional.empty()),
        new LayerRule("1", List.of(Projection.K), Optional.of(0), Optional.empty())));

    private SmallAdapter() { }

    /** As training begins: σ and s are 0. */
    public static SvdLoraAdapter initial(SmallLlama small, long seed) {
        SvdLoraAdapter adapter = new SvdLoraAdapter(small.kernels(), small.scope(), LAYOUT.resolve(small.config(), 2), 2);
        adapter.initialize(new Random(seed));
        return adapter;
    }

    /** As after training: σ and s are random too. */
    public static SvdLoraAdapter random(SmallLlama small, long seed) {
        SvdLoraAdapter adapter = initial(small, seed);
        Random random = new Random(seed + 1);
        adapter.parameters().tensors().forEach((name, tensor) -> {
            if (name.endsWith(".sigma") || name.endsWith(".s")) {
                float[] values = new float[(int) tensor.count()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                tensor.buffer().copyFrom(values);
            }
        });
        return adapter;
    }
}
