package dev.panacea.objective;

import dev.panacea.kernels.PackedSequences;

/** A forward pass whose data is on the device; made from a {@link HostPass}. */
public record Pass(PackedSequences sequences, DeviceArrays arrays) { }
