package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.CounterCase;
import java.util.List;

/** An adapted layer that is square, as most are, and has ranks that fill a fragment; and q, k and v that share their input. */
public final class SvdLoraCounterCases {
    private static final SvdLoraExample LAYER = SvdLoraExample.square(256, 512, 16);

    private static final SvdLoraGroupExample GROUP = SvdLoraGroupExample.of(256, 512, 16, 512, 128, 128);

    private SvdLoraCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(new CounterCase("bf16_256x512x512_r16_forward", LAYER.flops(), LAYER.forwardBytes(), LAYER::forward),
            new CounterCase("bf16_256x512x512_r16_backward", LAYER.flops(), LAYER.backwardBytes(), LAYER::backward),
            new CounterCase("bf16_256x512_qkv_r16_forward", GROUP.flops(), GROUP.forwardBytes(), GROUP::forward),
            new CounterCase("bf16_256x512_qkv_r16_backward", GROUP.flops(), GROUP.backwardBytes(), GROUP::backward),
            new CounterCase("bf16_512x512_into_528", 0, LAYER.roomBytes(), LAYER::giveRoom));
    }
}
