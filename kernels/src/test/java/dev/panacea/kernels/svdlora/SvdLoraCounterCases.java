package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.CounterCase;
import java.util.List;

/** An adapted layer that is square, as most are, and has ranks that fill a fragment. */
public final class SvdLoraCounterCases {
    private static final SvdLoraExample LAYER = SvdLoraExample.square(256, 512, 16);

    private SvdLoraCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(new CounterCase("bf16_256x512x512_r16_forward", LAYER.flops(), LAYER.forwardBytes(), LAYER::forward),
            new CounterCase("bf16_256x512x512_r16_backward", LAYER.flops(), LAYER.backwardBytes(), LAYER::backward),
            new CounterCase("bf16_512x512_into_528", 0, LAYER.roomBytes(), LAYER::giveRoom));
    }
}
