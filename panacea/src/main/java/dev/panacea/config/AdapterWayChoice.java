package dev.panacea.config;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.AdapterWay;
import dev.panacea.kernels.svdlora.AdapterWays;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.CudaDevice;

/**
 * The way of adapted layers that a configuration asks for, and with it whether layers without an adapter run on cuBLAS; {@code AUTO} is the
 * quickest, measured. The host has one of its own.
 */
public enum AdapterWayChoice {
    AUTO, FUSED, UNFUSED, CUBLAS_AUGMENTED, CUBLAS_UNFUSED;

    /**
     * {@code kernels} with layers that take this way.
     *
     * @throws dev.panacea.runtime.BadInputException where it needs cuBLAS and there is none
     */
    public Kernels on(Kernels kernels) {
        if (this == AUTO || !(kernels.device() instanceof CudaDevice device)) {
            return kernels;
        }
        AdapterWay way = AdapterWay.valueOf(name());
        return kernels.with(SvdLoraLinear.on(device, AdapterWays.always(way)),
            way.onCublas() ? Linear.onCublas(device) : Linear.on(device));
    }
}
