package dev.panacea.training.plan;

/** What device memory is held for, in the order of a report. */
public enum MemoryKind {
    FROZEN_WEIGHTS("frozen weights"),
    MERGED_WEIGHTS("merged weights"),
    ROTARY_TABLES("rotary tables"),
    ADAPTER("adapter"),
    ADAPTER_GRADIENTS("adapter gradients"),
    MOMENTS("AdamW moments"),
    ACTIVATIONS("batch and activations"),
    DERIVATIVE("log-probability derivative"),
    GRADIENTS("gradients of activations"),
    SCRATCH("scratch of kernels"),
    TABLES("tables of kernels");

    private final String text;

    MemoryKind(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
